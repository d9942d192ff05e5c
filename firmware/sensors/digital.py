"""A switch, a door contact, a meter's pulses: an input that is high or low."""

from ticks import now_ms

from uwish.compat import elapsed
from uwish.status import OK

from . import number, pin

OPTIONS = ("pin", "pull", "invert", "count", "debounce_ms")


class Sensor:
    """The level at option `pin`, true when high, or when low with `invert`; the record's name is
    the option `name`, or `input`. `pull` is "up", "down" or missing. A change is sent at once, not
    after the interval. With `count` ("rising", "falling", "both") there is NAME-count too: how many
    such edges since the start, none counted within `debounce_ms` (20) of the one before."""

    def __init__(self, options):
        import machine

        Pin = machine.Pin
        pulls = {None: None, "up": Pin.PULL_UP, "down": Pin.PULL_DOWN}
        edges = {
            None: 0,
            "rising": Pin.IRQ_RISING,
            "falling": Pin.IRQ_FALLING,
            "both": Pin.IRQ_RISING | Pin.IRQ_FALLING,
        }
        if options.get("pull") not in pulls:
            raise ValueError('pull: must be "up" or "down", or missing')
        if options.get("count") not in edges:
            raise ValueError('count: must be "rising", "falling" or "both", or missing')
        self._debounce_ms = number(options, "debounce_ms", 20)
        self._invert = bool(options.get("invert"))
        self._pin = pin(options, Pin.IN, pulls[options.get("pull")])
        name = options.get("name") or "input"
        self._label = name.encode()
        self._count_label = (name + "-count").encode()
        self._told = None  # the level that was sent last
        self._edge = None  # when the last one was counted
        self.count = 0
        self._counts = options.get("count") is not None
        if self._counts:
            self._pin.irq(self._on_edge, edges[options.get("count")])

    @property
    def urgent(self):
        """True when the level is another than the one told last."""
        return self._told is not None and self._told != self._level()

    def read(self, pack):
        self._told = self._level()
        status = pack.boolean(self._label, self._told)
        if status != OK or not self._counts:
            return status
        return pack.number(self._count_label, self.count, 0, "count")

    def _level(self):
        return (self._pin.value() == 1) != self._invert

    def _on_edge(self, pin):
        now = now_ms()
        if self._edge is None or elapsed(now, self._edge) >= self._debounce_ms:
            self.count = (self.count + 1) & 0x3FFFFFFF
            self._edge = now
