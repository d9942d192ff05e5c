"""Runs at every start, and before mpremote's prompt: it only looks whether main.py may work."""

import sys

# The root comes last: /uwish there, the device's own files, would be taken for the library.
sys.path.remove("")
sys.path.append("")

import safemode  # noqa: E402

safemode.decide()
