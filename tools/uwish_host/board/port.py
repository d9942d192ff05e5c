"""A board at a serial port, stopped, its interpreter waiting for us; mpremote does the talking.

What goes over the wire may hold a password. So nothing that mpremote prints or says about broken
bytes is ever shown: every error here is a sentence of our own, or the board's last line of a
traceback (which holds no source).
"""

import ast
import contextlib
import io
import struct
from pathlib import Path

from mpremote.transport import TransportError, TransportExecError
from serial import SerialException

from ..errors import Failure
from .ports import close_port, open_port

_REMOTE = Path(__file__).with_name("remote")
_BYTE_TIMEOUT_S = 5  # without this, mpremote waits for ever for a byte that is lost
# How long each try waits for the prompt. A board that just starts misses the first Ctrl-C; an ESP32
# in its one long calculation hears nothing for 4 s.
_TRIES_S = (2, 5, 6, 8)
_END = 4  # Ctrl-D: the raw prompt's end of output
_NEWLINE = 10
# What a board says that has started anew, and no program that is sent to it: the friendly prompt,
# an ESP32's boot loader, our firmware.
_GREETINGS = (b"\r\n>>> ", b"rst:0x", b"uwish info: started as ", b"uwish: safe mode: ")


class BoardError(Failure):
    """What was run on the board has failed there; `said` is the last line of its traceback."""

    def __init__(self, port, step, said):
        # Sentences of our own firmware stand for themselves.
        told = said.removeprefix("ValueError: ").removeprefix("RuntimeError: ")
        super().__init__(f"{port}, {step}: the board says {told}{_advice(said)}")
        self.said = said
        self.is_full = "ENOSPC" in said or said.endswith("OSError: 28")


class Lost(Failure):
    """The connection to the board broke."""

    def __init__(self, port, step, what="the board does not answer any more"):
        super().__init__(
            f"{port}, {step}: {what}: check cable and power, then run the same command again"
        )


class Board:
    """The board at `port` (its name); a context manager. Its programs are stopped, and start again
    by `restart` only. `step` is what is going on, for error texts."""

    def __init__(self, port):
        self.port = port
        self.step = "connecting"
        self._transport = None
        self._loaded = set()

    def __enter__(self):
        self._transport = open_port(self.port, _BYTE_TIMEOUT_S)
        try:
            self._stop_programs()
        except BaseException as error:
            if not isinstance(error, Failure):  # Ctrl-C: perhaps they are stopped already
                self.give_up()
            if self._transport is not None:
                self._close()
            raise
        return self

    def __exit__(self, *_):
        if self._transport is None:
            return
        with contextlib.suppress(OSError, SerialException):
            self._transport.exit_raw_repl()
        self._close()

    def run(self, code, timeout_s=30, on_line=None):
        """Run `code` on the board; what it prints, as text. `timeout_s` is how long it may be
        silent; `on_line(line)` hears each line as it comes."""
        output = _Output(on_line)
        try:
            with _silence():
                _, error = self._transport.exec_raw(code, timeout_s, output.take)
        except (TransportError, OSError, SerialException, struct.error, AssertionError):
            raise Lost(self.port, self.step) from None
        except _Restarted:
            raise Lost(self.port, self.step, "the board has restarted by itself") from None
        if error:
            raise BoardError(self.port, self.step, _last_line(error.decode(errors="replace")))
        return output.text()

    def call(self, script, function, *arguments, timeout_s=30):
        """The value of `function(*arguments)` of remote/SCRIPT.py, run on the board."""
        self.load(script)
        return self.value(f"{function}({_listed(arguments)})", timeout_s)

    def value(self, expression, timeout_s=30):
        """The value of an expression on the board: a literal."""
        said = self.run(f"print(repr({expression}))", timeout_s)
        try:
            return ast.literal_eval(said.strip().rpartition("\n")[2])
        except (ValueError, SyntaxError):
            raise Lost(self.port, self.step) from None

    def load(self, script):
        """Make the functions of remote/SCRIPT.py known on the board, once."""
        if script not in self._loaded:
            self.run(source(script))
            self._loaded.add(script)

    def read(self, path):
        """What is in a file of the board; None when there is none."""
        try:
            with _silence():
                return bytes(self._transport.fs_readfile(path, chunk_size=1024))
        except FileNotFoundError:
            return None
        except TransportExecError as error:
            raise BoardError(self.port, self.step, _last_line(error.error_output)) from None
        except (TransportError, OSError, SerialException, struct.error, ValueError):
            raise Lost(self.port, self.step) from None

    def restart(self):
        """Reset the board, so that it does its work; the connection ends."""
        close_port(self.restart_and_leave_open())

    def restart_and_leave_open(self):
        """`restart`; mpremote's transport, from which the board can be heard starting."""
        self.step = "restarting"
        transport, self._transport = self._transport, None
        try:
            with _silence():
                transport.exec_raw_no_follow("import machine\nmachine.reset()")
        except (TransportError, OSError, SerialException, struct.error):
            close_port(transport)
            raise Lost(self.port, self.step) from None
        return transport

    def give_up(self):
        """`restart`, in the middle of whatever we did, as far as the board still hears us: what has
        failed is told by somebody else."""
        if self._transport is None:
            return
        with contextlib.suppress(TransportError, OSError, SerialException, struct.error, Lost):
            with _silence():
                self._transport.enter_raw_repl(soft_reset=False, timeout_overall=2)
            self.restart()

    def _stop_programs(self):
        """Interrupt what runs, and start afresh with boot.py only: a heap that nobody has used."""
        for timeout_s in _TRIES_S:
            try:
                with _silence():
                    self._transport.enter_raw_repl(timeout_overall=timeout_s)
                break
            except TransportError:
                continue
            except (OSError, SerialException):
                raise Lost(self.port, self.step) from None
        else:
            raise Failure(
                f"{self.port}: no MicroPython prompt: press its RESET button if it sleeps, "
                "`uwish flash` it if it is new, and run this again"
            )
        # Modules are not to be looked for in "/": the store's folder there has the library's name.
        self.run("import sys\nif '' in sys.path: sys.path.remove('')")

    def _close(self):
        close_port(self._transport)
        self._transport = None


class _Restarted(Exception):
    """What comes is the greeting of a board that has just started."""


class _Output:
    """What a program on a board prints; mpremote hands it over byte by byte."""

    def __init__(self, on_line):
        self._on_line = on_line
        self._data = bytearray()
        self._line = 0  # where the last line begins

    def take(self, data):
        for byte in data:
            if byte == _END:
                continue
            self._data.append(byte)
            if byte == _NEWLINE and self._on_line:
                self._on_line(self._data[self._line :].decode(errors="replace").strip())
                self._line = len(self._data)
        if self._data.endswith(_GREETINGS):
            raise _Restarted

    def text(self):
        return self._data.decode(errors="replace")


def source(script):
    """The text of remote/SCRIPT.py, for a board: without its docstring, which only costs time."""
    text = (_REMOTE / f"{script}.py").read_text(encoding="utf-8")
    return text.split('"""', 2)[2].lstrip() if text.startswith('"""') else text


def _listed(arguments):
    return ", ".join(map(repr, arguments))


def _last_line(error):
    lines = error.strip().splitlines()
    return lines[-1].strip() if lines else "nothing"


def _advice(said):
    if "ENOSPC" in said or said.endswith("OSError: 28"):  # by a build without names of errors
        return ": its flash is full: remove files from it (mpremote fs rm)"
    if said.startswith("MemoryError"):
        return ": its memory is full: restart it and try again"
    if said.startswith("ImportError") and ("uwish" in said or "provision" in said):
        return ": uwish is not on it, or not all of it: uwish deploy"
    return ""


def _silence():
    return contextlib.redirect_stdout(io.StringIO())
