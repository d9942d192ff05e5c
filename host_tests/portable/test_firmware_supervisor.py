"""The watchdog, crashes and safe mode, over simulated resets."""

import sys
import unittest

sys.path.insert(0, "firmware")

import safemode
import supervisor
from fakes_board import Board, FakeRTC, FakeWDT, Reset
from kept import Kept
from supervisor import NETWORK, READINGS, WIFI, Supervisor

from uwish import log


def fail_deep_down():
    raise ValueError("no such thing")


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.lines = []
        self.printed = []
        log.sink = self.lines.append
        safemode.print = supervisor.print = self.printed.append
        safemode.why = ""

    def tearDown(self):
        log.sink = print
        safemode.print = supervisor.print = print
        self.board.remove()

    def kept(self):
        return Kept(FakeRTC())

    def report(self, s, *tasks):
        for task in tasks:
            s.report(task)

    def crash(self):
        """Start, fail, reset, start again up to boot.py's decision."""
        s = Supervisor(60, 0)
        try:
            fail_deep_down()
        except ValueError as error:
            with self.assertRaises(Reset):
                s.crashed(error)
        self.board.machine.cause = self.board.machine.SOFT_RESET
        safemode.decide()

    def test_it_is_fed_only_when_all_have_reported(self):
        s = Supervisor(60, 0)
        self.assertEqual(FakeWDT.timeouts, [60000])
        for tasks in ((), (WIFI,), (NETWORK, NETWORK), (WIFI,)):
            self.report(s, *tasks)
            s.step(10)
            self.assertEqual(FakeWDT.fed, 0)
        self.report(s, READINGS)
        s.step(10)
        self.assertEqual(FakeWDT.fed, 1)
        s.step(20)
        self.assertEqual(FakeWDT.fed, 1)
        self.report(s, READINGS, NETWORK, WIFI)
        s.step(30)
        self.assertEqual(FakeWDT.fed, 2)

    def test_who_is_silent_is_written_down_before_it_bites(self):
        s = Supervisor(60, 0)
        self.report(s, WIFI)
        s.step(30000)
        self.assertEqual(self.kept().line, "")
        s.step(30001)
        self.assertEqual(self.kept().line, "watchdog: network and readings silent for 30 s")
        s.step(40000)
        self.assertEqual(len(self.lines), 1)
        self.report(s, NETWORK, READINGS)
        s.step(40001)
        self.assertEqual(self.kept().line, "")

    def test_the_watchdog_s_reset_is_a_crash_with_that_line(self):
        s = Supervisor(60, 0)
        self.report(s, NETWORK, READINGS)
        s.step(31000)
        self.board.machine.cause = self.board.machine.WDT_RESET
        safemode.decide()
        self.assertEqual(self.kept().crashes, 1)
        self.assertEqual(self.kept().line, "watchdog: wifi silent for 31 s")
        safemode.decide()  # mpremote's soft reset runs boot.py again
        self.assertEqual(self.kept().crashes, 1)

    def test_resets_in_the_middle_of_work(self):
        machine = self.board.machine
        for cause, crashes, words in (
            (machine.WDT_RESET, 1, "watchdog or a brown-out"),
            (machine.SOFT_RESET, 1, "in the middle of its work"),
            (machine.PWRON_RESET, 0, ""),
            (machine.HARD_RESET, 0, ""),
        ):
            FakeRTC.kept = b""
            Supervisor(60, 0)
            machine.cause = cause
            safemode.decide()
            self.assertEqual(self.kept().crashes, crashes)
            self.assertTrue(words in self.kept().line)
            self.assertFalse(self.kept().running)

    def test_an_orderly_end_is_no_crash(self):
        s = Supervisor(60, 0)
        s.ended()
        self.board.machine.cause = self.board.machine.SOFT_RESET
        safemode.decide()
        self.assertEqual((self.kept().crashes, safemode.why), (0, ""))

    def test_a_crash_is_described_and_survives(self):
        self.crash()
        line = self.kept().line
        begin = "ValueError: no such thing at test_firmware_supervisor.py, "
        self.assertTrue(line.startswith(begin), line)
        self.assertTrue("fail_deep_down" in line, line)
        self.assertEqual(self.kept().crashes, 1)
        self.assertEqual(safemode.why, "")
        self.assertTrue(line in self.lines[-1])

    def test_three_crashes_lead_to_safe_mode_and_one_more_after_it(self):
        self.crash()
        self.crash()
        self.assertEqual(safemode.why, "")
        self.crash()
        self.assertTrue(safemode.why.startswith("it crashed 3 times in a row, at last with: Value"))
        safemode.stay(safemode.why)
        self.assertTrue("safe mode: it crashed 3 times" in self.printed[0])
        self.assertTrue("reset" in self.printed[1])
        self.assertEqual(FakeWDT.timeouts[-1], 3600000)
        # The next start is a chance, and one crash takes it.
        safemode.decide()
        self.assertEqual(safemode.why, "")
        self.crash()
        self.assertTrue(safemode.why)

    def test_what_safe_mode_was_for_can_be_asked_later(self):
        self.assertEqual(safemode.history(), "")
        self.crash()
        self.assertTrue(safemode.history().startswith("it crashed 1 times in a row, at last with"))

    def test_ten_minutes_end_the_row(self):
        self.crash()
        self.crash()
        s = Supervisor(60, 1000)
        s.step(600000)
        self.assertEqual(self.kept().crashes, 2)
        s.step(601001)
        self.assertEqual(self.kept().crashes, 0)

    def test_the_line_goes_when_it_was_told(self):
        self.crash()
        s = Supervisor(60, 0)
        self.assertTrue(s.kept.line)
        s.told()
        self.assertEqual(self.kept().line, "")
        self.assertEqual(self.kept().crashes, 1)

    def test_ctrl_c_leaves_an_hour_and_is_no_crash(self):
        s = Supervisor(60, 0)
        s.interrupted()
        self.assertEqual(FakeWDT.timeouts, [60000, 3600000])
        self.assertFalse(self.kept().running)
        self.assertTrue("reset" in self.printed[0])

    def test_starting_anew_is_no_crash(self):
        s = Supervisor(0, 0)
        self.assertEqual(FakeWDT.timeouts, [])
        with self.assertRaises(Reset):
            s.start_anew("nobody there")
        self.board.machine.cause = self.board.machine.SOFT_RESET
        safemode.decide()
        self.assertEqual(self.kept().crashes, 0)

    def test_without_a_watchdog_nobody_is_blamed(self):
        s = Supervisor(0, 0)
        s.step(1000000)
        self.assertEqual(self.kept().line, "")


if __name__ == "__main__":
    unittest.main()
