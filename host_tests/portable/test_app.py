"""The public API against a gateway on loopback sockets."""

import unittest

from loopback_gateway import FakeGateway, Network
from messages import PING, send, service_signal
from support import DEVICE

import uwish
from uwish import log
from uwish.reasons import BAD_TAG, CONNECT, REFUSED, STALLED
from uwish.status import FULL, NOT_FOUND, OK, TOO_LARGE


class AppCase(unittest.TestCase):
    """Makes networks and closes them, and keeps the console quiet."""

    def setUp(self):
        self.made = []
        self.lines = []
        log.sink = self.lines.append

    def tearDown(self):
        log.sink = print
        for network in self.made:
            network.close()

    def network(self, *gateways, **sizes):
        self.made.append(Network(*gateways, **sizes))
        return self.made[-1]


class Life(AppCase):
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

    def test_poll_from_a_handler(self):
        n = self.network()
        n.app.on("ready", n.app.poll)
        self.assertRaises(RuntimeError, n.app.poll)


def stall(n, peer):
    """The gateway reads no more, and the sockets between are full. How many numbered frames were
    accepted meanwhile."""
    n.gateway.deaf = True
    accepted = 0
    idle = 0
    while idle < 30:
        while n.app.peer.send(peer, b"%05d" % accepted + bytes(900)) == OK:
            accepted += 1
        before = n.app.stats.bytes_out
        n.app.poll(1)
        # The system's buffers grow while they are being filled.
        idle = 0 if n.app.stats.bytes_out != before else idle + 1
    return accepted


class Sending(AppCase):
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


class Failures(AppCase):
    def test_nobody_listens(self):
        n = self.network()
        n.gateway.stop()
        n.pin()
        n.run(turns=300, step=200)
        tries = n.app.stats.closed[CONNECT]
        self.assertTrue(3 <= tries <= 9, tries)
        self.assertTrue("gateway" in self.lines[0] and "no answer" in self.lines[0])

    def test_our_identity_is_no_contact_there(self):
        n = self.network()
        n.gateway.host.contacts.clear()
        n.pin()
        n.run(turns=600, step=200)
        self.assertEqual((n.gateway.calls, n.app.stats.closed[REFUSED]), (1, 1))
        self.assertTrue("our identity is no contact there" in self.lines[0])

    def test_after_a_damaged_record_the_next_connection_works(self):
        n = self.network()
        n.connect()
        n.gateway.say(b"\x00\x20" + bytes(32) + bytes(200))
        self.assertTrue(n.run(lambda: not n.peers()))
        self.assertEqual(n.app.stats.closed[BAD_TAG], 1)
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual(sum(n.app.stats.closed), 1)

    def test_unpinned_in_a_handler_while_input_waits_the_next_connection_works(self):
        n = self.network()
        peer = n.connect()
        ids = peer.luid, peer.ruid, bytes(32)
        n.app.on("frame", lambda peer, data: n.app.peer.unpin(*ids))
        for _ in range(3):
            n.gateway.host.send(b"x" * 30)
        self.assertTrue(n.run(lambda: not n.peers()))
        n.app.on("frame", n.on_frame)
        n.pin()
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual(sum(n.app.stats.closed), 1)


class Boom(Exception):
    """What the handlers of these tests raise."""


class HandlersThatRaise(AppCase):
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


class ClosingInAHandler(AppCase):
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
        self.assertTrue(n.app._node._dialer.link.sock is None)

    def test_while_output_waits(self):
        n = self.network(tx_size=32000)
        peer = n.connect()
        stall(n, peer)
        n.app.on("frame", lambda peer, data: n.app.close())
        n.gateway.host.send(b"x")
        n.run(turns=20)
        self.assertEqual(n.app.poll(3), 3)


class Pins(AppCase):
    def test_a_pin_without_contact_holds_up_no_other(self):
        n = self.network()
        n.app.peer.pin(n.app.uid, b"?" * 32, uwish.ANY_HOST, "always", 0)
        n.pin(priority=9)
        self.assertTrue(n.run(n.peers))

    def test_another_host_of_a_pinned_identity_does_not_flap(self):
        for places in (1, 2):
            n = self.network(max_connections=places)
            n.pin(priority=5)
            self.assertTrue(n.run(n.peers))
            # Pinned more highly is a host that nobody has: the one that answers is another.
            n.pin(rhid=b"x" * 32, priority=0)
            n.run(turns=500, step=20)
            self.assertTrue(n.gateway.calls <= 3, n.gateway.calls)


if __name__ == "__main__":
    unittest.main()
