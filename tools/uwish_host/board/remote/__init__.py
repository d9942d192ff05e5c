"""Code for boards: its text is sent over USB when it is needed, and nothing of it stays there.

It is MicroPython (1.24 and later) and imports only what every build has, at the top of functions.
"""
