"""Presence as bars of an SVG, 1000 wide: when it was online, and every time it was not, however
short."""

WIDTH = 1000
_LEAST = 3  # what can be seen


class Bar:
    """From `x` on, `width` wide: `kind` is "on", "off" or "unknown"."""

    __slots__ = ("kind", "width", "x")

    def __init__(self, kind, x, width):
        self.kind = kind
        self.x = x
        self.width = width


def bars(spans):
    """Bars for Spans (keepsakes.Span); those of absence are drawn over the others, and at most one
    at each place."""
    if not spans:
        return []
    start = spans[0].start
    scale = WIDTH / (spans[-1].end - start)
    below, above = [], {}
    for span in spans:
        x = (span.start - start) * scale
        width = (span.end - span.start) * scale
        if span.online is False:
            # Who came back just now can be seen to be here.
            end = WIDTH if span is spans[-1] else WIDTH - _LEAST
            bar = Bar("off", round(min(x, end - _LEAST), 1), round(max(width, _LEAST), 1))
            there = above.get(int(x / _LEAST))
            if there is None or there.width < bar.width:
                above[int(x / _LEAST)] = bar
        elif width >= 0.1:
            below.append(Bar("on" if span.online else "unknown", round(x, 1), round(width, 1)))
    return below + list(above.values())
