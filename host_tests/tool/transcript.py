"""The transcript in docs/ten-minutes.md: its commands, run; what they say, compared or written.

In blocks marked `console`, lines with "$ " are commands and the others their output. `console
gateway` is another terminal: its command goes on, and its lines are some of what it prints, in this
order.
"""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import secrets_watch

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "ten-minutes.md"
GIVE_UP_S = 90
_BLOCK = re.compile(r"^```console( gateway)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What differs from one run to the next, or between the page and its test.
_VARIES = (
    (r"\d\d:\d\d:\d\d", "12:00:00"),
    (r"\b\d+(?:\.\d+){3}:\d+", "192.168.1.10:37009"),
    (r"/dev/pts/\d+|/dev/ttyUSB0", "/dev/ttyUSB0"),
    (r"\b[0-9a-f]{64}\b", "aabbccddeeff" + "0" * 52),
    (r"\b(?!1[.])[0-9a-f]{12}\b", "aabbccddeeff"),
    (r"(?<=[-@ ])[0-9a-f]{6}\b", "aabbcc"),
    (r"\d+ files", "80 files"),
    (r"\d+ KB", "100 KB"),
    (r"handshake \d+ ms", "handshake 900 ms"),
    (r"(heap-free +)\d+", r"\g<1>20000"),
    (r"^(\d\d:\d\d:\d\d +frame .*:)(\S+ +)\S+", r"\1\2N"),
    (r" in \d+ bytes", " in 90 bytes"),
    (r"[\d.]+ dBm", "-55 dBm"),
    (r"MicroPython \d+\.\d+\.\d+", "MicroPython 1.29.0"),
    (r"it is \d{4}$", "it is 2026"),
    (r"our address is \S+,?", "our address is 192.168.1.20"),
)


def general(text):
    """`text` without what differs from run to run."""
    for pattern, replacement in _VARIES:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return re.sub(r" {2,}", "  ", text)


def present(text):
    """`text` with the addresses and the port of the page's story in place of a test's."""
    text = re.sub(r"/dev/pts/\d+", "/dev/ttyUSB0", text)
    text = re.sub(r"listening  127\.0\.0\.1:\d+", "listening  0.0.0.0:37009", text)
    text = re.sub(r"from 127\.0\.0\.1:", "from 192.168.1.20:", text)
    text = re.sub(r"address is 127\.0\.0\.1", "address is 192.168.1.20", text)
    return re.sub(r"127\.0\.0\.1:\d+", "192.168.1.10:37009", text)


class Terminal:
    """Runs commands in `folder`, with a terminal; `translate(command)` changes them before;
    `answers` is {prompt: what is typed}."""

    def __init__(self, folder, translate, answers):
        self._folder = folder
        self._translate = translate
        self._answers = answers
        self._gateway = None
        self._lines = []
        self._lock = threading.Condition()

    def run(self, command):
        """What the command prints, stdout and stderr, as a terminal shows it when it is done."""
        ours, theirs = pty.openpty()
        running = self._start(command, theirs, theirs)
        os.close(theirs)
        shown = self._converse(ours, running)
        secrets_watch.heard(f"what {command} shows", shown)
        os.close(ours)
        if running.wait():
            raise AssertionError(f"{command} ended with {running.returncode}: {shown}")
        return shown

    def start_gateway(self, command):
        """Start what is to go on."""
        self._gateway = self._start(command, subprocess.DEVNULL, subprocess.PIPE)
        threading.Thread(target=self._read_gateway, daemon=True).start()

    def wait_gateway(self, pattern):
        """The next line that the gateway prints which matches; those before it are passed over."""
        deadline = time.monotonic() + GIVE_UP_S
        with self._lock:
            while True:
                while self._lines:
                    line = self._lines.pop(0)
                    if re.search(pattern, line):
                        return line
                if not self._lock.wait(deadline - time.monotonic()):
                    raise AssertionError(f"the gateway has not printed {pattern}")

    def close(self):
        """End the gateway."""
        if self._gateway:
            self._gateway.send_signal(signal.SIGTERM)
            self._gateway.wait()
            self._gateway.stdout.close()

    def _start(self, command, stdin, output):
        words = self._translate(command).split()
        assert words[0] == "uwish", command
        return subprocess.Popen(
            [sys.executable, "-m", "uwish_host", *words[1:]],
            cwd=self._folder,
            env={**os.environ, "TERM": "dumb", "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if output == subprocess.PIPE else output,
            text=output == subprocess.PIPE,
            start_new_session=True,
        )

    def _converse(self, ours, running):
        shown = ""
        waiting = dict(self._answers)
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            if not select.select([ours], [], [], deadline - time.monotonic())[0]:
                running.kill()
                raise AssertionError(f"it has not ended: {shown}")
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # EIO: the other end is closed
                return _as_seen(shown)
            for prompt in [prompt for prompt in waiting if prompt in shown]:
                os.write(ours, waiting.pop(prompt).encode() + b"\n")

    def _read_gateway(self):
        with contextlib.suppress(ValueError):  # closed
            for line in self._gateway.stdout:
                secrets_watch.heard("what a gateway shows", line)
                with self._lock:
                    self._lines.append(line.rstrip("\n"))
                    self._lock.notify_all()


def play(terminal, text):
    """`text` with the output of its commands as it is now."""

    def block(match):
        lines = match.group(2).splitlines()
        said = _play_gateway(terminal, lines) if match.group(1) else _play(terminal, lines)
        return f"```console{match.group(1) or ''}\n{said}```"

    return _BLOCK.sub(block, text)


def _play(terminal, lines):
    said = ""
    for line in lines:
        if line.startswith("$ "):
            said += f"{line}\n{terminal.run(line[2:])}"
    return said


def _play_gateway(terminal, lines):
    said = ""
    for line in lines:
        if line.startswith("$ "):
            terminal.start_gateway(line[2:])
            said += line + "\n"
        else:
            # Found by its kind of event, and for a frame the name of the reading.
            kind = line.split()[1]
            reading = re.search(r":(\S+)", line[10:]) if kind == "frame" else None
            name = f".*:{reading.group(1)} " if reading else ""
            said += terminal.wait_gateway(rf"^\S+ +{kind} {name}") + "\n"
    return said


def _as_seen(shown):
    """What stays on the terminal: without bars that were wiped away, and without trailing space."""
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.replace("\r\n", "\n"))
    lines = [line.rpartition("\r")[2].rstrip() for line in shown.split("\n")]
    return "".join(f"{line}\n" for line in lines if line)
