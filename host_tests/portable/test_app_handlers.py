"""Handlers that raise: nothing is lost and nothing is told twice."""

import unittest

from app_case import Networks
from messages import PING, send, service_signal

from uwish.status import FULL


class Boom(Exception):
    """What the handlers of these tests raise."""


class HandlersThatRaise(Networks, unittest.TestCase):
    def poll_until(self, n, done):
        """Run; how often poll raised."""
        raised = 0
        for _ in range(200):
            try:
                if n.run(done, turns=50):
                    break
            except Boom:
                raised += 1
        self.assertTrue(done())
        return raised

    def raising(self, n, event, record):
        def handler(*args):
            record(*args)
            raise Boom

        n.app.on(event, handler)

    def test_every_frame_comes_once(self):
        n = self.network()
        n.connect()
        self.raising(n, "frame", n.on_frame)
        for i in range(20):
            n.gateway.host.send(b"%d" % i)
        raised = self.poll_until(n, lambda: len(n.frames) >= 20)
        self.assertEqual((n.frames, raised), ([b"%d" % i for i in range(20)], 20))

    def test_online_and_the_first_frame_in_one_segment(self):
        n = self.network()
        online = []
        n.pin()
        self.raising(n, "online", online.append)
        n.gateway.mute = True
        n.run(turns=20)
        # Until here it has only taken the hello; now everything comes in as few segments as can be.
        n.gateway.mute = False
        sent = []

        def once():
            if n.gateway.running() and n.gateway.host.online() and not sent:
                sent.append(n.gateway.host.send(b"first"))
            return n.frames

        raised = self.poll_until(n, once)
        self.assertEqual((n.frames, len(online), raised), ([b"first"], 1, 1))

    def test_a_service_and_its_first_frame_in_one_segment(self):
        n = self.network()
        peer = n.connect()
        online = []
        self.raising(n, "online", online.append)
        c = n.gateway.running()[0]
        id = int.from_bytes(bytes(c.session.replies._subscriber), "little")
        down = service_signal(id, peer.rsid, "gateway", "sensor", False)
        up = service_signal(id, peer.rsid, "gateway", "sensor", True)
        c.window.record(down)
        n.run(lambda: not n.peers())
        c.window.record(up)
        c.window.record(send(peer.rsid, n.app.sid, "sensor", b"first"))
        c.window.record(PING)
        raised = self.poll_until(n, lambda: peer.online and n.run(turns=20) is False)
        self.assertEqual((len(online), raised), (1, 1))
        self.assertEqual(n.frames, [b"first"])

    def test_ready_and_drain(self):
        n = self.network(tx_size=100)
        self.raising(n, "ready", lambda: n.events.append("ready"))
        self.assertRaises(Boom, n.app.poll)
        n.app.poll()
        self.assertEqual(n.events, ["ready"])
        peer = n.connect()
        n.app.peer.send(peer, bytes(90))
        self.assertEqual(n.app.peer.send(peer, bytes(90)), FULL)
        self.raising(n, "drain", lambda: n.events.append("drain"))
        self.assertEqual(self.poll_until(n, lambda: "drain" in n.events), 1)
        n.run(turns=10)
        self.assertEqual(n.events.count("drain"), 1)


if __name__ == "__main__":
    unittest.main()
