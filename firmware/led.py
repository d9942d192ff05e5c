"""What the status LED says, a tenth of a second a character, over and over:

| says | looks | means |
|---|---|---|
| SEARCHING | `#_` | fast blinking: looking for the Wi-Fi |
| CALLING | `#####_____` | slow blinking: Wi-Fi is there, no peer yet |
| ONLINE | `#____…` | a short flash every three seconds: a peer is online |
| SAFE | `#_#_#_______` | three flashes, a pause: safe mode, the prompt waits on USB |
"""

from uwish.compat import const

SEARCHING = const(0)
CALLING = const(1)
ONLINE = const(2)
SAFE = const(3)

_TICK_MS = const(100)
# Length of each pattern, and its bits, the first tick lowest.
_LENGTHS = (2, 10, 30, 12)
_BITS = (0b1, 0b11111, 0b1, 0b10101)


class Led:
    """The LED at `pin`; `kind` is "plain" (lit when high), "inverted", or "rgb" (one WS2812).
    ValueError when there is no such pin."""

    def __init__(self, pin, kind="plain"):
        import machine

        self.says = SEARCHING
        self._lit = None
        self._inverted = kind == "inverted"
        self._timer = None
        self._pixel = None
        self._pin = machine.Pin(pin, machine.Pin.OUT)
        if kind == "rgb":
            import neopixel

            self._pixel = neopixel.NeoPixel(self._pin, 1)

    def step(self, now):
        """Show what it says at `now` (ms)."""
        says = self.says
        lit = _BITS[says] >> now // _TICK_MS % _LENGTHS[says] & 1
        if lit == self._lit:
            return
        self._lit = lit
        if self._pixel:
            # Dim: these are bright, and the board's supply is not what a light needs.
            self._pixel[0] = (0, 8 * lit, 8 * lit) if says != SAFE else (16 * lit, 0, 0)
            self._pixel.write()
        else:
            self._pin.value(lit ^ self._inverted)

    def dark(self):
        """Off, before sleep."""
        self._lit = None
        if self._pixel:
            self._pixel[0] = (0, 0, 0)
            self._pixel.write()
        else:
            self._pin.value(self._inverted)

    def show_alone(self, says):
        """Go on by a timer, for when nobody calls `step` any more."""
        self.says = says
        self._now = 0
        try:
            import machine

            self._timer = machine.Timer(0)
            self._timer.init(period=_TICK_MS, mode=machine.Timer.PERIODIC, callback=self._tick)
        except (ImportError, AttributeError, ValueError):
            self.step(0)  # no timers: lit

    def _tick(self, timer):
        self._now += _TICK_MS
        self.step(self._now)


def find_led(options, board):
    """The LED that the configuration or the board names; None when there is none. ValueError for a
    pin that is none."""
    if options is False:
        return None
    if options:
        return Led(options["pin"], options.get("kind", "plain"))
    pin = getattr(board, "LED_PIN", None)
    return None if pin is None else Led(pin, getattr(board, "LED_KIND", "plain"))
