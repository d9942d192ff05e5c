"""What a gateway remembers: a SQLite database in its state directory."""

from .part import storing
from .query import Database
from .store import Storage

__all__ = ("Database", "Storage", "storing")
