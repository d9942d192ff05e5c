"""Resets, what survives them, and what runs after them."""

import os
import signal

import pytest
from mpremote_command import mpremote, mpremote_now, run, write

PWRON, HARD, WATCHDOG, DEEPSLEEP, SOFT = range(1, 6)
CAUSE = "import machine; print(machine.reset_cause(), machine.wake_reason())"


def boots(board):
    return sum(event == "boot" for event, _ in board.events)


def cause(board):
    """(reset cause, wake reason) without the soft reset that mpremote begins with."""
    return tuple(map(int, run(board, "resume", "exec", CAUSE).split()))


def with_files(board, folder, **files):
    for name, text in files.items():
        write(board, f"{name}.py", text, folder)
    board.wait_prompt()


def test_boot_and_main_run_after_a_reset(board, tmp_path):
    with_files(board, tmp_path, boot="print('boot runs')\n", main="print('main runs')\n")
    run(board, "reset")
    board.wait_output("boot runs\r\nmain runs\r\nMicroPython ")
    board.wait_prompt()
    assert cause(board) == (HARD, 0)


def test_ctrl_d_at_the_friendly_prompt_runs_both(board, tmp_path):
    with_files(board, tmp_path, boot="print('boot runs')\n", main="print('main runs')\n")
    before = len(board.output)
    board.type(b"\x04")
    board.wait_output("MPY: soft reboot\r\nboot runs\r\nmain runs\r\nMicroPython ", since=before)
    board.wait_prompt()
    assert cause(board) == (SOFT, 0)


def test_mpremotes_soft_reset_runs_boot_only(board, tmp_path):
    with_files(board, tmp_path, boot="print('boot runs')\n", main="print('main runs')\n")
    before = len(board.output)
    run(board, "soft-reset")
    board.wait_prompt()
    assert "boot runs" in board.output[before:]
    assert "main runs" not in board.output[before:]


def test_main_does_not_run_when_boot_fails(board, tmp_path):
    with_files(board, tmp_path, boot="1/0\n", main="print('main runs')\n")
    before = len(board.output)
    board.control("reset")
    board.wait_output("ZeroDivisionError: divide by zero\r\nMicroPython ", since=before)
    board.wait_prompt()
    assert "main runs" not in board.output[before:]


def test_nothing_of_the_heap_survives_a_soft_reset(board):
    assert run(board, "exec", "import sys; sys.modules['kept'] = 1; x = 2") == ""
    assert run(board, "exec", "import sys; print('kept' in sys.modules, 'x' in globals())") == (
        "False False\n"
    )


@pytest.mark.parametrize("code", ["import machine; machine.soft_reset()", "raise SystemExit"])
def test_a_program_can_reset_softly(board, code):
    board.wait_prompt()
    before = boots(board)
    board.type(code.encode() + b"\r")
    board.wait_event("boot", since=len(board.events) - 1, cause="soft")
    board.wait_prompt()
    assert boots(board) == before + 1
    assert cause(board) == (SOFT, 0)


@pytest.mark.parametrize(
    "main",
    [
        "while True:\n    pass\n",
        "import time\nwhile True:\n    time.sleep(1000)\n",
        "import sys\nsys.stdin.read(1)\n",
        "import select, sys\np = select.poll()\np.register(sys.stdin, 1)\np.poll()\n",
    ],
    ids=["computing", "sleeping", "reading", "polling"],
)
def test_ctrl_c_interrupts_main(board, tmp_path, main):
    with_files(board, tmp_path, main="print('main runs')\n" + main)
    board.control("reset")
    board.wait_output("main runs")
    board.type(b"\x03")
    board.wait_output("KeyboardInterrupt: \r\nMicroPython ")
    board.wait_prompt()


def test_mpremote_takes_over_from_main(board, tmp_path):
    with_files(board, tmp_path, main="print('main runs')\nwhile True:\n    pass\n")
    board.control("reset")
    board.wait_output("main runs")
    done = mpremote_now(board, "exec", "print('taken')")
    assert (done.status, done.text) == (0, "taken\n")


def test_mpremote_may_come_while_the_board_starts(board, tmp_path):
    with_files(board, tmp_path, main="while True:\n    pass\n")
    for _ in range(5):
        board.control("reset")
        done = mpremote_now(board, "exec", "print('taken')")
        assert (done.status, done.text) == (0, "taken\n")


def test_many_ctrl_c_are_no_more_than_one(board, tmp_path):
    with_files(board, tmp_path, main="print('main runs')\nwhile True:\n    pass\n")
    before = boots(board)
    board.control("reset")
    board.wait_output("main runs")
    board.type(b"\x03" * 20)
    board.wait_prompt()
    assert boots(board) == before + 1


def test_ctrl_c_is_a_byte_when_the_program_says_so(board):
    board.wait_prompt()
    board.type(
        b"import micropython, sys; micropython.kbd_intr(-1); print('now'); "
        b"sys.stdin.buffer.read(2)\r"
    )
    board.wait_output("\r\nnow\r\n")
    board.type(b"\x03\x04")
    board.wait_output("b'\\x03\\x04'\r\n>>> ")


def test_rtc_memory_and_clock_survive_resets_but_no_power_cut(board):
    run(
        board,
        "exec",
        "import machine, time\n"
        "machine.RTC().memory(b'kept')\n"
        "machine.RTC().datetime((2026, 11, 22, 0, 12, 30, 0, 0))",
    )
    question = "import machine, time; print(machine.RTC().memory(), time.localtime()[:4])"
    kept = "b'kept' (2026, 11, 22, 12)\n"
    assert run(board, "exec", question) == kept  # a soft reset came first
    board.control("reset")
    assert run(board, "exec", question) == kept
    board.control("power", on=False)
    board.control("power", on=True)
    board.wait_prompt()
    assert cause(board) == (PWRON, 0)
    assert run(board, "exec", question) == "b'' (2000, 1, 1, 0)\n"


def test_deep_sleep_wakes_by_its_timer(board, tmp_path):
    main = (
        "import machine\n"
        "r = machine.RTC()\n"
        "n = len(r.memory())\n"
        "print('wake', n, machine.reset_cause(), machine.wake_reason())\n"
        "r.memory(b'x' * (n + 1))\n"
        "if n < 3:\n"
        "    machine.deepsleep(20)\n"
    )
    with_files(board, tmp_path, main=main)
    board.control("reset")
    for line in ("wake 0 2 0", "wake 1 4 4", "wake 2 4 4", "wake 3 4 4"):
        board.wait_output(line + "\r\n")
    board.wait_prompt()
    assert [fields for event, fields in board.events if event == "sleep"] == [{"ms": 20}] * 3


def test_deep_sleep_without_a_timer_is_ended_from_outside(board):
    board.wait_prompt()
    board.type(b"import machine; machine.deepsleep()\r")
    board.wait_event("sleep", ms=0)
    status = board.control("status")
    assert (status["power"], status["pid"]) == ("asleep", None)
    board.type(b"nobody reads this\r")
    board.control("wake", reason=2)
    board.wait_prompt()
    assert cause(board) == (DEEPSLEEP, 2)
    assert "nobody" not in board.output


def test_an_interpreter_that_crashes_is_started_again(board):
    board.wait_prompt()
    os.kill(board.control("status")["pid"], signal.SIGSEGV)
    board.wait_event("crashed")
    board.wait_event("boot", cause="hard")
    board.wait_prompt()
    assert run(board, "eval", "1") == "1\n"


def test_a_brown_out_is_a_power_on(board):
    run(board, "exec", "import machine; machine.RTC().memory(b'lost')")
    board.control("brown-out")
    board.wait_prompt()
    assert cause(board) == (PWRON, 0)
    assert run(board, "resume", "eval", "__import__('machine').RTC().memory()") == "b''\n"


def test_without_power_there_is_no_answer(board):
    board.wait_prompt()
    board.control("power", on=False)
    with pytest.raises(TimeoutError):
        board.wait_prompt(timeout_s=0.2)
    board.control("power", on=True)
    assert mpremote(board, "eval", "2").text == "2\n"
