"""The peer pool: presence without flaps, and whose frames are whose."""

import unittest

from pooled import Link, Pool
from support import GATEWAY, device, establish, output

from uwish.peers import HOLD_MS
from uwish.status import OK


class Presence(unittest.TestCase):
    def test_one_event_for_each_change(self):
        pool = Pool()
        pool.say("x")
        self.assertTrue(pool.peers.changed)
        self.assertEqual(pool.tell(), ["+xa"])
        pool.say("x")
        self.assertFalse(pool.peers.changed)
        pool.say("x", protocol=1)
        self.assertEqual(pool.tell(), ["+xb"])
        pool.say("x", False)
        self.assertTrue(pool.peers.changed)
        pool.say("x", False)
        self.assertEqual(pool.tell(), ["-xa"])

    def test_changes_that_cancel_out_are_not_told(self):
        pool = Pool()
        pool.say("x")
        pool.say("x", False)
        self.assertEqual(pool.tell(), [])
        pool.say("x")
        self.assertEqual(pool.tell(), ["+xa"])
        pool.say("x", False)
        pool.say("x")
        self.assertEqual(pool.tell(), [])

    def test_a_parallel_connection_makes_no_second_online(self):
        pool = Pool()
        second = Link(1)
        pool.say("x")
        self.assertEqual(pool.tell(), ["+xa"])
        pool.peers.move(pool.link, second)
        pool.say("x", link=second)
        pool.peers.disconnected(pool.link, 0)
        self.assertEqual(pool.tell(), [])
        pool.say("x", False)  # late, on the old one
        self.assertEqual(pool.tell(), [])
        pool.peers.disconnected(second, 0)
        self.assertEqual(pool.tell(), ["-xa"])

    def test_another_host_of_the_same_identity_is_another_peer(self):
        pool = Pool()
        second = Link(1, b"i")
        pool.say("x")
        pool.say("x", link=second)
        self.assertEqual(pool.tell(), ["+xa", "+xa"])
        pool.peers.disconnected(second, 0)
        self.assertEqual(pool.tell(), ["-xa"])

    def test_the_same_object_comes_back(self):
        pool = Pool()
        pool.say("x")
        pool.tell()
        before = list(pool.peers)[0]
        pool.say("x", False)
        pool.tell()
        pool.say("x")
        self.assertTrue(list(pool.peers)[0] is before and before.online)

    def test_a_full_pool_counts(self):
        pool = Pool(2)
        for name in ("x", "y", "z"):
            pool.say(name)
        self.assertEqual(pool.tell(), ["+xa", "+ya"])
        self.assertEqual(pool.stats.peers_unseen, 1)

    def test_one_goes_and_another_comes_at_once_in_a_full_pool(self):
        pool = Pool(1)
        pool.say("x")
        pool.tell()
        pool.say("x", False)
        pool.say("y")
        self.assertEqual(pool.told + pool.tell(), ["-xa", "+ya"])


class Names(unittest.TestCase):
    def test_equal_by_what_they_name(self):
        one, two = Pool(), Pool()
        one.say("x")
        two.say("y")
        two.say("x")
        a = list(one.peers)[0]
        b, c = list(two.peers)
        self.assertTrue(a == c and hash(a) == hash(c))
        self.assertFalse(a == b)
        self.assertFalse(a == "x")

    def test_url_and_short_form(self):
        pool = Pool()
        pool.say("x")
        peer = list(pool.peers)[0]
        ids = "6c" * 32, "72" * 32, "68" * 32, "78" * 32
        self.assertEqual(peer.url(), "%s>%s@%s/%s/a" % ids)
        self.assertEqual(str(peer), "727272@686868/a")
        self.assertEqual((peer.luid, peer.ruid, peer.rhid), (b"l" * 32, b"r" * 32, b"h" * 32))


class WaitingFrames(unittest.TestCase):
    def test_they_wait_a_minute(self):
        pool = Pool()
        pool.say("x")
        pool.tell()
        pool.put(0, b"frame")
        pool.say("x", False, now=1000)
        pool.tell()
        self.assertEqual(pool.peers.expire(1000 + HOLD_MS), 0)
        pool.say("x")
        self.assertEqual(pool.frames.claim(0), 0)
        pool.frames.rewind(0, 0)
        pool.say("x", False, now=1000)
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 1)
        self.assertEqual(pool.frames.used, 0)

    def test_a_new_peer_takes_the_place_of_one_that_is_awaited(self):
        pool = Pool(1)
        pool.say("x")
        pool.tell()
        pool.put(0, b"frame")
        pool.say("x", False)
        pool.tell()
        pool.say("y")
        self.assertEqual(pool.tell(), ["+ya"])
        self.assertEqual((pool.stats.dropped, pool.frames.used), (1, 0))

    def test_frames_in_a_window_are_never_handed_to_another_peer(self):
        host = device(max_peers=1)
        c = establish(host)
        output(c)
        host.peers.announce(c, b"x" * 32, 0, 0, True, 0)
        self.assertEqual(host.send(b"secret for x"), OK)
        c.write()  # sealed, but the network takes nothing
        peer = list(host.peers)[0]
        peer.told = True
        host.peers.announce(c, b"x" * 32, 0, 0, False, 0)
        peer.told = False
        host.peers.announce(c, b"y" * 32, 0, 0, True, 0)
        c.lost()
        host.peers.disconnected(c, 0)
        c.reset()
        establish(host)
        output(c)
        host.peers.announce(c, b"y" * 32, 0, 0, True, 0)
        self.assertEqual(host.peers[0].rsid, b"y" * 32)
        self.assertEqual(host.peers[0].ruid, GATEWAY.uid)
        self.assertEqual(output(c), b"")

    def test_frames_in_a_window_outlive_no_expired_peer(self):
        host = device(max_peers=1)
        c = establish(host)
        output(c)
        host.peers.announce(c, b"x" * 32, 0, 0, True, 0)
        self.assertEqual(host.send(b"secret for x"), OK)
        c.write()
        host.peers.announce(c, b"x" * 32, 0, 0, False, 0)
        host.peers.expire(HOLD_MS + 1)
        host.peers.announce(c, b"y" * 32, 0, 0, True, 0)
        c.lost()
        host.peers.disconnected(c, 0)
        c.reset()
        establish(host)
        output(c)
        host.peers.announce(c, b"y" * 32, 0, 0, True, 0)
        self.assertEqual(output(c), b"")


if __name__ == "__main__":
    unittest.main()
