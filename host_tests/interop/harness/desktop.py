"""A desktop host: a stock core with an identity of its own, and an app logged in to it."""

from collections import namedtuple
from contextlib import suppress

from .desktop_app import DesktopApp
from .wish_core import WishCore

# The peer that the desktop's app knows (a device's app), and the one that the device knows.
Link = namedtuple("Link", ("device_peer", "app_peer"))
# The peer that the desktop's app knows (the gateway), and the one that the gateway knows.
GatewayLink = namedtuple("GatewayLink", ("gateway_peer", "app_peer"))

_DIALS = 6
_DIAL_S = 10


class Desktop:
    """Started with state and logs in `directory`; `app` is logged in, `uid`, `hid` and `document`
    say who it is, `transport` where. With `discovers` the core calls contacts that announce
    themselves."""

    def __init__(
        self, directory, alias="Desk", name="desktop", protocols=("sensor",), discovers=False
    ):
        self.core = WishCore(directory, discovers).start()
        self.transport = self.core.transport
        self.app = None
        try:
            self.app = self.log_in(name, protocols)
            self.uid = self.app.create_identity(alias)
            self.hid = self.app.hid()
            self.document = self.app.export(self.uid)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def log_in(self, name="desktop", protocols=("sensor",)):
        """One more DesktopApp on this core; the caller stops it."""
        return DesktopApp(self.core, name, protocols)

    def restart(self, kill=False):
        """Restart the core, and `app` on it; with `kill` the core ends like in a power cut."""
        self.core.restart(kill)
        self.app.wait_for("closed")
        self.app.stop()
        self.app = self.log_in(self.app.app_name, self.app.protocols)

    def dial(self):
        """Make the core dial its contacts now; by itself it takes its time."""
        assert self.app.request("connections.checkConnections") is True

    def dial_until_online(self):
        """`dial` until the app sees a peer: that peer. A call between two cores comes to nothing
        now and then, and by itself the core waits long before it tries again."""
        for _ in range(_DIALS):
            self.dial()
            with suppress(TimeoutError):
                return self.app.wait_for("online", timeout=_DIAL_S)["peer"]
        raise TimeoutError(f"nobody online after {_DIALS} calls, {_DIAL_S} s each")

    def stop(self):
        """Stop app and core; AssertionError when the core had crashed before."""
        if self.app is not None:
            self.app.stop()
        self.core.stop()


def provision(desktop, device, rhid=None, **pin):
    """Make `desktop` and `device` know each other, and let the device pin the desktop: this host of
    it, unless `rhid` says another."""
    desktop.app.import_(device.document)
    invite(desktop, device, rhid, **pin)


def invite(desktop, device, rhid=None, **pin):
    """The device's half of `provision`: the desktop does not learn of it."""
    assert device.import_(desktop.document, desktop.transport) == 200
    assert device.pin(desktop.uid, desktop.hid if rhid is None else rhid, **pin) == 200


def connect(desktop, device, **pin):
    """`provision`, and wait until each side sees the other: a Link."""
    provision(desktop, device, **pin)
    return wait_online(desktop, device)


def wait_online(desktop, device):
    """The Link of an app and a device that are about to see each other."""
    return Link(
        desktop.app.wait_for("online", lambda e: e["peer"]["ruid"] == device.uid)["peer"],
        device.wait_for("online", lambda e: e["peer"]["ruid"] == desktop.uid)["peer"],
    )


def call(desktop, gateway):
    """Make `desktop` and `gateway` know each other, the core dial, and wait until each side sees
    the other: a GatewayLink."""
    gateway.add(desktop.document)
    desktop.app.import_(gateway.document)
    return GatewayLink(
        desktop.dial_until_online(),
        gateway.wait_for("online")["peer"],
    )
