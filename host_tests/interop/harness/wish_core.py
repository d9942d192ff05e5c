"""The stock wish-core, one process at a time in a scratch directory that keeps its state."""

import os
import pty
import re
import signal
import threading
from pathlib import Path

from . import process
from .ports import free_port, is_listening

HOST = "127.0.0.1"
BINARY = (
    Path(__file__).resolve().parent.parent
    / "node_modules/@wishcore/wish-sdk/bin/wish-core-x64-linux"
)
_START_S = 60
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


class WishCore:
    """A stock core with its state (identities, hid, relays) and `core.log` in `directory`.

    It listens for other hosts on `port` (wish://127.0.0.1:port) and for apps on `app_port`; both
    stay the same over restarts. It announces itself whatever it is told (WIRE.md 6), and hears
    others' announcements only with `discovers`. Starting it anywhere but in a loopback-only network
    namespace is refused with RuntimeError.
    """

    def __init__(self, directory, discovers=False):
        self.directory = Path(directory)
        self._options = ("-b",) if discovers else ("-b", "-l")
        self.port = free_port()
        self.app_port = free_port()
        self.transport = f"wish://{HOST}:{self.port}"
        self.log_path = self.directory / "core.log"
        self._process = None
        self._reader = None

    def start(self):
        """Start it with the state it has; returns when it listens."""
        if self.running:
            raise RuntimeError("this core is running already")
        if not BINARY.exists():
            raise FileNotFoundError(f"{BINARY} is missing: run `make setup`")
        self.directory.mkdir(parents=True, exist_ok=True)
        # A terminal, because the core's C library keeps lines back when it writes to a file.
        ours, its = pty.openpty()
        try:
            self._process = process.start(
                [BINARY, "-s", "-p", self.port, "-a", self.app_port, *self._options],
                cwd=self.directory,
                stdin=its,
                stdout=its,
                stderr=its,
            )
        finally:
            os.close(its)
        self._reader = threading.Thread(target=self._capture, args=(ours,), daemon=True)
        self._reader.start()
        process.wait_until(
            lambda: not self.running or (is_listening(self.port) and is_listening(self.app_port)),
            _START_S,
            "wish-core listens",
        )
        if not self.running:
            self.stop()
        return self

    def stop(self, kill=False):
        """End it, if it was started; with `kill` like a power cut. The state stays for another
        start. AssertionError when it had ended by itself: a core that crashed is a finding."""
        if self._process is not None:
            crashed = not self.running
            self.thaw()
            status = process.end(self._process, kill)
            self._reader.join()
            self._process = None
            if crashed:
                raise AssertionError(f"wish-core crashed, status {status}:\n{self.log[-2000:]}")

    def restart(self, kill=False):
        """`stop`, and `start` with the same state and ports."""
        self.stop(kill)
        self.start()

    def freeze(self):
        """Stop it in the middle of whatever it does, its connections open, until `thaw`."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    @property
    def running(self):
        """True while the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        """The process id; None while it is stopped."""
        return self._process.pid if self._process is not None else None

    @property
    def log(self):
        """All it has printed since its first start, as text without colours."""
        try:
            return _COLOUR.sub(b"", self.log_path.read_bytes()).decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _capture(self, terminal):
        with open(self.log_path, "ab") as log:
            while True:
                try:
                    data = os.read(terminal, 65536)
                except OSError:  # EIO: the other end is closed
                    break
                if not data:
                    break
                log.write(data)
                log.flush()
        os.close(terminal)
