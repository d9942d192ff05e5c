"""The clock: known or not, set by a peer, on boards whose years count from 1970 and from 2000."""

import sys
import time
import unittest

sys.path.insert(0, "firmware")

import clock
from commands import Commands
from fakes_board import Board, FakeRTC

from uwish import log
from uwish.senml import Pack

NOON = 1780315200  # 2026-06-01 12:00:00 UTC, a Monday


class FakeTime:
    """A board's time, set to `seconds` of its own epoch."""

    def __init__(self, seconds, offset):
        self.seconds = seconds
        self.offset = offset

    def time(self):
        return self.seconds

    def gmtime(self, seconds):
        return time.gmtime(seconds + self.offset)


class ClockTest(unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.before = (clock.time, clock._FROM_1970, clock._EARLIEST_HERE)
        self.lines = []
        log.sink = self.lines.append
        log.level = log.INFO
        self.jumps = []

    def tearDown(self):
        clock.time, clock._FROM_1970, clock._EARLIEST_HERE = self.before
        log.sink = print
        log.level = log.WARN
        self.board.remove()

    def board_of(self, epoch, seconds=0):
        offset = 946684800 if epoch == 2000 else 0
        clock.time = FakeTime(seconds, offset)
        clock._FROM_1970 = offset
        clock._EARLIEST_HERE = clock.EARLIEST - offset
        return offset

    def test_not_known_after_power_on(self):
        for epoch in (1970, 2000):
            offset = self.board_of(epoch)
            self.assertEqual(clock.now(), None)
            clock.time.seconds = clock.EARLIEST - offset - 1
            self.assertEqual(clock.now(), None)
            clock.time.seconds += 1
            self.assertEqual(clock.now(), clock.EARLIEST - offset)

    def test_the_board_s_clock_is_set_in_its_own_calendar(self):
        for epoch in (1970, 2000):
            self.board_of(epoch)
            self.assertEqual(clock.set_time(NOON, self.jumps.append), None)
            self.assertEqual(FakeRTC.times.pop(), (2026, 6, 1, 0, 12, 0, 0, 0))
        self.assertEqual(self.jumps, [NOON, NOON - 946684800])

    def test_a_second_is_no_reason_to_jump(self):
        offset = self.board_of(2000)
        for difference, times in ((-1, 0), (0, 0), (1, 0), (2, 1), (-2, 1)):
            del FakeRTC.times[:]
            clock.time.seconds = NOON - offset - difference
            self.assertEqual(clock.set_time(NOON), None)
            self.assertEqual(len(FakeRTC.times), times)

    def test_a_peer_sets_it(self):
        self.board_of(2000)
        said = []
        commands = Commands("dev:", lambda *outcome: said.append(outcome))
        clock.add_setting(commands, self.jumps.append)
        for value, unit, words in (
            (NOON, "s", None),
            (clock.EARLIEST - 1, "s", "not within"),
            (clock.LATEST + 1, "s", "not within"),
            (NOON + 0.5, "s", "whole seconds"),
            (NOON, "min", "not in s"),
        ):
            pack = Pack(bytearray(40))
            pack.number("time", value, 0, unit)
            made = commands.obey(bytes(pack.buf[: pack.length]))
            self.assertEqual(made, 0 if words else 1)
            name, outcome = said.pop()
            self.assertEqual(name, "time")
            if words:
                self.assertTrue(words in outcome, outcome)
        self.assertEqual((len(FakeRTC.times), len(self.jumps)), (1, 1))

    def test_a_board_whose_clock_cannot_be_set(self):
        self.board_of(1970)
        del self.board.machine.__class__.RTC
        try:
            self.assertTrue("cannot be set" in clock.set_time(NOON))
        finally:
            self.board.machine.__class__.RTC = FakeRTC


if __name__ == "__main__":
    unittest.main()
