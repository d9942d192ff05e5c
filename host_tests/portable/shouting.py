"""Announcements on a real socket, for tests of whoever listens to them."""

import socket

from uwish.announcement import PORT, announce


class Shouter:
    """Sends datagrams to the listeners of this machine."""

    def __init__(self):
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._there = socket.getaddrinfo("127.0.0.1", PORT)[0][-1]

    def send(self, datagram):
        """Send any datagram."""
        self._sock.sendto(datagram, self._there)

    def announce(self, identity, port, hid=None):
        """Announce `identity` (its `alias`, `uid`, `public` and, unless another is given, `hid`)
        with this port."""
        transport = "wish://:%d" % port
        self.send(
            announce(identity.alias, identity.uid, hid or identity.hid, identity.public, transport)
        )

    def close(self):
        """End it."""
        self._sock.close()
