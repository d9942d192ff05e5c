"""Links and their poller on real loopback sockets: all that a socket can say, on both
interpreters."""

import struct
import unittest

from loopback_gateway import listen

from uwish.net import GONE, WOULD_BLOCK, Link, Poller
from uwish.reach import begin, progress, resolve

SOL_SOCKET = 1  # Linux's numbers: MicroPython does not name them all
SO_LINGER = 13
WAIT_MS = 2000  # at most; every wait ends when its event comes


class NetCase(unittest.TestCase):
    """A listening socket, and a link with its poller."""

    def setUp(self):
        self.listener, self.port = listen()
        self.poller = Poller()
        self.link = Link(self.poller)
        self.remote = None

    def tearDown(self):
        self.link.close()
        self.listener.close()
        if self.remote is not None:
            self.remote.close()

    def connect(self):
        """`link` and `remote` are the two ends."""
        self.assertTrue(begin(self.link, resolve("127.0.0.1", self.port)))
        self.assertFalse(self.link.connected)
        self.assertEqual(self.progress(), 1)
        self.assertTrue(self.link.connected)
        self.remote, _ = self.listener.accept()

    def progress(self):
        done = WOULD_BLOCK
        while done == WOULD_BLOCK:
            self.poller.wait(WAIT_MS)
            done = progress(self.link)
        return done

    def reset(self):
        """The remote closes the hard way."""
        self.remote.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.remote.close()
        self.remote = None

    def read(self):
        """What comes with the next event."""
        buf = bytearray(100)
        self.poller.wait(WAIT_MS)
        self.assertTrue(self.link.events)
        n = self.link.read(buf, 100)
        return bytes(buf[:n]) if n else n


class Connecting(NetCase):
    def test_connected(self):
        self.connect()
        self.poller.wait(0)
        self.assertEqual(self.link.events, 0)

    def test_refused(self):
        self.listener.close()
        opened = begin(self.link, resolve("127.0.0.1", self.port))
        # Over loopback some systems say so at once.
        self.assertEqual(self.progress() if opened else GONE, GONE)
        self.assertTrue(self.link.sock is None and not self.link.connected)

    def test_an_address_that_cannot_be(self):
        info = resolve("127.0.0.1", self.port)
        broadcast = resolve("255.255.255.255", self.port)
        self.assertFalse(begin(self.link, broadcast))
        self.assertTrue(self.link.sock is None)
        self.assertTrue(begin(self.link, info))

    def test_resolve(self):
        self.assertRaises(OSError, resolve, "no such host.invalid", 1)
        self.assertEqual(resolve("localhost", 1)[0], resolve("127.0.0.1", 1)[0])

    def test_the_same_link_many_times(self):
        for _ in range(20):
            self.connect()
            self.remote.send(b"x")
            self.assertEqual(self.read(), b"x")
            self.link.close()
            self.assertEqual(self.remote.recv(10), b"")
            self.remote.close()
        self.assertEqual(self.poller._links, [])

    def test_closing_in_any_state(self):
        self.link.close()
        begin(self.link, resolve("127.0.0.1", self.port))
        self.link.close()
        self.link.close()
        self.connect()
        self.link.close()
        self.link.watch(True, True)
        self.poller.wait(0)
        self.assertEqual((self.link.events, self.link.blocked, self.link.sock), (0, False, None))


class Reading(NetCase):
    def test_what_came_and_no_more(self):
        self.connect()
        buf = bytearray(b"." * 8)
        self.assertIsNone(self.link.read(buf, 8))
        self.remote.send(b"abcdef")
        self.poller.wait(WAIT_MS)
        self.assertEqual((self.link.read(buf, 4), buf), (4, b"abcd...."))
        self.assertEqual((self.link.read(buf, 8), buf), (2, b"efcd...."))
        self.assertEqual((self.link.read(buf, 8), buf), (None, b"efcd...."))

    def test_the_end(self):
        self.connect()
        self.remote.send(b"last")
        self.remote.close()
        self.assertEqual(self.read(), b"last")
        for _ in range(3):
            self.assertEqual(self.read(), 0)

    def test_reset(self):
        self.connect()
        self.reset()
        self.assertRaises(OSError, self.read)
        # The error is told once; afterwards it is the end, or an error again.
        try:
            self.assertEqual(self.link.read(bytearray(4), 4), 0)
        except OSError:
            pass


class Writing(NetCase):
    def test_from_the_middle_of_a_buffer(self):
        self.connect()
        self.assertEqual(self.link.write(b"0123456789", 3, 4), 4)
        self.assertEqual(self.link.write(bytearray(b"0123456789"), 9, 1), 1)
        self.remote.setblocking(True)
        self.assertEqual(self.remote.recv(5), b"34569")

    def test_full_and_room_again(self):
        self.connect()
        data = bytes(range(251)) * 4
        taken = partial = 0
        while True:
            off = taken % len(data)
            n = self.link.write(data, off, len(data) - off)
            if not n:
                break
            partial += n < len(data) - off
            taken += n
        self.assertTrue(taken > 8192 and partial >= 1)
        self.link.watch(True, True)
        self.poller.wait(0)
        self.assertEqual(self.link.events, 0)
        self.remote.setblocking(True)
        twice = data + data
        got = 0
        while got < taken:
            more = self.remote.recv(min(len(data), taken - got))
            off = got % len(data)
            self.assertTrue(more and more == twice[off : off + len(more)])
            got += len(more)
        self.poller.wait(WAIT_MS)
        self.assertTrue(self.link.events)
        self.assertEqual(self.link.write(data, 0, 5), 5)

    def test_to_nobody(self):
        self.connect()
        self.reset()
        self.poller.wait(WAIT_MS)
        self.assertRaises(OSError, self.link.write, b"x", 0, 1)
        self.assertRaises(OSError, self.link.write, b"x", 0, 1)

    def test_to_one_that_has_closed(self):
        self.connect()
        self.remote.close()
        # The first may still be taken; the answer to it is a reset.
        self.poller.wait(WAIT_MS)
        try:
            for _ in range(50):
                self.link.write(b"x", 0, 1)
                self.poller.wait(10)
        except OSError:
            return
        self.fail("never gone")


class Waiting(NetCase):
    def test_only_what_is_watched(self):
        self.connect()
        self.remote.send(b"x")
        self.poller.wait(WAIT_MS)
        self.assertTrue(self.link.events)
        self.link.watch(False, False)
        self.poller.wait(0)
        self.assertEqual(self.link.events, 0)
        self.link.watch(False, True)
        self.poller.wait(WAIT_MS)
        self.assertTrue(self.link.events)
        self.link.watch(True, False)
        self.poller.wait(WAIT_MS)
        self.assertEqual(self.read(), b"x")
        self.poller.wait(0)
        self.assertEqual(self.link.events, 0)

    def test_of_two_the_right_one(self):
        self.connect()
        first, self.link = self.link, Link(self.poller)
        near, far = first, self.remote
        self.connect()
        far.send(b"x")
        self.poller.wait(WAIT_MS)
        self.assertTrue(near.events and not self.link.events)
        near.close()
        far.close()
        self.remote.send(b"y")
        self.assertEqual(self.read(), b"y")

    def test_nothing_to_wait_for(self):
        self.poller.wait(0)
        self.assertEqual(self.link.events, 0)


if __name__ == "__main__":
    unittest.main()
