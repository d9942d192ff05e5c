"""The host side of uwish: a gateway that serves many devices, and the command `uwish`."""

from uwish import __version__

__all__ = ("__version__",)
