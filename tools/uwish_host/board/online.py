"""Waiting until a device that was restarted is online at its gateway."""

import re
import threading
import time

from ..errors import Failure
from ..names import printable
from .listen import Listener

_ASK_S = 0.3
_SAFE_MODE = "uwish: safe mode: "  # firmware/safemode.py
_ONLINE = "uwish info: online: "  # firmware/device.py
_AGAIN = re.compile(r"uwish warn: (.*); again in (\d+) s\s*")  # the same in the library


def wait_online(gateway, uid, port, timeout_s, advance, before=frozenset()):
    """Return when the device is online over a connection that is not among those `before` (as
    `gateway.connections` tells them): one from before its restart is over, even where the gateway
    has not noticed yet. A Failure after `timeout_s`, with what the device said last.
    `advance(line)` hears what it says meanwhile; safe mode ends the waiting at once."""
    deadline = time.monotonic() + timeout_s
    with _Overheard(port) as said:
        while not (gateway.connections(uid) or set()) - before:
            if said.safe_mode:
                raise Failure(
                    f"the device does not work: {printable(said.safe_mode)} `uwish doctor --port "
                    f"{port}` tells which step fails"
                )
            if time.monotonic() > deadline:
                last = f"; it said last: {printable(said.last)}" if said.last else ""
                raise Failure(
                    f"the device is not online at {gateway.name} after {timeout_s:.0f} s{last}: "
                    f"`uwish doctor --port {port}` tells which step fails"
                )
            advance(said.last)
            time.sleep(_ASK_S)


def hear_online(lines, timeout_s):
    """What a device that has just been restarted says of itself (`lines` of a Listener), at most
    for `timeout_s`: (True, who is online), (False, why nobody is), or (None, "") when it has said
    neither."""
    deadline = time.monotonic() + timeout_s
    trouble = ""
    for line in lines:
        line = line or ""
        left_s = deadline - time.monotonic()
        if line.startswith(_ONLINE):
            return True, line.removeprefix(_ONLINE).strip()
        if line.startswith(_SAFE_MODE):
            return False, line.removeprefix("uwish: ").strip()
        again = _AGAIN.fullmatch(line)
        if again:
            trouble = again[1]
            left_s -= int(again[2])  # nothing happens before that
        if left_s < 0:
            break
    return (False, trouble) if trouble else (None, "")


class _Overheard:
    """Hears a board in a thread; `last` is the last line that its firmware logged, `safe_mode` why
    it does not work, "" while it does."""

    def __init__(self, port):
        self.last = ""
        self.safe_mode = ""
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
                        if line.startswith(_SAFE_MODE):
                            self.safe_mode = line.removeprefix("uwish: ").strip()
                    if self._over.is_set():
                        return
        except Failure:
            pass  # hearing it is a help, not a need
