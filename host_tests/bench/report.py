"""What is measured, against what was asked for: a row for each number, its verdict, the table.

Pure: nothing here runs anything.
"""

from dataclasses import asdict, dataclass, field
from statistics import median

INSTRUCTIONS = "instructions"
RATIO = "ratio"
MICROSECONDS = "us"
BYTES = "bytes"

_HEAD = f"{'':52}{'measured':>10}  {'min to max':>20}  {'must':>10}{'aim':>10}"


@dataclass
class Row:
    """One measured number. `samples` are its repeats; the goals are None where there are none;
    `more` says that more is better. `beside` holds numbers to compare with, {name: text}."""

    name: str
    title: str
    unit: str
    samples: list
    must: float | None = None
    aim: float | None = None
    more: bool = False
    beside: dict = field(default_factory=dict)

    @property
    def value(self):
        """The median of the repeats."""
        return median(self.samples)

    @property
    def shown(self):
        """That, as the table shows it."""
        return number(self.value, self.unit)


def verdict(row):
    """Where it stands: "" without a goal, "missed by …", "must reached" or "aim reached"."""
    if row.must is None:
        return ""
    if _misses(row, row.must):
        by = abs(row.value / row.must - 1) if row.must else 0
        return f"missed by {by:.0%}" if by >= 0.005 else "missed"
    return "must reached" if _misses(row, row.aim) else "aim reached"


def spread(row):
    """How far the repeats lie from their median at most, as a part of it."""
    value = row.value
    return max(abs(sample - value) for sample in row.samples) / value if value else 0.0


def number(value, unit):
    """A number as the table shows it."""
    if unit == RATIO:
        return f"{value:.2f}"
    if unit == MICROSECONDS:
        return f"{value:.1f} us"
    if unit == BYTES:
        return f"{value:,.0f} B" if value == round(value) else f"{value:,.1f} B"
    if value >= 10_000_000:
        return f"{value / 1e6:,.1f} M"
    return f"{value:,.0f}"


def line(row):
    """A row of the table."""
    text = f"  {row.title:50}{row.shown:>10}  {_range(row):>20}"
    text += f"  {_goal(row, row.must):>10}{_goal(row, row.aim):>10}  {verdict(row):14}"
    text += "  " + ", ".join(f"{name} {value}" for name, value in row.beside.items())
    return text.rstrip()


def table(groups):
    """All rows; `groups` is [(title, [row, …]), …]."""
    lines = [_HEAD]
    for title, rows in groups:
        lines += ["", title, *map(line, rows)]
    return "\n".join(lines)


def as_json(facts, groups):
    """What build/bench.json holds: the facts ({name: value}) and every row."""
    rows = [{"group": title, **_row_as_json(row)} for title, rows in groups for row in rows]
    return {"facts": facts, "rows": rows}


def _row_as_json(row):
    return {
        **asdict(row),
        "value": row.value,
        "spread": round(spread(row), 5),
        "verdict": verdict(row),
    }


def _misses(row, goal):
    return row.value < goal if row.more else row.value > goal


def _range(row):
    low, high = min(row.samples), max(row.samples)
    if low == high:
        return ""
    return f"{number(low, row.unit)} to {number(high, row.unit)}"


def _goal(row, goal):
    if goal is None:
        return ""
    return (">= " if row.more else "<= ") + _short(goal, row.unit)


def _short(goal, unit):
    if unit == RATIO:
        return f"{goal:g}"
    if unit == BYTES:
        return f"{goal:g} B"
    return f"{goal / 1e6:g} M" if goal >= 1e6 else f"{goal / 1e3:g} k"
