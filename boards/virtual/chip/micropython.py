"""`micropython`, whose `kbd_intr` reaches the broker: Ctrl-C is caught there."""

from micropython import *

from . import bus


def kbd_intr(character):
    """3 lets Ctrl-C interrupt the program, -1 makes it a byte like others."""
    bus.ask("interruptible", character != -1)
