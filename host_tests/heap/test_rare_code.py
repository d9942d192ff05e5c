"""Code that a device needs for seconds is in memory for seconds; native code is loaded once."""

import sys
import unittest

from world import World

RARE = [
    "calls",
    "dialer",
    "reach",
    "scheduler",
    "pins",
    "contacts",
    "addresses",
    "pin_changes",
    "contact_changes",
    "identity",
    "identity_api",
    "documents",
    "starting",
    "naming",
    "flash",
    "handshake",
    "reason_texts",
    "crypto.ed25519",
    "crypto.edwards",
    "crypto._comb",
    "crypto.sha512",
    "crypto.group15",
    "crypto.dh_small",
    "crypto.dh_fast",
]
NATIVE = ("_viper", "crypto._gcm_viper", "crypto._sha512_viper", "crypto._limbs_viper")


def loaded(names):
    return [name for name in names if "uwish." + name in sys.modules]


class RareCodeTest(unittest.TestCase):
    def setUp(self):
        self.world = World()

    def tearDown(self):
        self.world.close()

    def test_it_comes_for_each_connection_and_goes(self):
        world = self.world
        native = [sys.modules["uwish." + name] for name in NATIVE]
        for _ in range(3):
            world.run(lambda: not loaded(RARE), step=200)
            self.assertEqual(loaded(RARE), [])
            world.gateway.hang_up()
            self.assertTrue(world.run(lambda: "handshake" in loaded(RARE), step=50))
            self.assertTrue(world.run(lambda: world.peer.online, step=50))
        self.assertEqual([sys.modules["uwish." + name] for name in NATIVE], native)

    def test_it_comes_for_a_call_and_goes(self):
        world = self.world
        world.run(lambda: not loaded(RARE), step=200)
        list(world.app.peer.pins())
        world.pin(priority=3)
        self.assertTrue("pin_changes" in loaded(RARE))
        world.app.identity.list()
        self.assertTrue("identity_api" in loaded(RARE))
        str(world.peer)
        self.assertTrue("contacts" in loaded(RARE))
        self.assertTrue(world.run(lambda: not loaded(RARE + ["peer_text", "pin"]), step=200))


if __name__ == "__main__":
    unittest.main()
