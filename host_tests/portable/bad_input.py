"""Sound remotes for both roles, which a test makes say something wrong during the handshake."""

from binascii import unhexlify

from messages import PING, PONG, array, binary, doc
from remote import Remote
from support import (
    DEVICE,
    DEVICE_KEY,
    GATEWAY,
    GATEWAY_KEY,
    SECRET,
    answer,
    call,
    device,
    feed,
    gateway,
    output,
    vector,
)

from uwish import crypto
from uwish.connection import CLOSED, RUNNING

EVENTS = vector("handshake_client_role")["events"]
HELLO_BYTES = unhexlify(EVENTS[0]["bytes"])
PREFIX = b"\x01\x80"
SIGNED = {}  # what each end signs
for _who, _identity in (("client", DEVICE), ("server", GATEWAY)):
    _message = crypto.sha256(_who.encode() + SECRET)
    SIGNED[_who] = crypto.run(_identity.sign(_message))


class AsClient:
    """Our device, called by nobody: it calls, and the test plays the gateway."""

    key = GATEWAY_KEY
    signature = SIGNED["server"]
    document = doc(binary("host", GATEWAY.hid), array("transports"))
    before = b""

    def __init__(self):
        self.host = device()
        self.start()

    def start(self):
        call(self.host)
        output(self.host.c)
        self.remote = Remote(False, passed=0)


class AsServer:
    """Our gateway, and the test plays the device."""

    key = DEVICE_KEY
    signature = SIGNED["client"]
    document = doc(binary("host", DEVICE.hid), array("transports"))
    before = HELLO_BYTES

    def __init__(self):
        self.host = gateway()
        self.start()

    def start(self):
        answer(self.host)
        self.remote = Remote(True, passed=0)


ROLES = (AsClient, AsServer)


class Endings:
    """For a TestCase to inherit from."""

    def ends(self, side, data, reason, phase):
        """Feeding `data` closes the connection for `reason`; afterwards the next one works."""
        c = side.host.c
        feed(c, data)
        self.assertEqual((c.state, c.reason, c.phase), (CLOSED, reason, phase))
        c.receive(b"anything", 0, 8, 0)
        self.assertEqual((c.taken, c.want(), output(c), c.step()), (0, 0, b"", False))
        self.works_again(side)

    def works_again(self, side):
        c = side.host.c
        c.reset()
        side.start()
        said = self.finish(side)
        self.assertEqual(c.state, RUNNING)
        remote = Remote(side.remote is not None and isinstance(side, AsServer))
        heard = remote.hear(said + feed(c, remote.say(PING)))
        self.assertEqual(heard[-1], PONG)

    def finish(self, side):
        """A sound handshake; what came after it."""
        c = side.host.c
        feed(c, side.before + PREFIX + side.key + side.remote.say(side.signature))
        said = feed(c, side.remote.say(side.document))
        return said

    def opening(self, side):
        """All that a sound remote says before its signature."""
        return side.before + PREFIX + side.key
