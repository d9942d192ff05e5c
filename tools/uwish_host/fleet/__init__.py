"""What is known of every device right now, in memory: for whoever shows it (`uwish watch`, metrics,
pages). What was, is in storage."""

from .feed import feed
from .latest import Latest
from .model import Fleet
from .part import fleet_part
from .row import Row

__all__ = ["Fleet", "Latest", "Row", "feed", "fleet_part"]
