"""The fleet as a table of rich: as many columns as the width allows, as many rows as are asked for.

Aliases, names, units and values are chosen by others: they are made harmless (names.printable), and
are no markup.
"""

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from ..fleet.feed import POINTS
from ..names import printable
from . import words
from .spark import ASCII, BLOCKS, spark

_GAP = 2  # cells between columns
_MOST = 28  # cells of a column that takes what is left


class Style:
    """What a terminal can show: `levels` of trends, a `mark` for who is here and one for who is
    not, what stands for the rest of a cut text (`more`)."""

    def __init__(self, ascii_only):
        self.levels = ASCII if ascii_only else BLOCKS
        self.here, self.gone = ("+", "-") if ascii_only else ("●", "○")
        self.more = "..." if ascii_only else "…"
        self.ascii_only = ascii_only

    def text(self, text, limit, style=""):
        """`text`, harmless and at most `limit` cells wide."""
        text = printable(text)
        if self.ascii_only and not text.isascii():
            text = text.encode("ascii", "backslashreplace").decode()
        if cell_len(text) > limit:
            text = set_cell_size(text, max(0, limit - len(self.more))) + self.more
        return Text(text, style=style, no_wrap=True, end="")


class _Column:
    """`title`, the least `width` of the terminal at which it is shown, how its cell is made:
    cell(device, now, style, room), and how much room that has: `cells`, or what the others leave.
    """

    def __init__(self, title, width, cell, cells=0, right=False):
        self.title = title
        self.width = width
        self.cell = cell
        self.cells = cells
        self.right = right


def _device(device, now, style, room):
    mark = Text(f"{style.here} ", "green") if device["online"] else Text(f"{style.gone} ", "red")
    return mark + style.text(device["label"], room - 2, "" if device["online"] else "dim")


def _online(device, now, style, room):
    colour = "" if device["online"] else "yellow"
    return style.text(words.presence(device, now), room, colour)


def _name(device, now, style, room):
    readings = device["readings"]
    return style.text(readings[0]["name"], room, "cyan") if readings else ""


def _value(device, now, style, room):
    readings = device["readings"]
    kind = "bold" if device["online"] else "dim"
    return style.text(words.value(readings[0]), room, kind) if readings else ""


def _trend(device, now, style, room):
    readings = device["readings"]
    numbers = [number for _, number in readings[0]["trend"]] if readings else []
    return Text(spark(numbers, room, style.levels), "green")


def _age(device, now, style, room):
    return words.span(now - device["last"]) if device["last"] is not None else ""


def _rate(device, now, style, room):
    return words.rate(device["shown_rate"])


def _full(device, now, style, room):
    return Text(str(device["full"]), "red" if device["full"] else "dim")


def _reconnects(device, now, style, room):
    return Text(str(device["reconnects"]), "" if device["reconnects"] else "dim")


_COLUMNS = (
    _Column("DEVICE", 0, _device),
    _Column("ONLINE", 40, _online),
    _Column("READING", 108, _name),
    _Column("VALUE", 24, _value, right=True),
    _Column("TREND", 64, _trend, cells=8),
    _Column("TREND", 128, _trend, cells=POINTS),
    _Column("AGE", 100, _age, cells=7, right=True),
    _Column("FRAMES/S", 52, _rate, cells=8, right=True),
    _Column("507", 76, _full, cells=5, right=True),
    _Column("RECONNECTS", 86, _reconnects, cells=10, right=True),
)


def table(devices, now, width, style):
    """A rich.Table of these devices (see View.sorted), `width` cells wide at most."""
    # Of two with one title the later one is the wider.
    shown = {column.title: column for column in _COLUMNS if width >= column.width}.values()
    rooms = [column.cells or _MOST for column in shown]
    rows = _rows(devices, now, shown, rooms, style)
    left = width - sum(column.cells + _GAP for column in shown) + _GAP
    flexible = [i for i, column in enumerate(shown) if not column.cells]
    needs = [max(map(_length, column)) for column in zip(*rows, strict=True)]
    # Who needs little gets it; the others share what is left.
    for count, i in enumerate(sorted(flexible, key=needs.__getitem__)):
        rooms[i] = max(2, min(needs[i], left // (len(flexible) - count)))
        left -= rooms[i]
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for column in shown:
        made.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="crop" if style.ascii_only else "ellipsis",
        )
    for row in _rows(devices, now, shown, rooms, style)[1:]:
        made.add_row(*row)
    return made


def _rows(devices, now, shown, rooms, style):
    rows = [[column.title for column in shown]]
    for device in devices:
        cells = zip(shown, rooms, strict=True)
        rows.append([column.cell(device, now, style, room) for column, room in cells])
    return rows


def _length(cell):
    return cell_len(cell) if isinstance(cell, str) else cell.cell_len
