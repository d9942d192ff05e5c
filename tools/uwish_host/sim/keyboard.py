"""What is typed at the board's serial port, and when Ctrl-C is more than a byte."""

import time

from .stages import BOOTING, INPUT, PROGRAM, PROMPT

_CTRL_C = b"\x03"
# A burst of Ctrl-C is one: the second must not end what the first one has brought about.
_BETWEEN_INTERRUPTS_S = 0.02


class Keyboard:
    """Of the board of `broker`, whose interpreter and `stage` it reads."""

    def __init__(self, broker):
        self._broker = broker
        self._early = bytearray()  # typed before the program listens
        self._interruptible = False
        self._next_interrupt = 0.0

    def begin(self):
        """A new interpreter starts."""
        self._interruptible = False

    def typed(self, data):
        """Somebody has typed this."""
        broker = self._broker
        if not broker.running:
            return
        if broker.stage == BOOTING:
            self._early += data
        elif self._interruptible and _CTRL_C in data:
            before, _, after = data.partition(_CTRL_C)
            if before:
                broker.interpreter.type(before)
            self._interrupt()
            if after:
                self.typed(after)
        else:
            if broker.stage == PROMPT:
                broker.stage = INPUT
            broker.interpreter.type(data)

    def flush(self):
        """Somebody listens now: pass on what was typed early."""
        early, self._early = self._early, bytearray()
        if early:
            self.typed(bytes(early))

    def set_interruptible(self, on):
        """Whether Ctrl-C interrupts, or is a byte like others."""
        self._interruptible = on
        self._next_interrupt = 0.0
        if on:
            self._broker.reached(PROGRAM)

    def _interrupt(self):
        now = time.monotonic()
        interpreter = self._broker.interpreter
        if interpreter and self._interruptible and now >= self._next_interrupt:
            self._next_interrupt = now + _BETWEEN_INTERRUPTS_S
            interpreter.interrupt()
