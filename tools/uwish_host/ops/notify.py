"""Telling systemd how the gateway is, when it is a service of `Type=notify` (sd_notify(3)).

A datagram of lines NAME=VALUE to the Unix socket that NOTIFY_SOCKET names, "@" standing for the NUL
of an abstract name:

    READY=1       devices can connect
    STOPPING=1    devices are being told
    WATCHDOG=1    the event loop turns: twice within each WATCHDOG_USEC, when WATCHDOG_PID is ours
    STATUS=TEXT   for `systemctl status`

Reading the contacts again (SIGHUP) takes no time, so the unit has ExecReload= and nothing is told.
"""

import contextlib
import os
import socket

from ..sink import Sink


class Notifier:
    """Sends to the service manager that `environment` names; nothing when there is none, and
    whatever goes wrong harms nobody."""

    def __init__(self, environment=os.environ):
        path = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + path[1:] if path[:1] == "@" else path
        self._sock = None
        if path[:1] in ("@", "/"):
            self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._sock.setblocking(False)
        self.watchdog_s = _watchdog_s(environment) if self._sock else None

    @property
    def wanted(self):
        """True when somebody listens."""
        return self._sock is not None

    def tell(self, **values):
        """Send these, each a NAME=VALUE."""
        if self._sock is None:
            return
        lines = [f"{name}={value}" for name, value in values.items()]
        with contextlib.suppress(OSError):
            self._sock.sendto("\n".join(lines).encode(), self._address)

    def close(self):
        """Tell nothing more."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None


class ServiceSink(Sink):
    """Turns the gateway's events into what a service says."""

    name = "systemd"

    def __init__(self, notifier):
        self._notifier = notifier

    def event(self, name, fields):
        """See Sink."""
        if name == "listening":
            self._notifier.tell(READY=1, STATUS=f"listening on {fields['address']}")
        elif name == "stopping":
            self._notifier.tell(STOPPING=1, STATUS="telling the devices")


@contextlib.asynccontextmanager
async def notifying(running):
    """A part (see serve): does nothing unless systemd has started us. To be the first, so that it
    is left last."""
    notifier = Notifier()
    if not notifier.wanted:
        yield
        return
    sink = ServiceSink(notifier)
    running.bus.add(sink)
    beat = None

    def pulse():
        nonlocal beat
        online = len(running.gateway.online())
        notifier.tell(WATCHDOG=1, STATUS=f"{online} online")
        beat = running.loop.call_later(notifier.watchdog_s / 2, pulse)

    if notifier.watchdog_s:
        beat = running.loop.call_later(notifier.watchdog_s / 2, pulse)
    try:
        yield
    finally:
        if beat is not None:
            beat.cancel()
        notifier.close()


def _watchdog_s(environment):
    try:
        seconds = int(environment["WATCHDOG_USEC"]) / 1e6
        ours = int(environment.get("WATCHDOG_PID", os.getpid())) == os.getpid()
    except (KeyError, ValueError):
        return None
    return seconds if ours and seconds > 0 else None
