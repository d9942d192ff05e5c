"""The table that stays up to date, until somebody has seen enough."""

import time

from ..control import NotRunning
from ..errors import Failure
from .screen import Screen
from .source import Source
from .terminal import Terminal
from .view import View

_RETRY_S = 0.5  # between looks whether the gateway is back
_DRAW_S = 1.0  # ages grow even if nothing happens
_SILENCE_S = 10  # and three turns without a word: it hangs


def watch_live(state, console, order, style, every_s, name):
    """Show the fleet of the gateway of `state` until a key, Ctrl-C or a signal ends it. NotRunning
    when there is no gateway at the beginning; one that goes later is waited for."""
    connection = _Connection(state, every_s, name)
    try:
        with Terminal(console) as terminal:
            screen = Screen(order, style, terminal.keys)
            while _turn(terminal, connection, screen, console):
                pass
    finally:
        connection.close()


def _turn(terminal, connection, screen, console):
    now = time.time()
    # Asked anew each time: the terminal may have got another size.
    width, height = console.size
    terminal.show(screen.draw(connection.view, width, height, now, connection.trouble))
    due = time.monotonic() + _DRAW_S
    while (left := due - time.monotonic()) > 0:
        for what in terminal.wait(connection.source, min(left, _RETRY_S)):
            if what == "end":
                return False
            if what == "source":
                if not connection.read():
                    continue
            elif what == "order":
                screen.next_order()
            elif what != "resized":
                screen.turn({"next": 1, "previous": -1, "first": -(10**6)}[what])
            due = 0
        if connection.look():
            break
    return True


class _Connection:
    """Comes back when the gateway does. `view` is what it said last, `source` None while it is
    away, `trouble` says so in words."""

    def __init__(self, state, every_s, name):
        self.view = View()
        self.trouble = None
        self._coming = View()  # until it is whole
        self._state = state
        self._request = {"every_s": every_s}
        if name is not None:
            self._request["name"] = name
        self._silence_s = _SILENCE_S + 3 * every_s
        self._heard = time.monotonic()
        self.source = Source(state, **self._request)

    def close(self):
        """Hang up."""
        if self.source:
            self.source.close()
            self.source = None

    def read(self):
        """Take in what has come: True when there is something new to show."""
        messages = self.source.read()
        if messages is None:
            self.close()
            self.trouble = "the gateway has stopped: waiting for it"
            return True
        self._heard = time.monotonic()
        turns = [self._coming.take(message) for message in messages]
        if not any(turns):
            return False
        self.view = self._coming
        self.trouble = None
        return True

    def look(self):
        """Try to come back if it was away: True when that changed what there is to say."""
        before = self.trouble
        if self.source is None:
            try:
                self.source = Source(self._state, **self._request)
                self._coming = View()
                self._heard = time.monotonic()
            except NotRunning:
                pass
            except Failure as failure:
                self.trouble = str(failure)
        elif time.monotonic() - self._heard > self._silence_s:
            self.trouble = "the gateway does not answer"
        return self.trouble != before
