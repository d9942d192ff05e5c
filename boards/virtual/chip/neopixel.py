"""`neopixel`: WS2812 whose first colour is an event of `uwish sim`."""

from . import bus


class NeoPixel:
    """`n` of them at `pin`."""

    def __init__(self, pin, n, bpp=3, timing=1):
        self._pin = pin.id
        self._colours = [(0,) * bpp for _ in range(n)]

    def __len__(self):
        return len(self._colours)

    def __setitem__(self, index, colour):
        self._colours[index] = tuple(colour)

    def __getitem__(self, index):
        return self._colours[index]

    def fill(self, colour):
        """All of them."""
        self._colours = [tuple(colour) for _ in self._colours]

    def write(self):
        """Show it."""
        bus.ask("pixel", [self._pin, self._colours[0]])
