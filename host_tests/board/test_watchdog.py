"""The watchdog timer: what it bites, and what ends it."""

from mpremote_command import run
from test_resets import WATCHDOG, cause, with_files


def test_the_watchdog_bites_a_program_that_hangs(board, tmp_path):
    with_files(board, tmp_path, main="print('cause', __import__('machine').reset_cause())\n")
    board.type(b"import machine; w = machine.WDT(timeout=1000)\rwhile True: pass\r\r")
    board.wait_event("watchdog", after_ms=1000)
    board.wait_output(f"cause {WATCHDOG}\r\n")


def test_the_watchdog_lets_a_program_be_that_feeds_it(board):
    text = run(
        board,
        "exec",
        "import machine, time\n"
        "w = machine.WDT(timeout=1000)\n"
        "for i in range(15):\n"
        "    time.sleep_ms(100)\n"
        "    w.feed()\n"
        "print('alive')",
    )
    assert text == "alive\n"
    assert not any(event == "watchdog" for event, _ in board.events)


def test_a_hard_reset_is_the_end_of_the_watchdog(board):
    board.wait_prompt()
    board.type(b"import machine; w = machine.WDT(timeout=1000); machine.reset()\r")
    board.wait_event("boot", cause="hard")
    board.wait_prompt()
    run(board, "resume", "exec", "import time; time.sleep_ms(1200)")
    assert not any(event == "watchdog" for event, _ in board.events)


def test_the_watchdog_goes_on_at_the_prompt_and_over_a_soft_reset(board):
    board.wait_prompt()
    board.type(b"import machine; w = machine.WDT(timeout=1000)\r\x04")
    board.wait_event("boot", cause="soft")
    board.wait_event("watchdog")
    board.wait_prompt()
    assert cause(board) == (WATCHDOG, 0)
