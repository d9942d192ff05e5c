"""What was measured, against what was asked for: rows and a table. Nothing here runs anything."""

from dataclasses import asdict, dataclass


@dataclass
class Row:
    """One number. `must` and `aim` are its goals, if it has any; `more` says that more is better;
    `note` is what to know about it (a table shows it in a line of its own)."""

    title: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    more: bool = True
    note: str = ""

    def verdict(self):
        """How far it got: "missed by 12 %", "must" (reached), "aim" (reached); "" without a
        goal."""
        if self.must is None:
            return ""
        if self._reaches(self.aim):
            return "aim"
        if self._reaches(self.must):
            return "must"
        if self.value is None:
            return "missed"
        return f"missed by {abs(self.value / self.must - 1):.0%}"

    def _reaches(self, goal):
        if goal is None or self.value is None:
            return False
        return self.value >= goal if self.more else self.value <= goal

    def fields(self):
        """For JSON."""
        return {**asdict(self), "verdict": self.verdict()}


def table(rows):
    """The rows for people, line by line."""
    yield f"{'':58}{'measured':>10} {'':4}{'must':>9}{'aim':>9}"
    for row in rows:
        goals = "".join(f"{_goal(row, goal):>9}" for goal in (row.must, row.aim))
        line = f"{row.title:58}{_number(row.value):>10} {row.unit:4}{goals}  {row.verdict()}"
        yield line.rstrip()
        if row.note:
            yield f"    {row.note}"


def _goal(row, goal):
    if goal is None:
        return ""
    return f"{'>=' if row.more else '<='} {_number(goal)}"


def _number(value):
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
