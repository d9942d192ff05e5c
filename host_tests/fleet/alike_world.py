"""A connection without a socket that frames come to, the short way or the long one."""

import itertools

from uwish.connection import RUNNING, Connection
from uwish.record import Window
from uwish.service import Service
from uwish.stats import Stats
from uwish_host.lean import LeanCipher, LeanReader, LeanWindow
from uwish_host.quick_connection import QuickConnection
from uwish_host.quick_session import QuickSession, SendLayout

SECRET = bytes(range(64))
OURS = Service("gateway", ("sensor", "control"))
THEIRS = Service("greenhouse", ("control",))
OTHER = Service("other", ("control",))
PING = b"\x0c\0\0\0\x08ping\0\x01\0"


class Peer:
    """Online as long as `connection` is something."""

    def __init__(self, connection):
        self.connection = connection

    @property
    def online(self):
        return self.connection is not None


class Owner:
    """A Remote whose frames are kept, with who sent them."""

    def __init__(self):
        self.frames = []
        self.alike = None
        self.then = lambda: None  # called for each frame
        self.peers = {
            (index, service.sid): Peer(self) for index in range(2) for service in (THEIRS, OTHER)
        }

    def on_frame(self, connection, index, buf, rsid_off, off, n):
        sender = self.sender(index, buf, rsid_off)
        if sender is None:
            self.frames.append("undelivered")
        else:
            self.on_frame_of(sender[1], bytes(buf[off : off + n]))

    def sender(self, index, buf, rsid_off):
        key = (index, bytes(buf[rsid_off : rsid_off + 32]))
        peer = self.peers.get(key)
        return (peer, key) if peer and peer.online else None

    def on_frame_of(self, device, data):
        self.frames.append((device, data))
        self.then()


def sent(payload, index=0, service=THEIRS):
    """A `send` as a device writes it."""
    head = bytearray(OURS.templates[index])
    head[44:76] = service.sid
    head[84:116] = OURS.sid
    message = head + payload + b"\0\0\0"
    size = len(message)
    for off, value in ((0, size), (9, size - 10), (32, size - 34), (len(head) - 5, len(payload))):
        message[off : off + 4] = value.to_bytes(4, "little")
    return bytes(message)


def stream(*messages):
    """Them as records."""
    window = Window(sum(map(len, messages)) + 18 * len(messages), LeanCipher())
    window.cipher.rekey(SECRET, 0)
    for message in messages:
        window.record(message)
    return bytes(window.buf[: window.end])


def ends(messages):
    """Where the records of such a stream end, but for the last."""
    return list(itertools.accumulate(len(message) + 18 for message in messages))[:-1]


def running(quick):
    """A connection that is established, and its owner and counters."""
    owner, stats = Owner(), Stats()
    kind = QuickConnection if quick else Connection
    connection = kind(0, OURS, owner, None, stats, 640, 640)
    connection.reader = LeanReader(2000, LeanCipher())
    connection.reader.cipher.rekey(SECRET, 0)
    connection.window = LeanWindow(2000, LeanCipher())
    connection.window.cipher.rekey(SECRET, 32)
    if quick:
        layouts = [SendLayout(OURS, index) for index in range(2)]
        connection.session = QuickSession(connection, OURS, owner, stats, layouts)
    connection.state = RUNNING
    # `close` looks at what waits for it.
    connection._frames = type("NoFrames", (), {"rewind": lambda *_: 0})()
    return connection, owner, stats


def outcome(quick, data, cuts):
    """All that receiving `data` does, cut into pieces at these places."""
    connection, owner, stats = running(quick)
    parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    rest = b""
    for part in parts:
        rest += part
        connection.receive(rest, 0, len(rest), 7)
        rest = rest[connection.taken :]
    replies = connection.session.replies
    return {
        "frames": owner.frames,
        "state": (connection.state, connection.reason, connection._last_in),
        "stats": vars(stats),
        "replies": (bytes(replies._answers), replies.pending),
        "rest": rest,
    }


def assert_same(data, cuts=()):
    """Both ways give the same: what that is."""
    expected = outcome(False, data, cuts)
    assert outcome(True, data, cuts) == expected
    return expected
