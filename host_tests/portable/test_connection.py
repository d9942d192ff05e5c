"""Two connections against each other in memory: frames, silence, stalls and reconnects, with
simulated time."""

import unittest

from support import Random, device, gateway
from wire import Wire

from uwish.connection import CLOSED, RUNNING, SILENT_MS, STALLED_MS
from uwish.reasons import SILENT, STALLED
from uwish.sendbuf import HEADER
from uwish.status import FULL, OK, TOO_LARGE


class Pair(unittest.TestCase):
    def test_from_the_first_byte(self):
        for seed in range(3):
            wire = Wire(seed=seed, quick=False)
            self.assertTrue(wire.running())
            self.assertEqual([p.rsid for p in wire.a.online()], [wire.b.service.sid])
            self.assertEqual([p.rsid for p in wire.b.online()], [wire.a.service.sid])
            self.assertEqual(bytes(wire.a.online()[0].key[:96]), bytes(wire.a.c.key))

    def test_frames_both_ways_in_order(self):
        for seed in range(5):
            wire = Wire(seed=seed)
            wire.settle()
            random = Random(seed)
            sent = {wire.a: [], wire.b: []}
            for _ in range(300):
                host = wire.a if random.below(2) else wire.b
                payload = random.bytes(random.below(300))
                if host.send(payload) == OK:
                    sent[host].append(payload)
                if random.below(2):
                    wire.turn()
            wire.settle()
            self.assertEqual(wire.b.payloads(), sent[wire.a])
            self.assertEqual(wire.a.payloads(), sent[wire.b])
            self.assertEqual((wire.a.frames.used, wire.b.frames.used), (0, 0))
            self.assertEqual(wire.a.stats.sent, len(sent[wire.a]))

    def test_a_network_that_takes_one_byte_at_a_time(self):
        wire = Wire()
        wire.largest = 1
        wire.settle()
        for i in range(5):
            wire.a.send(b"%d" % i)
            wire.b.send(b"%d" % i)
        wire.settle()
        self.assertEqual(wire.a.payloads(), [b"%d" % i for i in range(5)])
        self.assertEqual(wire.b.payloads(), [b"%d" % i for i in range(5)])

    def test_the_window_is_empty_when_its_last_byte_was_taken(self):
        wire = Wire()
        wire.settle()
        c = wire.a.c
        for pieces in (1, 2, 7):
            for payload in (b"one", b"two"):
                wire.a.send(payload)
            self.assertTrue(c.write())
            end = c.window.end
            step = end // pieces
            for taken in range(step, end, step):
                self.assertFalse(c.sent(step, 0))
                self.assertEqual((c.window.start, c.window.end), (taken, end))
                self.assertTrue(wire.a.frames.used)
            self.assertFalse(c.sent(end - c.window.start, 0))
            self.assertEqual((c.window.start, c.window.end, wire.a.frames.used), (0, 0, 0))
        self.assertEqual(wire.a.stats.sent, 6)

    def test_the_largest_and_the_smallest_frame(self):
        for tx_size in (64, 100, 640, 4000, 16006):
            wire = Wire(device(tx_size=tx_size), gateway(rx_size=17000))
            wire.settle()
            full = tx_size - HEADER
            for n in (full, 0, full - 1, full):
                self.assertEqual(wire.a.send(bytes(n)), OK)
                wire.settle()
            self.assertEqual(wire.a.send(bytes(full + 1)), TOO_LARGE)
            self.assertEqual([len(p) for p in wire.b.payloads()], [full, 0, full - 1, full])

    def test_a_frame_costs_on_the_wire_what_the_specification_says(self):
        wire = Wire()
        wire.settle()
        before = wire.sent["a"]
        wire.a.send(bytes(64))
        wire.settle()
        self.assertEqual(wire.sent["a"] - before, 223)


class Silence(unittest.TestCase):
    def test_a_quiet_link_is_kept_by_pings(self):
        wire = Wire()
        wire.settle()
        wire.wait(15000)
        self.assertTrue(wire.running())
        wire.wait(200000)
        self.assertTrue(wire.running())
        self.assertEqual(len(wire.a.online()), 1)

    def test_a_ping_after_ten_seconds_and_one_only(self):
        wire = Wire()
        wire.settle()
        wire.stalled = "b"
        before = wire.sent["a"]
        wire.wait(9500)
        self.assertEqual(wire.sent["a"], before)
        wire.wait(500)
        self.assertEqual(wire.sent["a"], before + 30)
        wire.wait(10000)
        self.assertEqual(wire.sent["a"], before + 30)

    def test_forty_seconds_without_a_byte(self):
        wire = Wire()
        wire.settle()
        wire.stalled = "b"
        a = wire.a.c
        wire.wait(SILENT_MS - 500)
        self.assertEqual(a.state, RUNNING)
        self.assertEqual(a.tick(wire.now + 499), 1)
        self.assertEqual(a.tick(wire.now + 500), 0)
        self.assertEqual((a.state, a.reason), (CLOSED, SILENT))

    def test_across_the_wrap_of_the_clock(self):
        wire = Wire()
        wire.settle()
        a = wire.a.c
        end = 0x3FFFFFFF
        a.receive(b"\0", 0, 1, end - 5000)  # the beginning of a record
        self.assertEqual(a.tick(4998), 1)
        self.assertEqual(a.tick(4999), 0)
        self.assertEqual(a.tick(34998), 1)
        a.tick(34999)
        self.assertEqual(a.reason, SILENT)


class Stall(unittest.TestCase):
    def test_twenty_seconds_without_taking_a_byte(self):
        wire = Wire()
        wire.settle()
        wire.stalled = "a"
        wire.a.send(b"x")
        wire.turn()
        wire.wait(STALLED_MS - 500)
        self.assertEqual(wire.a.c.state, RUNNING)
        wire.wait(500)
        self.assertEqual((wire.a.c.state, wire.a.c.reason), (CLOSED, STALLED))

    def test_its_frames_arrive_once_over_the_next_connection(self):
        # The old connection breaks after every number of bytes that were handed over.
        payloads = [b"%02d" % i * (i + 1) for i in range(6)]
        for taken in range(0, 1100, 13):
            wire = Wire(seed=taken)
            wire.settle()
            wire.stalled = "a"
            for payload in payloads:
                self.assertEqual(wire.a.send(payload), OK)
            c = wire.a.c
            c.write()
            n = min(taken, c.window.end - c.window.start)
            wire.to["b"] += bytes(c.window.buf[c.window.start : c.window.start + n])
            if n:
                c.sent(n, 0)
            wire.settle()
            wire.wait(STALLED_MS + 500)
            if wire.a.frames.used:
                self.assertEqual(c.reason, STALLED)
            wire.a.c.lost()
            wire.b.c.lost()
            wire.stalled = ""
            wire.connect()
            wire.settle()
            self.assertEqual(wire.b.payloads(), payloads)
            self.assertEqual((wire.a.frames.used, wire.a.stats.sent), (0, len(payloads)))

    def test_frames_meanwhile_wait_or_are_refused(self):
        wire = Wire()
        wire.settle()
        wire.stalled = "a"
        accepted = 0
        while wire.a.send(b"%03d" % accepted) == OK:
            accepted += 1
            wire.turn()
        self.assertEqual(wire.a.send(b"xxx"), FULL)
        # Control messages go out all the same once the network takes bytes again.
        wire.stalled = ""
        wire.settle()
        self.assertEqual(wire.b.payloads(), [b"%03d" % i for i in range(accepted)])


class Breaks(unittest.TestCase):
    def test_random_breaks_lose_nothing_that_was_not_handed_over(self):
        for seed in range(6):
            wire = Wire(seed=seed)
            random = Random(seed + 100)
            wire.settle()
            accepted = []
            for i in range(400):
                if wire.a.online() and random.below(3):
                    payload = b"%d" % i
                    if wire.a.send(payload) == OK:
                        accepted.append(payload)
                wire.turn()
                if random.below(40) == 0:
                    # What is on its way arrives or is lost with the connection.
                    wire.a.c.lost()
                    wire.b.c.lost()
                    wire.connect()
                    wire.settle()
            wire.settle()
            got = wire.b.payloads()
            self.assertEqual(len(set(got)), len(got))
            self.assertEqual([p for p in accepted if p in got], got)
            # Lost are only frames that the network had taken.
            self.assertEqual(wire.a.stats.sent, len(accepted))


if __name__ == "__main__":
    unittest.main()
