"""`uwish bench`: simulated devices, what they are let loose on, and what is measured of it."""
