"""A virtual board for programs and tests.

with VirtualBoard(tmp_path / "flash") as board:
    board.wait_prompt()
    subprocess.run(["mpremote", "connect", board.port, "fs", "ls"])
    board.control("wifi", up=False)
"""

import asyncio
import threading
import time
from pathlib import Path

from .broker import Broker
from .controls import Controls
from .settings import FLASH_BYTES, HEAP, Settings
from .stages import PROMPT

_START_S = 30


class VirtualBoard:
    """A board with its flash in the file `flash`, made when there is none. It has power within the
    block. `networks`: {ssid: password or None}; None: any name and password connect.

    `port` is the terminal; `events` all that has happened, [(event, fields)]; `output` what the
    board has printed, as text.
    """

    def __init__(self, flash, size=FLASH_BYTES, heap=HEAP, networks=None):
        self._settings = Settings(Path(flash), size, heap, networks)
        self._changed = threading.Condition(threading.RLock())
        self.events = []
        self._printed = bytearray()
        self._broker = None
        self._controls = None
        self._thread = None
        self._loop = None
        self._failure = None
        self._stop = None

    def __enter__(self):
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(started)), name="virtual board", daemon=True
        )
        self._thread.start()
        started.wait(_START_S)
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_S)

    @property
    def port(self):
        """The pseudo-terminal's path, for `--port`."""
        return self._broker.port.path

    @property
    def output(self):
        """All that it has printed."""
        with self._changed:
            return self._printed.decode(errors="replace")

    @property
    def at_prompt(self):
        """True while a prompt waits for input."""
        return self._broker.stage == PROMPT

    def control(self, op, **fields):
        """What `uwish sim-control` does: see sim/controls.py. A dict; Failure when refused."""
        return self._call(lambda: self._controls.answer({"op": op, **fields}))

    def wait_prompt(self, timeout_s=20):
        """Wait until a prompt waits for input."""
        self._wait(lambda: self.at_prompt, timeout_s, "the prompt")

    def wait_event(self, event, timeout_s=20, since=0, **fields):
        """Wait for an event with these fields, the `since`-th or later; its number in `events`."""

        def find():
            for number in range(since, len(self.events)):
                name, said = self.events[number]
                if name == event and fields.items() <= said.items():
                    return number + 1
            return 0

        return self._wait(find, timeout_s, f"the event {event} {fields or ''}") - 1

    def wait_output(self, text, timeout_s=20, since=0):
        """Wait until it has printed `text`, after the first `since` characters."""
        self._wait(lambda: text in self.output[since:], timeout_s, f"the output {text!r}")

    def type(self, data):
        """Type bytes at its serial port."""
        self._call(lambda: self._broker.keyboard.typed(data))

    def record(self):
        """Begin a journal of what is written to the flash."""
        self._call(lambda: self._broker.flash.record())

    def recorded(self):
        """The journal since then (see flash.after_cut); it ends."""
        return self._call(lambda: self._broker.flash.recorded())

    def _wait(self, condition, timeout_s, what):
        end = time.monotonic() + timeout_s
        with self._changed:
            while not (found := condition()):
                if self._broker.broken or not self._changed.wait(end - time.monotonic()):
                    raise TimeoutError(
                        f"{what} did not come within {timeout_s} s; "
                        f"events: {self.events[-8:]}; output: {self.output[-2000:]!r}"
                    )
            return found

    def _call(self, work):
        async def run():
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_START_S)

    async def _run(self, started):
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            self._broker = Broker(self._loop, self._settings, self._report)
            self._controls = Controls(self._broker)
            self._broker.switch_on()
        except BaseException as failure:
            self._failure = failure
            started.set()
            return
        started.set()
        await self._stop.wait()
        await self._broker.close()

    def _report(self, event, fields):
        with self._changed:
            if event == "output":
                self._printed += fields["data"]
            else:
                self.events.append((event, fields))
            self._changed.notify_all()
