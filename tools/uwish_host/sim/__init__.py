"""A board without a board: MicroPython's unix port behind a pseudo-terminal, with a real board's
file system and radio, both of which can fail. `boards/virtual/README.md` tells what it does.
"""

from .board import VirtualBoard

__all__ = ("VirtualBoard",)
