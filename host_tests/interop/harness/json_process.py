"""A child process that is driven by JSON lines: commands and their replies, and events.

A command is `{"id": n, "op": ..., ...}`, its answer `{"reply": n, "data": ...}` or
`{"reply": n, "error": ...}`; an event is `{"event": name, ...}`.
"""

import signal
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress

from . import json_line, process

REPLY_S = 60
_STOP_S = 30


class RequestFailed(Exception):
    """The answer to a command was an error; `error` is what came (a dict, or a text)."""

    def __init__(self, command, error):
        super().__init__(f"{command}: {error}")
        self.error = error

    @property
    def code(self):
        """The core's error number, None when the error has none."""
        return self.error.get("code") if isinstance(self.error, dict) else None


class JsonProcess:
    """Runs `command`; what it says on stderr goes to `log_path`. It has started up when its event
    `first` has come, which is `self.first` then.

    `history` has every event since the start. `wait_for` hands out each event once: the same
    `online` never answers two waits, so that a second one must have come.
    """

    def __init__(self, name, command, log_path, first, timeout=60, **popen):
        self.name = name
        self.history = []
        self.log_path = log_path
        self._waiting = []
        self._replies = {}
        self._strays = deque(maxlen=5)
        self._next_id = 0
        self._over = False
        self._stopped = False
        self._changed = threading.Condition()
        with open(log_path, "ab") as log:
            self._process = process.start(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                **popen,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.first = self.wait_for(first, timeout=timeout)
        except BaseException:
            self.stop(kill=True)
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def running(self):
        """True while the process lives."""
        return self._process.poll() is None

    def command(self, op, timeout=REPLY_S, **fields):
        """The `data` of the answer to this command; RequestFailed when it is an error."""
        with self._changed:
            self._next_id += 1
            number = self._next_id
        try:
            self._process.stdin.write(json_line.dump({"id": number, "op": op, **fields}))
            self._process.stdin.flush()
        except OSError as error:
            raise AssertionError(f"{self._describe()} takes no command: {error}") from None
        message = self._wait(lambda: self._replies.pop(number, None), timeout, f"reply to {op}")
        if "error" in message:
            raise RequestFailed(op, message["error"])
        return message.get("data")

    def wait_for(self, event, predicate=None, timeout=60):
        """The first `event` not handed out before for which `predicate(event)` is true, as a dict.
        TimeoutError after `timeout` seconds, AssertionError as soon as the process is gone; both
        with what it said last."""

        def take():
            for i, candidate in enumerate(self._waiting):
                if candidate["event"] == event and (predicate is None or predicate(candidate)):
                    return self._waiting.pop(i)
            return None

        return self._wait(take, timeout, f"event {event}")

    def events(self, event):
        """Every `event` so far, handed out or not."""
        with self._changed:
            return [seen for seen in self.history if seen["event"] == event]

    def freeze(self):
        """Stop it in the middle of whatever it does, its connections open, until `thaw`."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self, kill=False):
        """End it: orderly, AssertionError when its exit status is not 0 then; or with `kill` like a
        power cut. Harmless when it was stopped."""
        if self._stopped:
            return
        self._stopped = True
        if not kill:
            self.thaw()
            with suppress(OSError, subprocess.TimeoutExpired):
                self._ask_to_end(self._process)
                self._process.wait(_STOP_S)
        status = process.end(self._process, kill)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was still to be written has no reader any more
                stream.close()
        if status and not kill:
            raise AssertionError(f"{self._describe()} ended with status {status}")

    def _ask_to_end(self, popen):
        popen.stdin.close()

    def _wait(self, take, timeout, what):
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = take()
                if found is not None:
                    return found
                if self._over:
                    raise AssertionError(f"{self._describe()} ended before: {what}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self._describe()}, not within {timeout} s: {what}")
                self._changed.wait(left)

    def _read(self):
        for line in self._process.stdout:
            try:
                message = json_line.load(line)
            except ValueError:
                message = None
            with self._changed:
                if not isinstance(message, dict):
                    self._strays.append(line)
                elif "reply" in message:
                    self._replies[message["reply"]] = message
                elif "event" in message:
                    self.history.append(message)
                    self._waiting.append(message)
                self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _describe(self):
        with open(self.log_path, "rb") as log:
            said = log.read()[-1500:].decode(errors="replace")
        last = "\n".join(f"  {str(event)[:300]}" for event in self.history[-8:])
        strays = b"".join(self._strays).decode(errors="replace")[-1500:]
        return f"{self.name} (last events:\n{last}\n  stderr: {said}\n  other output: {strays})"
