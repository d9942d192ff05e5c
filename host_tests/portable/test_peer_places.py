"""The peer pool: whose place a new peer takes, and over which connection each is reached."""

import unittest

from pooled import Link, Pool

from uwish.peers import HOLD_MS


def here(pool):
    """The names of the peers that are online, by their place in the pool."""
    return [peer.rsid[:1].decode() if peer.online else "-" for peer in pool.peers]


class Reaching(unittest.TestCase):
    def test_a_new_pool_has_nobody_and_nothing_to_tell(self):
        pool = Pool(3)
        self.assertEqual((len(pool.peers), here(pool)), (3, ["-", "-", "-"]))
        self.assertFalse(pool.peers.changed)
        self.assertEqual(pool.stats.peers_unseen, 0)

    def test_frames_go_over_its_connection_and_over_none_when_it_is_gone(self):
        pool = Pool()
        pool.say("x")
        pool.put(0, b"frame")
        pool.say("x", False)
        self.assertEqual(pool.frames.claim(0), -1)
        pool.say("x", link=Link(1))
        self.assertEqual((pool.frames.claim(0), pool.frames.claim(1)), (-1, 0))

    def test_with_a_newer_connection_to_the_same_host_all_of_its_peers_move(self):
        pool = Pool(3)
        elsewhere, newer = Link(1, b"i"), Link(2)
        pool.say("x")
        pool.say("y")
        pool.say("z", link=elsewhere)
        pool.tell()
        pool.peers.move(pool.link, newer)
        # Nothing was announced over the newer one yet, and they are there all the same.
        self.assertEqual(bytes(pool.frames.route), bytes((3, 3, 2)))
        pool.peers.disconnected(pool.link, 0)
        self.assertEqual((here(pool), pool.tell()), (["x", "y", "z"], []))
        pool.peers.disconnected(newer, 0)
        self.assertEqual((here(pool), pool.tell()), (["-", "-", "z"], ["-xa", "-ya"]))

    def test_one_that_the_app_never_saw_leaves_in_silence(self):
        pool = Pool()
        pool.say("x")
        pool.peers.changed = False
        pool.say("x", False)
        self.assertFalse(pool.peers.changed)

    def test_services_differ_when_one_byte_of_their_ids_does(self):
        pool = Pool(33)
        for i in range(32):
            rsid = b"." * 3 + b"x" * i + b"y" + b"x" * (31 - i)
            pool.peers.announce(pool.link, rsid, 3, 0, True, 0)
            self.assertEqual(pool.peers[i].rsid, rsid[3:])
        pool.say("x")
        self.assertTrue(pool.peers[32].online)

    def test_it_has_no_other_attributes(self):
        self.assertRaises(AttributeError, lambda: Pool().peers[0].alias)
        self.assertFalse(hasattr(Pool().peers[0], "name"))


class Places(unittest.TestCase):
    def departed(self, *names, waiting=()):
        """A pool of three places whose peers `names` have left and the app knows it; frames still
        wait for those in `waiting`."""
        pool = Pool(3)
        for name in names:
            pool.say(name)
        pool.tell()
        for i, name in enumerate(names):
            if name in waiting:
                pool.put(i, b"frame")
            pool.say(name, False, now=1000)
        pool.tell()
        return pool

    def test_first_one_that_was_never_used(self):
        pool = self.departed("x", "y")
        pool.say("z")
        self.assertEqual(here(pool), ["-", "-", "z"])
        # So these are the same objects when they are back.
        pool.say("x")
        pool.say("y")
        self.assertEqual(here(pool), ["x", "y", "z"])

    def test_then_one_that_nobody_waits_for(self):
        pool = self.departed("x", "y", "z", waiting="xz")
        pool.say("n")
        self.assertEqual(here(pool), ["-", "n", "-"])
        self.assertTrue(pool.frames.holds(0) and pool.frames.holds(2))
        self.assertEqual(pool.stats.dropped, 0)

    def test_at_last_one_whose_frames_wait_but_none_that_is_sealed(self):
        for sealed in range(3):
            pool = self.departed("x", "y", "z", waiting="xyz")
            pool.frames.route[sealed] = 1
            self.assertTrue(pool.frames.claim(0) >= 0)
            pool.frames.route[sealed] = 0
            pool.say("n")
            pool.say("m")
            pool.say("o")
            self.assertEqual([name for name in sorted(here(pool)) if name != "-"], ["m", "n"])
            self.assertEqual((here(pool)[sealed], pool.frames.holds(sealed)), ("-", True))
            self.assertEqual((pool.stats.dropped, pool.stats.peers_unseen), (2, 1))

    def test_never_one_that_is_here(self):
        pool = Pool(2)
        pool.say("x")
        pool.say("y")
        pool.say("z")
        pool.tell()
        pool.say("z")
        self.assertEqual((here(pool), pool.told), (["x", "y"], []))
        self.assertEqual(pool.stats.peers_unseen, 2)

    def test_nobody_is_told_early_as_long_as_there_is_a_place(self):
        pool = Pool(2)
        pool.say("x")
        pool.tell()
        pool.say("x", False)
        pool.say("y")
        self.assertEqual((pool.told, pool.tell()), ([], ["-xa", "+ya"]))


class Expiring(unittest.TestCase):
    def pool(self):
        """A peer that the app knows has left at 1000, and a frame waits for it."""
        pool = Pool(1)
        pool.say("x")
        pool.tell()
        pool.put(0, b"frame")
        pool.say("x", False, now=1000)
        return pool

    def test_after_sixty_seconds(self):
        # ARCHITECTURE.md promises this number.
        self.assertEqual(HOLD_MS, 60000)

    def test_the_place_is_free_then(self):
        pool = self.pool()
        pool.tell()
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 1)
        self.assertEqual(pool.peers[0].protocol_index, -1)
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 0)

    def test_of_all_that_are_gone(self):
        pool = Pool(4)
        for i, name in enumerate("wxyz"):
            pool.say(name)
            pool.put(i, b"frame")
        pool.tell()
        for name, now in (("w", 1000), ("x", 1000), ("y", 1001), ("z", 900)):
            pool.say(name, False, now=now)
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 3)
        self.assertEqual([pool.frames.holds(i) for i in range(4)], [False, False, True, False])

    def test_but_not_before_the_app_was_told(self):
        pool = self.pool()
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 1)
        self.assertEqual(pool.tell(), ["-xa"])

    def test_one_that_is_here_keeps_its_frames(self):
        pool = self.pool()
        pool.say("x")
        self.assertEqual(pool.peers.expire(2000 + HOLD_MS), 0)
        self.assertTrue(pool.frames.holds(0))

    def test_a_frame_that_is_sealed_is_kept_with_its_place(self):
        pool = self.pool()
        pool.tell()
        pool.frames.route[0] = 1
        pool.frames.claim(0)
        self.assertEqual(pool.peers.expire(1001 + HOLD_MS), 0)
        self.assertEqual((pool.frames.holds(0), pool.peers[0].rsid), (True, b"x" * 32))
        self.assertEqual(pool.peers[0].protocol_index, 0)


if __name__ == "__main__":
    unittest.main()
