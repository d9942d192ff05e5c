"""Waiting until a device that was restarted is online at its gateway."""

import threading
import time

from ..errors import Failure
from ..names import printable
from .listen import Listener

_ASK_S = 0.3


def wait_online(gateway, uid, port, timeout_s, advance, before=frozenset()):
    """Return when the device is online over a connection that is not among those `before` (as
    `gateway.connections` tells them): one from before its restart is over, even where the gateway
    has not noticed yet. A Failure after `timeout_s`, with what the device said last.
    `advance(line)` hears what it says meanwhile."""
    deadline = time.monotonic() + timeout_s
    with _Overheard(port) as said:
        while not (gateway.connections(uid) or set()) - before:
            if time.monotonic() > deadline:
                last = f"; it said last: {printable(said.last)}" if said.last else ""
                raise Failure(
                    f"the device is not online at {gateway.name} after {timeout_s:.0f} s{last}: "
                    f"`uwish doctor --port {port}` tells which step fails"
                )
            advance(said.last)
            time.sleep(_ASK_S)


class _Overheard:
    """Hears a board in a thread; `last` is the last line that its firmware logged."""

    def __init__(self, port):
        self.last = ""
        self._port = port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hear, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _hear(self):
        try:
            with Listener(self._port) as listener:
                for line in listener.lines():
                    if line and line.startswith("uwish"):
                        self.last = line.strip()
                    if self._over.is_set():
                        return
        except Failure:
            pass  # hearing it is a help, not a need
