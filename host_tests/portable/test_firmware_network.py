"""The whole firmware on a fake board, a gateway on loopback: whom it serves and where it finds him,
what it is told, and what happens when the network goes and comes back."""

import sys
import unittest

sys.path.insert(0, "firmware")

import clock
from device_case import DeviceCase
from device_world import Counter
from fakes_board import FakeRTC, FakeWDT

from uwish.identity import Identity
from uwish.senml import Pack


class NetworkTest(DeviceCase, unittest.TestCase):
    def test_wifi_down_for_an_hour(self):
        w = self.world
        self.online()
        w.wlan.linked = False
        w.gateway.hang_up()
        w.run(ms=3600000)
        self.assertEqual(w.device.agent.peers, [])
        self.assertTrue(w.said("the connection was lost"))
        seen = len(w.frames())
        fed = FakeWDT.fed
        w.wlan.linked = True
        self.assertTrue(w.run(lambda: len(w.frames()) > seen, 90000), w.lines[-5:])
        self.assertTrue(FakeWDT.fed > fed)
        self.assertEqual(w.machine.resets, 0)

    def test_it_calls_its_gateway_as_soon_as_the_wifi_is_back(self):
        w = self.world
        w.gateway.stop()
        w.start()
        self.assertTrue(w.run(lambda: w.device.wifi.up))
        # Until it waits for a minute between two attempts, and has just made one.
        for _ in range(8):
            del w.lines[:]
            w.pass_ms(80000)
            self.assertTrue(w.run(lambda: w.lines))
        w.wlan.linked = False
        w.run(lambda: not w.device.wifi.up)
        w.gateway.listen_again()
        w.wlan.linked = True
        self.assertTrue(w.run(lambda: w.device.wifi.up))
        self.assertTrue(w.run(lambda: w.frames(), 2000), w.lines[-5:])

    def test_local_discovery_is_listened_to_once_there_is_wifi(self):
        w = self.world
        for discover, hosts in ((False, None), (True, 4), (9, 9)):
            w.config["discover"] = discover
            w.wlan.linked = False
            w.start()
            w.run(ms=5000)
            node = w.device._app._node
            self.assertTrue(node.discovery is None)
            w.wlan.linked = True
            self.assertTrue(w.run(lambda: w.device.wifi.up))
            w.run(ms=100)
            found = node.discovery
            self.assertEqual(found.sightings.capacity if found else None, hosts)
            w.stop()

    def test_without_the_port_of_discovery_all_else_works(self):
        w = self.world
        w.config["discover"] = True
        w.start()

        def refuse(max_hosts):
            raise OSError(98)

        w.device._app.discover = refuse
        self.assertTrue(w.run(lambda: w.frames()), w.lines)
        self.assertTrue(w.said("discover: nothing is heard of hosts nearby: "))

    def test_a_peer_sets_the_clock_and_the_interval(self):
        w = self.world
        self.online()
        pack = Pack(bytearray(60))
        pack.number("time", 1780315200, 0, "s")
        pack.number("interval", 2, 0, "s")
        w.command(pack)
        self.assertTrue(w.run(lambda: FakeRTC.times))
        self.assertEqual(w.device.agent.interval_ms, 2000)
        self.assertTrue(w.said("setting interval: 2"))
        tag = b"\x22\x1a\x6a\x1d"  # the base time, as it begins
        self.assertEqual([f for f in w.frames() if tag in f], [])
        clock.time.ahead = 1780315200
        seen = len(w.frames())
        self.assertTrue(w.run(lambda: len(w.frames()) > seen + 1))
        self.assertTrue(tag in w.frames()[-1])

    def test_it_says_whether_it_knows_the_time_to_whoever_comes_online(self):
        w = self.world
        self.online()
        unknown, known = b"\x00\x65clock\x04\xf4", b"\x00\x65clock\x04\xf5"
        self.assertTrue(unknown in w.frames()[0])
        self.assertTrue(w.run(lambda: len(w.frames()) == 2))
        self.assertFalse(b"clock" in w.frames()[1])
        clock.time.ahead = 1780315200
        w.gateway.hang_up()
        self.assertTrue(w.run(lambda: len(w.frames()) == 3))
        self.assertTrue(known in w.frames()[2])

    def test_a_new_gateway_takes_the_place_of_the_old_one_and_of_no_other(self):
        w = self.world
        others = [Identity.create("other"), Identity.create("new")]
        w.start()
        app = w.device._app
        app.identity.import_(others[0].document())
        app.peer.pin(app.uid, others[0].uid, bytes(32), "eager", 1)
        for identity in (others[1], None):  # another, and back: both tables are full meanwhile
            gateway = w.config["gateway"]
            if identity:
                document = "".join(["%02x" % b for b in identity.document()])
                gateway = {"document": document, "transports": ["wish://127.0.0.1:9"]}
            uid = identity.uid if identity else w.gateway.identity.uid
            before, w.config["gateway"] = w.config["gateway"], gateway
            w.stop()
            w.start()
            w.config["gateway"] = before
            app = w.device._app
            self.assertEqual({pin.ruid for pin in app.peer.pins()}, {others[0].uid, uid})
            known = {contact for contact, _, own in app.identity.list() if not own}
            self.assertEqual(known, {others[0].uid, uid})
        self.assertTrue(w.run(lambda: w.frames()), w.lines)

    def test_another_host_of_the_same_gateway_takes_the_place_of_the_first(self):
        w = self.world
        gateway = w.config["gateway"]
        for byte in (1, 2, 0, 3):
            rhid = ("%02x" % byte) * 32 if byte else None  # None: any host
            w.config["gateway"] = dict(gateway, rhid=rhid)
            w.start()
            app = w.device._app
            pins = [(pin.ruid, pin.rhid) for pin in app.peer.pins()]
            self.assertEqual(pins, [(w.gateway.identity.uid, bytes([byte]) * 32)])
            # One that was made otherwise stays.
            app.peer.pin(app.uid, w.gateway.identity.uid, b"\x77" * 32, "eager", 1)
            w.stop()
            w.start()
            self.assertEqual(len(list(w.device._app.peer.pins())), 2)
            w.device._app.peer.unpin(w.device._app.uid, w.gateway.identity.uid, b"\x77" * 32)
            w.stop()

    def test_nothing_is_dialled_before_there_is_wifi(self):
        w = self.world
        w.wlan.linked = False
        w.start()
        w.run(ms=30000)
        self.assertEqual((w.gateway.calls, Counter.count), (0, 0))
        self.assertTrue(FakeWDT.fed > 10)


if __name__ == "__main__":
    unittest.main()
