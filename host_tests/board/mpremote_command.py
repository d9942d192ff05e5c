"""The real mpremote, as a user calls it, with a time limit: it can wait for ever."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("mpremote")
TIME_LIMIT_S = 60


@dataclass
class Done:
    """How it ended; `text` is what it printed, with the board's "\\r\\n" as "\\n"."""

    status: int
    text: str


def mpremote(board, *arguments, time_limit_s=TIME_LIMIT_S):
    """Run it on `board` once that waits at the prompt."""
    board.wait_prompt()
    return mpremote_now(board, *arguments, time_limit_s=time_limit_s)


def mpremote_now(board, *arguments, time_limit_s=TIME_LIMIT_S):
    """Run it on `board`, whatever that does."""
    done = subprocess.run(
        [COMMAND, "connect", board.port, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=time_limit_s,
    )
    return Done(done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n"))


def run(board, *arguments, **options):
    """What mpremote prints; it must succeed."""
    done = mpremote(board, *arguments, **options)
    assert done.status == 0, done.text
    return done.text


def write(board, path, text, folder):
    """Put a file with `text` on the board by way of a file in `folder`."""
    local = folder / "for-the-board"
    local.write_text(text)
    run(board, "fs", "cp", local, f":{path}")
