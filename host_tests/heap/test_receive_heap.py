"""What arrives allocates nothing, answers included; only a frame's handler gets one memoryview."""

import unittest

from world import World, allocated, locked  # isort: skip (it makes the next one importable)

from messages import (
    PING,
    PONG,
    array,
    binary,
    doc,
    error,
    flag,
    number,
    peers_request,
    request,
    result,
    send,
    service_signal,
    sid,
    sub,
    text,
)

RECORD = 18  # bytes that a record adds
# The memoryview, and the slice that asks for it: bytes on this 64-bit build, half of it on a board.
FRAME = 64
OTHER = b"o" * 32
UNKNOWN_OP = "Command not found or permission denied."


class ReceiveCase(unittest.TestCase):
    def setUp(self):
        self.world = World(rx_size=1000)
        self.stats = self.world.app.stats
        replies = self.world.c.session.replies
        self.ours = int.from_bytes(bytes(replies._request_id), "little")

    def tearDown(self):
        self.world.close()

    def signal(self, rsid, online=True, protocol="sensor"):
        """The gateway's `peers` answer about the service `rsid`."""
        return service_signal(self.ours, rsid, "gateway", protocol, online)


class ControlTest(ReceiveCase):
    def test_ping(self):
        self.assertEqual(self.world.reply(PING), len(PONG) + RECORD)

    def test_pings(self):
        # All that arrive before an answer can be written share one pong.
        self.assertEqual(self.world.reply(PING, PING, PING), len(PONG) + RECORD)

    def test_pong_and_ack(self):
        self.assertEqual(self.world.reply(PONG, result("ack", self.ours)), 0)
        self.assertEqual(self.stats.ignored, 1)

    def test_peers(self):
        answer = service_signal(77, sid("sensor"), "sensor", "sensor")
        self.assertEqual(self.world.reply(peers_request(77)), len(answer) + RECORD)
        end = doc(sub("req", number("end", 77)))
        self.assertEqual(self.world.reply(end), len(result("fin", 77)) + RECORD)

    def test_unknown_operation(self):
        answer = error(9, 8, UNKNOWN_OP)
        self.assertEqual(self.world.reply(request("version", array("args"), 9)), len(answer) + 18)

    def test_malformed_send(self):
        said = self.world.reply(request("send", array("args", (binary, b"short")), 9))
        self.assertEqual(said, len(error(9, 41, "rsid not Buffer(32).")) + RECORD)

    def test_oversized(self):
        answer = error(1, 413, "Frame too large for this device, discarded.")
        said = self.world.reply(doc(binary("x", bytes(1500))), PING)
        self.assertEqual(said, len(PONG) + RECORD + len(answer) + RECORD)
        self.assertEqual(self.stats.oversized, 1)

    def test_ignored(self):
        ignored = (
            doc(flag("pang")),
            doc(sub("ask", text("op", "peers"))),
            doc(sub("res", number("sig", 1))),
            doc(sub("req", array("args"))),
            b"",
        )
        for message in ignored:
            self.assertEqual(self.world.reply(message), 0)
        self.assertEqual(self.stats.ignored, len(ignored))

    def test_more_than_is_read_at_once(self):
        # 512 bytes are read at once: the records do not end where the reads do.
        before = self.stats.bytes_in
        self.world.say(*[PING] * 60)
        locked(self.world.turn)
        self.assertEqual(self.stats.bytes_in - before, 60 * (len(PING) + RECORD))


class PresenceTest(ReceiveCase):
    def test_a_new_peer(self):
        self.assertEqual(self.world.reply(self.signal(OTHER)), 0)
        self.assertEqual(self.world.onlines, 2)

    def test_announced_again(self):
        again = self.signal(sid("gateway"))
        self.world.reply(again, again)
        self.assertEqual((self.world.onlines, self.world.offlines), (1, 0))

    def test_gone_and_back(self):
        self.world.reply(self.signal(sid("gateway"), online=False))
        self.assertEqual((self.world.onlines, self.world.offlines), (1, 1))
        self.world.reply(self.signal(sid("gateway")))
        self.assertEqual(self.world.onlines, 2)

    def test_another_protocol(self):
        self.world.reply(self.signal(OTHER, protocol="chat"))
        self.assertEqual(self.world.onlines, 1)

    def test_more_peers_than_places(self):
        for i in range(10):
            self.world.reply(self.signal(bytes([65 + i]) * 32))
        self.assertEqual((self.world.onlines, self.stats.peers_unseen), (8, 3))


class FrameTest(ReceiveCase):
    def frame(self, rsid=sid("gateway"), protocol="sensor", id=0):  # noqa: B008
        return send(rsid, sid("sensor"), protocol, bytes(64), id)

    def test_the_handler_costs_one_view(self):
        # Twice as many frames cost twice as much: what is bounded here is one frame.
        self.world.say(self.frame())
        locked_apart = allocated(self.world.turn)
        self.assertTrue(0 < locked_apart <= FRAME)
        self.world.say(*[self.frame()] * 4)
        self.assertEqual(allocated(self.world.turn), 4 * locked_apart)
        self.assertEqual((self.world.arrived, self.world.size), (5, 64))

    def test_nothing_without_a_handler(self):
        self.world.app._events["frame"] = None
        said = self.world.reply(self.frame(id=5))
        self.assertEqual((said, self.stats.received), (len(result("ack", 5)) + RECORD, 1))

    def test_undelivered(self):
        for message in (self.frame(OTHER), self.frame(protocol="chat")):
            self.assertEqual(self.world.reply(message), 0)
        self.assertEqual(self.world.arrived, 0)


if __name__ == "__main__":
    unittest.main()
