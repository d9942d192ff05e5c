"""Whom a device is to serve: a gateway of ours, known by its state directory, or a desktop core,
known by its app port. Both can say who they are, let a device in, and tell when it is online."""

import socket
from pathlib import Path

from uwish.addresses import pack, split_transport
from uwish.documents import Document, check_alias

from ..admission import admit, tell_gateway
from ..contacts_file import Contact
from ..errors import Failure
from ..listener import parse_address, show_address
from ..state import State
from .core_app import CoreApp, CoreRefused

PORT = 37009  # where gateways and desktop cores listen unless they are told otherwise
_EXISTS = 202  # a core's answer to identity.import of somebody it knows
# Any address that is not ours: nothing is sent there, it only chooses a way out (RFC 5737).
_ELSEWHERE = ("192.0.2.1", 9)


def open_gateway(text):
    """The gateway that `text` names: "core:HOST:PORT", or a state directory."""
    if not text:
        raise Failure("--gateway has an empty name: is a variable of the shell not set?")
    if text.startswith("core:"):
        return DesktopCore(*parse_address(text.removeprefix("core:")))
    return OwnGateway(State(Path(text)))


class OwnGateway:
    """A gateway of ours, with its `state`. It need not run."""

    def __init__(self, state):
        self._state = state
        self._identity = state.identity()
        self.uid = self._identity.uid
        self.name = self._identity.alias
        self.host = None

    def document(self, transport):
        """Its identity document, for a device."""
        return self._identity.document((transport,))

    def admit(self, document, alias):
        """Let the device of this document (bytes) in, as `alias`: "added", "updated" or
        "unchanged". A gateway that runs knows at once."""
        contact = Contact(Document(document).public, alias)
        check_alias(alias)
        taken = "choose a name with --name, or `uwish device remove` the other"
        return admit(self._state, contact, taken, keep_transports=True)

    def knows(self, uid):
        """True when the device may connect."""
        return uid in self._state.contacts()

    def connections(self, uid):
        """What tells the connections over which the device of this uid is online from all others,
        a set; None when no gateway runs."""
        answer = tell_gateway(self._state, op="online")
        if answer is None:
            return None
        return {peer["from"] for peer in answer["online"] if peer["ruid"] == uid.hex()}


class DesktopCore:
    """A stock wish-core, by its app port."""

    def __init__(self, host, port):
        self._host = host
        self._port = port
        with self._connect() as core:
            own = [i for i in core.request("identity.list") if i.get("privkey")]
            if not own:
                raise Failure(
                    f"the core at {host}:{port} has no identity yet: make one there first"
                )
            self.uid = own[0]["uid"]
            self.name = own[0]["alias"]
            self._document = core.request("identity.export", self.uid)["data"]
        self.host = host

    def document(self, transport):
        """Its identity document; what it says of its own addresses (relays) is no use to us."""
        return self._document

    def admit(self, document, alias):
        """Let the device of this document (bytes) in: "added" or "unchanged". A core takes the
        alias from the document."""
        with self._connect() as core:
            try:
                core.request("identity.import", document)
            except CoreRefused as refused:
                if refused.code != _EXISTS:
                    raise
                return "unchanged"
        return "added"

    def knows(self, uid):
        """True when the device may connect."""
        with self._connect() as core:
            return any(identity["uid"] == uid for identity in core.request("identity.list"))

    def connections(self, uid):
        """As OwnGateway.connections."""
        with self._connect() as core:
            links = core.request("connections.list")
        return {link["cid"] for link in links if link["ruid"] == uid}

    def _connect(self):
        return CoreApp(self._host, self._port)


def choose_transport(address, gateway):
    """ "wish://host:port" where a device reaches the gateway: what `--address` says, else this
    machine's own address in its network and the usual port."""
    if address is None:
        address = show_address((_other_host(gateway.host) or _own_address(), PORT))
    elif ":" not in address:
        address = f"{address}:{PORT}"
    host, port = parse_address(address)
    transport = f"wish://{show_address((host, port))}"
    try:
        split_transport(transport)
    except ValueError:
        raise Failure(f"--address must be HOST:PORT, HOST not empty: {address!r}") from None
    return transport


def choose_transports(addresses, gateway):
    """`choose_transport` of each of these; a Failure when a device has no room for all."""
    chosen = [choose_transport(address, gateway) for address in addresses or (None,)]
    try:
        pack(chosen, True)
    except ValueError as error:
        raise Failure(f"--address: {error}") from None
    return chosen


def answers(transport, timeout_s=3):
    """True when somebody listens there, as far as this machine can tell."""
    try:
        socket.create_connection(split_transport(transport), timeout_s).close()
    except OSError:
        return False
    return True


def _other_host(host):
    """`host` when it is another machine's; None for this one."""
    return None if host in (None, "", "localhost", "::1") or host.startswith("127.") else host


def _own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            raise Failure(
                "this machine is in no network: say with --address where devices reach the gateway"
            ) from None
        return probe.getsockname()[0]
