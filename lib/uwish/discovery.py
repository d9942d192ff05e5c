"""Listening to Wish local discovery: a UDP socket, a buffer and a table, all made once.

Nothing is read between the looks that a node takes, once a second and more often while it dials:
what a network shouts meanwhile waits in the socket, or is lost there. Announcements come again
every 5 s. Whoever is no contact is counted and forgotten. Loaded by App.discover.
"""

import select
import socket

from .announcement import PORT, Announcement
from .compat import const
from .scheduler import FIELDS
from .sightings import ASK, NEWS, NOTHING, STRANGER, Sightings

_SIZE = const(512)  # bytes; a desktop core's announcement has about 200, and never more than 400
_READS = const(8)  # in one look
_ASKED = const(16)  # datagrams that are read with their source after one that should have been
_POLLIN = const(1)
_STREAMS = hasattr(socket.socket, "readinto")  # MicroPython's sockets are streams
_EXTRA = const(2)  # what finder.py remembers besides the sightings


class Discovery:
    """What was heard: `malformed` and `strangers` count datagrams that are no announcement, and
    announcements of identities that are no contacts. Iterate it for (ruid, rhid, "wish://ip:port")
    of the contacts' hosts."""

    def __init__(self, node, max_hosts):
        """OSError when UDP port 9090 is not to be had, ValueError for a wrong size."""
        if not 1 <= max_hosts <= 254:
            raise ValueError("max_hosts must be 1 to 254")
        self.malformed = 0
        self.strangers = 0
        self.sightings = Sightings(max_hosts, node.contacts)
        self._node = node
        self._said = Announcement()
        self._buf = bytearray(_SIZE)
        self._asking = _ASKED
        self._sock = None
        self._open()
        node.waits.extend([0] * (FIELDS * (max_hosts + _EXTRA)))

    def listen(self, now):
        """Take what has come since the last look. Allocates nothing while all that is heard is
        known, or of strangers."""
        self.sightings.forget_old(now)
        try:
            if self._sock is None:
                self._open()
            reads = _READS
            while reads and self._readable():
                reads -= 1
                if not self._read(now):
                    # ESP32's port takes an empty datagram for the end of a stream, and would never
                    # read from this socket again.
                    self.malformed += 1
                    self.close()
                    return
        except OSError:
            self.close()

    def close(self):
        """Listen no more, until the next `listen`."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def __iter__(self):
        sightings = self.sightings
        for k in range(sightings.capacity):
            if sightings.flags(k):
                ids = sightings.ids(k)
                yield ids[:32], ids[32:], sightings.address(k)

    def _open(self):
        sock = self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(socket.getaddrinfo("0.0.0.0", PORT)[0][-1])
        self._readinto = sock.readinto if _STREAMS else sock.recv_into
        self._poll = select.poll()
        self._poll.register(sock, _POLLIN)
        self._readable()  # MicroPython makes its result tuple in the first poll

    def _readable(self):
        if _STREAMS:
            for _ in self._poll.ipoll(0):
                return True
            return False
        return bool(self._poll.poll(0))

    def _read(self, now):
        # Whatever is waiting; how many bytes that was.
        if self._asking:
            self._asking -= 1
            data, source = self._sock.recvfrom(_SIZE)
            self._take(data, len(data), _ipv4(source), now)
            return len(data)
        n = self._readinto(self._buf)
        if n:
            self._take(self._buf, n, None, now)
        return n

    def _take(self, buf, n, ip, now):
        # MicroPython's readinto puts as many datagrams into the buffer as have come, one after
        # another; what follows a malformed one is lost with it.
        off = 0
        while off < n:
            size = self._said.read(buf, off, n)
            if not size:
                self.malformed += 1
                return
            off += size
            meaning = self.sightings.heard(buf, self._said, ip, now)
            if meaning == NOTHING:
                continue
            if meaning == STRANGER:
                self.strangers += 1
            elif meaning == ASK:
                self._asking = _ASKED
            elif meaning == NEWS:
                self._node.replan()


def _ipv4(source):
    # ("192.0.2.1", port), or on MicroPython's unix port the bytes of a sockaddr_in.
    if isinstance(source, tuple):
        return bytes(int(part) for part in source[0].split("."))
    return source[4:8]
