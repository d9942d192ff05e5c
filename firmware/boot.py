"""Runs at every start, and before mpremote's prompt: it only looks whether main.py may work."""

import sys

# The root comes last: a folder there would hide a module of its name.
sys.path.remove("")
sys.path.append("")

import safemode  # noqa: E402

safemode.decide()
