"""What was measured, against what was asked for: rows and a table. Nothing here runs anything."""

from dataclasses import asdict, dataclass

_MISSED, _MUST, _AIM = "missed", "must", "aim"


@dataclass
class Row:
    """One number. `must` and `aim` are its goals, if it has any; `more` says that more is better;
    `note` is what to know about it."""

    title: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    more: bool = True
    note: str = ""

    def verdict(self):
        """How far it got: "missed", "must" (reached), "aim" (reached); "" without a goal."""
        if self.must is None:
            return ""
        reached = _MISSED
        for name, goal in ((_MUST, self.must), (_AIM, self.aim)):
            if goal is not None and (self.value >= goal if self.more else self.value <= goal):
                reached = name
        return reached

    def fields(self):
        """For JSON."""
        return {**asdict(self), "verdict": self.verdict()}


def table(rows):
    """The rows for people, line by line."""
    yield f"{'':56}{'measured':>12} {'':12}{'must':>8}{'aim':>8}"
    for row in rows:
        goals = "".join(f"{_number(goal):>8}" for goal in (row.must, row.aim))
        line = f"{row.title:56}{_number(row.value):>12} {row.unit:12}{goals}  {row.verdict():7}"
        yield f"{line} {row.note}".rstrip()


def _number(value):
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
