"""What is asked of a deployed device: its settings, its identity, whom it serves (the device's side
is firmware/provision.py)."""


class Enrolment:
    """The provisioning side of a stopped `board` (a port.Board). What the device refuses is a
    Failure."""

    def __init__(self, board):
        self._board = board

    def settings(self):
        """{"name", "protocol", "ssid", "sleeps"}."""
        return self._call("settings")

    def configure(self, **changes):
        """Change /config.json; what is given may hold a password."""
        self._call("configure", **changes)

    def identity(self):
        """(its public document as bytes, whether it was made now, [what its flash has lost])."""
        found = self._call("identity")
        return bytes.fromhex(found["document"]), found["made"], found["damaged"]

    def serve(self, document, transports, only):
        """Let it serve the gateway of this document at `transports`; [uids that were dropped]."""
        return self._call("serve", document.hex(), transports, only)["dropped"]

    def sensors(self):
        """[(name, "" or why it does not work), …]."""
        return self._call("sensors")

    def contacts(self):
        """[{"uid", "alias", "transports", "own"}, …]."""
        return self._call("contacts")

    def pins(self):
        """[{"ruid", "rhid", "policy", "priority"}, …]."""
        return self._call("pins")

    def add_contact(self, document, transports):
        """Make the identity of this document (bytes) a contact; its uid in hex."""
        return self._call("add_contact", document.hex(), transports)

    def pin(self, uid, rhid, policy, priority):
        """The status."""
        return self._call("pin", uid, rhid, policy, priority)

    def unpin(self, uid, rhid):
        """The status."""
        return self._call("unpin", uid, rhid)

    def forget(self, uid):
        """Remove this contact and its pins."""
        self._call("forget", uid)

    def _call(self, function, *arguments, **named):
        listed = [repr(value) for value in arguments]
        listed += [f"{name}={value!r}" for name, value in named.items()]
        board = self._board
        # One statement, so that no name of the device's own stays behind.
        return board.value(f"__import__('provision').{function}({', '.join(listed)})")
