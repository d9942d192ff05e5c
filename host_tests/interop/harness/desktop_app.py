"""A desktop app: the App class of the Node SDK, logged in to a stock core."""

from pathlib import Path

from .json_process import JsonProcess

PROGRAM = Path(__file__).resolve().parent.parent / "desktop_app.js"


class DesktopApp(JsonProcess):
    """The app `name` on `core` (a running WishCore), speaking `protocols`; ready when constructed.

    Events: online, offline (`peer`: luid, ruid, rhid, rsid as bytes, protocol), frame (`peer`,
    `data`), closed (the core is gone, and so is this app).
    """

    def __init__(self, core, name="desktop", protocols=("sensor",), timeout=60):
        options = [option for p in protocols for option in ("--protocol", p)]
        super().__init__(
            f"desktop app {name}",
            ["node", PROGRAM, "--port", core.app_port, "--name", name, *options],
            core.directory / f"app-{name}.log",
            first="ready",
            timeout=timeout,
        )
        self.sid = name.encode().ljust(32, b"\0")
        self.app_name = name
        self.protocols = protocols

    def request(self, method, *args):
        """The core's answer to an app operation such as "identity.create"; RequestFailed when it is
        an error."""
        return self.command("request", method=method, args=args)

    def send(self, peer, payload):
        """Send a frame as apps do: there is no answer, whatever becomes of it."""
        self.command("send", peer=peer, payload=payload)

    def settle(self):
        """Return when every event that the core has sent so far has arrived. Core and SDK keep the
        order, so the answer to any request comes after them."""
        self.request("version")

    def create_identity(self, alias):
        """Make the core's own identity; its uid."""
        return self.request("identity.create", alias)["uid"]

    def hid(self):
        """The core's host id, 32 bytes."""
        return self.request("host.config")["hid"]

    def export(self, uid):
        """The identity document of `uid`, as `identity.import` takes it."""
        return self.request("identity.export", uid)["data"]

    def import_(self, document):
        """Add the contact of an identity document."""
        self.request("identity.import", document)

    def public_key(self, uid):
        """The Ed25519 public key of an identity the core knows, 32 bytes."""
        return self.request("identity.get", uid)["pubkey"]

    def document(self, alias, public, transports):
        """An identity document made of these, as bytes."""
        fields = {"alias": alias, "pubkey": public, "transports": transports}
        return self.command("document", fields=fields)
