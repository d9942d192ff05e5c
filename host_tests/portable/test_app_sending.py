"""`app.peer.send`: its four answers, `drain`, and what becomes of accepted frames."""

import unittest

from app_case import Networks, stall
from pooled import Pool

from uwish.reasons import STALLED
from uwish.sendbuf import HEADER
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
        self.assertRaises(ValueError, send, peer, b"", 1)
        self.assertEqual((n.app._node.frames.used, n.app.stats.refused), (0, 0))
        self.assertEqual((send(peer, b"x", 0), send(peer, b"", 0)), (OK, OK))
        self.assertTrue(n.run(lambda: len(n.gateway.host.got) == 2))
        self.assertEqual(n.gateway.host.payloads(), [b"", b""])

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

    def test_drain_is_due_when_half_of_the_buffer_is_free(self):
        for left, events in ((1001, []), (1000, ["drain"]), (0, ["drain"])):
            n = self.network(tx_size=2000)
            peer = n.connect()
            frames = n.app._node.frames
            frames.route[peer.index] = 0  # what is accepted stays
            n.events.clear()
            if left:
                self.assertEqual(n.app.peer.send(peer, bytes(left - HEADER)), OK)
            frames.put(peer.index + 1, bytes(1994), 1994 - left)
            n.app.poll(0)
            self.assertEqual(n.app.peer.send(peer, b""), FULL)
            n.app.poll(0)
            self.assertEqual(n.events, [])
            frames.forget(peer.index + 1)
            self.assertEqual(frames.used, left)
            n.app.poll(0)
            n.app.poll(0)
            self.assertEqual(n.events, events)

    def test_no_drain_without_a_refusal(self):
        n = self.network(tx_size=1000)
        peer = n.connect()
        n.events.clear()
        self.assertEqual(n.app.peer.send(peer, bytes(994)), OK)
        self.assertEqual(n.app.peer.send(peer, bytes(995)), TOO_LARGE)
        self.assertTrue(n.run(lambda: n.gateway.host.got))
        n.run(turns=5)
        self.assertEqual((n.events, n.app.stats.refused), ([], 0))

    def test_no_frame_is_larger_than_a_desktop_core_takes(self):
        n = self.network(tx_size=20000)
        peer = n.connect()
        self.assertEqual(n.app.peer.send(peer, bytes(16001)), TOO_LARGE)
        self.assertEqual(n.app.peer.send(peer, bytes(16000)), OK)

    def test_a_peer_of_another_app_is_none_of_ours(self):
        n = self.network()
        n.connect()
        pool = Pool()
        pool.say("x")
        self.assertTrue(pool.peers[0].online)
        self.assertEqual(n.app.peer.send(pool.peers[0], b"x"), NOT_FOUND)
        self.assertEqual(n.app._node.frames.used, 0)

    def test_sending_in_a_handler_calls_no_handler(self):
        n = self.network(tx_size=1000)
        n.connect()
        inside = []

        def frame(peer, data):
            inside.append("in")
            while n.app.peer.send(peer, bytes(300)) == OK:
                pass
            inside.append("out")

        n.app.on("frame", frame)
        n.app.on("drain", lambda: inside.append("drain"))
        n.gateway.host.send(b"command")
        self.assertTrue(n.run(lambda: "drain" in inside))
        self.assertEqual(inside, ["in", "out", "drain"])

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
