"""Which time things are removed by.

A machine without a battery for its clock, or with a bad source of time, is years ahead for a while;
by such a clock all that is stored is too old. So a clock that has moved by more than a day, against
what was stored last and the time that went by since, is believed when it has stayed there for a day
of running. Until then time goes on from where it was.

Being off for long looks the same, and only means that what is too old goes a day later.
"""

_DAY_S = 86400


class Belief:
    """Begins at `newest`, when something was stored last (seconds since 1970; None: never).
    `tell(text)` is for what a person should know."""

    def __init__(self, newest, tell):
        self._newest = newest
        self._tell = tell
        # Both are the clock less the seconds that nobody sets: they stay alike while none jumps.
        self._believed = None
        self._claimed = None  # elsewhere, since `_since`
        self._since = 0.0

    def time(self, now, clock):
        """The time to go by when the clock says `now` (seconds since 1970) at `clock` (seconds that
        nobody sets): never later than `now`."""
        claim = now - clock
        if self._believed is None:
            self._believed = claim if self._newest is None else self._newest - clock
        ahead = claim - self._believed
        if abs(ahead) <= _DAY_S:
            self._believed = claim
            self._claimed = None
        elif self._claimed is None or abs(claim - self._claimed) > _DAY_S:
            self._claimed, self._since = claim, clock
            if ahead > 0:
                self._tell(
                    f"the clock is {ahead / _DAY_S:,.1f} days after what was stored last: if this "
                    "gateway was not off for so long, set it right within a day; until then "
                    "nothing is removed by it"
                )
        elif clock - self._since >= _DAY_S:
            self._believed, self._claimed = claim, None
        return min(now, clock + self._believed)
