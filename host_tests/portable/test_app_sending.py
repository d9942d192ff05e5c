"""`app.peer.send`: its four answers, `drain`, and what becomes of accepted frames."""

import unittest

from app_case import Networks, stall

from uwish.reasons import STALLED
from uwish.status import FULL, NOT_FOUND, OK, TOO_LARGE


class Sending(Networks, unittest.TestCase):
    def test_the_four_answers(self):
        n = self.network(tx_size=1000)
        peer = n.connect()
        send = n.app.peer.send
        self.assertEqual(send(peer, bytes(995)), TOO_LARGE)
        self.assertEqual(send(peer, bytes(994)), OK)
        self.assertEqual(send(peer, bytes(995)), TOO_LARGE)
        self.assertEqual(send(peer, b""), FULL)
        self.assertEqual(n.app.stats.refused, 1)
        self.assertTrue(n.run(lambda: "drain" in n.events))
        self.assertEqual(send(peer, b"abcdef", 3), OK)
        self.assertTrue(n.run(lambda: len(n.gateway.host.got) == 2))
        self.assertEqual(n.gateway.host.payloads(), [bytes(994), b"abc"])
        n.gateway.stop()
        self.assertTrue(n.run(lambda: not peer.online))
        self.assertEqual(send(peer, b"x"), NOT_FOUND)

    def test_wrong_arguments(self):
        n = self.network()
        peer = n.connect()
        send = n.app.peer.send
        self.assertRaises(TypeError, send, peer, "text")
        self.assertRaises(TypeError, send, "peer", b"x")
        self.assertRaises(TypeError, send, peer, None)
        self.assertRaises(ValueError, send, peer, b"x", 2)
        self.assertRaises(ValueError, send, peer, b"x", -1)

    def test_drain_once_and_at_the_low_water_mark(self):
        n = self.network(tx_size=2000)
        peer = n.connect()
        n.gateway.deaf = True
        while n.app.peer.send(peer, bytes(94)) == OK:
            pass
        self.assertFalse("drain" in n.events)
        used = []
        n.app.on("drain", lambda: used.append(n.app._node.frames.used))
        n.gateway.deaf = False
        self.assertTrue(n.run(lambda: not n.app._node.frames.used))
        self.assertEqual(len(used), 1)
        self.assertTrue(used[0] <= 1000)

    def test_accepted_frames_survive_a_reconnect_in_order(self):
        n = self.network(tx_size=32000)
        peer = n.connect()
        accepted = stall(n, peer)
        n.gateway.hang_up()
        n.gateway.deaf = False
        n.gateway.host.got.clear()
        self.assertTrue(n.run(lambda: not peer.online))
        handed = n.app.stats.sent
        self.assertTrue(handed < accepted)
        got = n.gateway.host.got
        self.assertTrue(n.run(lambda: len(got) >= accepted - handed, turns=2000, step=20))
        numbers = [int(payload[:5]) for payload in n.gateway.host.payloads()]
        self.assertEqual(numbers, list(range(handed, accepted)))
        self.assertEqual((n.app.stats.sent, n.app.stats.dropped), (accepted, 0))

    def test_a_gateway_that_takes_nothing_is_left(self):
        n = self.network(tx_size=32000)
        peer = n.connect()
        stall(n, peer)
        # The system's buffers may still take some: there is always more.
        n.run(lambda: n.app.peer.send(peer, bytes(900)) == NOT_FOUND, turns=1000, step=50)
        self.assertEqual(n.app.stats.closed[STALLED], 1)


if __name__ == "__main__":
    unittest.main()
