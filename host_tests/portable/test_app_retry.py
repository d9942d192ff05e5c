"""App.retry_now: what failed while there was no network is tried again at once."""

import unittest

from app_case import Networks

from uwish.phases import CONNECTING


class RetryTest(Networks, unittest.TestCase):
    def waiting(self):
        """A network whose gateway was away for so long that the app waits for a minute."""
        n = self.network()
        n.gateway.stop()
        n.pin()
        for _ in range(8):
            self.assertTrue(n.run(lambda: n.app._node.dialer))
            self.assertTrue(n.run(lambda: not n.app._node.dialer))
            n.now += 80000
        n.now -= 80000
        n.gateway.listen_again()
        return n

    def test_without_it_the_app_waits(self):
        n = self.waiting()
        self.assertFalse(n.run(lambda: n.peers(), step=20))

    def test_it_dials_at_once(self):
        n = self.waiting()
        n.app.retry_now()
        self.assertTrue(n.run(lambda: n.peers(), step=20))

    def test_an_attempt_that_waits_for_an_answer_is_begun_anew(self):
        n = self.network()
        n.pin()
        node = n.app._node
        self.assertTrue(n.run(lambda: node.dialer and node.dialer.state == CONNECTING))
        attempt = node.dialer
        n.app.retry_now()
        self.assertTrue(node.dialer is None)
        # What was computed for it is not lost.
        self.assertTrue(node.exchange is attempt.exchange and node.exchange is not None)
        self.assertTrue(n.run(lambda: n.peers()))

    def test_it_is_harmless_at_any_time(self):
        n = self.network()
        n.app.retry_now()
        peer = n.connect()
        n.app.retry_now()
        n.run(turns=20)
        self.assertEqual((n.peers(), n.gateway.calls), ([peer], 1))


if __name__ == "__main__":
    unittest.main()
