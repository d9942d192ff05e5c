"""An App from `ready` to `close`, against a gateway on loopback sockets."""

import unittest

from app_case import Networks, stall
from loopback_gateway import FakeGateway
from support import DEVICE

from uwish import App
from uwish.status import NOT_FOUND, OK


class Life(Networks, unittest.TestCase):
    def test_ready_online_frames_offline(self):
        n = self.network()
        app = n.app
        self.assertEqual(app.sid, b"sensor" + bytes(26))
        self.assertEqual((len(app.uid), len(app.hid)), (32, 32))
        peer = n.connect()
        self.assertEqual(n.events, ["ready", "online"])
        self.assertEqual((peer.luid, peer.ruid), (app.uid, n.gateway.identity.uid))
        self.assertEqual(peer.rhid, n.gateway.identity.hid)
        self.assertEqual(
            (peer.rsid[:8], peer.protocol, peer.online), (b"gateway\0", "sensor", True)
        )
        self.assertEqual(str(peer), "gateway@fe2407/sensor")
        for payload in (b"bytes", bytearray(b"array"), memoryview(b"view")):
            self.assertEqual(app.peer.send(peer, payload), OK)
        self.assertTrue(n.run(lambda: len(n.gateway.host.got) == 3))
        self.assertEqual(n.gateway.host.payloads(), [b"bytes", b"array", b"view"])
        n.gateway.host.send(b"command")
        self.assertTrue(n.run(lambda: n.frames))
        self.assertEqual(n.frames, [b"command"])
        n.gateway.hang_up()
        self.assertTrue(n.run(lambda: not peer.online))
        self.assertEqual(n.events, ["ready", "online", "offline"])
        self.assertTrue(n.run(lambda: peer.online, step=50))
        self.assertEqual(n.events[3:], ["online"])
        self.assertEqual((app.stats.sent, app.stats.received, app.stats.handshakes), (3, 1, 2))

    def test_close(self):
        n = self.network()
        peer = n.connect()
        n.gateway.deaf = True
        n.app.peer.send(peer, b"x")
        n.app.close()
        n.app.close()
        self.assertEqual(n.events[-1], "offline")
        self.assertEqual((n.app.peer.send(peer, b"x"), n.app.stats.dropped), (NOT_FOUND, 1))
        self.assertEqual(n.app.poll(7), 7)

    def test_handlers(self):
        n = self.network()
        peer = n.connect()
        self.assertRaises(ValueError, n.app.on, "offlien", list)
        self.assertRaises(ValueError, n.app.on, "offlien")
        got = []

        @n.app.on("frame")
        def handler(peer, data):
            got.append((peer, bytes(data)))

        n.gateway.host.send(b"one")
        self.assertTrue(n.run(lambda: got))
        self.assertEqual(got, [(peer, b"one")])
        self.assertTrue(n.app.on("frame", handler) is handler)

    def test_none_takes_a_handler_away(self):
        n = self.network()
        n.connect()
        n.app.on("frame", None)
        n.gateway.host.send(b"one")
        self.assertTrue(n.run(lambda: n.app.stats.received))
        self.assertEqual(n.frames, [])

    def test_sizes_that_cannot_be(self):
        for wrong in (
            {"tx_size": 63},
            {"tx_size": 32769},
            {"rx_size": 639},
            {"rx_size": 32769},
            {"max_pins": 0},
            {"max_peers": 255},
            {"max_connections": 0},
            {"max_contacts": 255},
        ):
            self.assertRaises(ValueError, lambda wrong=wrong: App("sensor", ("a",), **wrong))
        App("sensor", ("a",), tx_size=64, rx_size=640, max_pins=1, max_peers=1, max_contacts=1)

    def test_poll_from_a_handler(self):
        n = self.network()
        n.app.on("ready", n.app.poll)
        self.assertRaises(RuntimeError, n.app.poll)


class ClosingInAHandler(Networks, unittest.TestCase):
    def test_nothing_is_dialled_afterwards(self):
        other = FakeGateway("other", DEVICE)
        n = self.network(FakeGateway(), other)
        n.connect()
        n.pin(other, priority=9)
        n.app.on("frame", lambda peer, data: n.app.close())
        n.gateway.host.send(b"x")
        n.run(lambda: not n.gateway.running())
        n.run(turns=50)
        self.assertEqual((n.gateway.calls, other.calls), (1, 0))
        self.assertTrue(n.app._node.dialer is None)

    def test_while_output_waits(self):
        n = self.network(tx_size=32000)
        peer = n.connect()
        stall(n, peer)
        n.app.on("frame", lambda peer, data: n.app.close())
        n.gateway.host.send(b"x")
        n.run(turns=20)
        self.assertEqual(n.app.poll(3), 3)


if __name__ == "__main__":
    unittest.main()
