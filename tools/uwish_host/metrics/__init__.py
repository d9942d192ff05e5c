"""Metrics of a running gateway for Prometheus (`uwish gateway --metrics`)."""
