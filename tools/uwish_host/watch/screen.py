"""One screen of the table: a line about the fleet, a page of devices, a line about the rest."""

import time

from rich.console import Group
from rich.text import Text

from . import words
from .table import table
from .view import ORDERS

_LINES = 3  # besides devices: the two, and the titles of the columns


class Screen:
    """Which page, in which order (of view.ORDERS), in which `style` (table.Style). `keys` says
    whether somebody can press any."""

    def __init__(self, order, style, keys):
        self.order = order
        self._style = style
        self._keys = keys
        self._page = 0
        self._pages = 1

    def turn(self, pages):
        """Go on by so many pages, or back."""
        self._page = max(0, min(self._page + pages, self._pages - 1))

    def next_order(self):
        """Take the next order, and its first page."""
        orders = list(ORDERS)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self._page = 0

    def draw(self, view, width, height, now, trouble=None):
        """For rich: as much of the View as fits. `trouble` says why nothing new comes, if so."""
        devices = view.sorted(self.order, now)
        size = max(1, height - _LINES)
        self._pages = max(1, -(-len(devices) // size))
        self.turn(0)  # there may be fewer pages now
        start = self._page * size
        shown = devices[start : start + size]
        head = self._head(view.totals, now, trouble)
        rows = table(shown, now, width, self._style)
        foot = self._foot(start, len(shown), len(devices) if view.totals else None)
        blank = [Text("")] * (size - len(shown))
        for line in (head, foot):
            line.truncate(width)
        return Group(head, rows, *blank, foot)

    def _head(self, totals, now, trouble):
        clock = time.strftime("%H:%M:%S", time.localtime(now))
        if trouble:
            return Text.assemble(f"{clock}  ", (trouble, "bold red"))
        if not totals:
            return Text(f"{clock}  waiting for the gateway")
        return Text.assemble(
            f"{clock}  ",
            (f"{totals['online']} of {totals['devices']} devices online here", "bold"),
            f", {words.rate(totals['rate'])} frames/s",
        )

    def _foot(self, start, count, total):
        if not total:
            return Text("" if total is None else "no device may connect: uwish device add")
        hidden = total - count
        text = f"all {total} shown"
        if hidden:
            text = f"{start + 1} to {start + count} of {total}, {hidden} not shown"
        if self._keys:
            text += "  n, p: page" if hidden else ""
            text += f"  s: order ({self.order})  q: end"
        return Text(text, style="dim")
