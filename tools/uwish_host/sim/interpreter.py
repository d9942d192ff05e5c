"""One life of the board's interpreter: a MicroPython process between two resets."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import termios

_CHUNK = 65536
_NUDGES_S = (0.003, 0.02, 0.1)  # after Ctrl-C, see launch.py
_LAST_STEPS_S = 1  # from closing its output to its end


class Interpreter:
    """Runs `command` and tells it three file descriptors: the bus, the flash, and its meter.

    `ctrl_c` is the signal that interrupts it. `owner` has `output(bytes)`,
    `message(number, name, value)` and `ended(status)`, the last for a process that ended without
    being asked to.
    """

    def __init__(self, loop, owner, command, ctrl_c, flash):
        self._loop = loop
        self._owner = owner
        self._ctrl_c = ctrl_c
        self._bus, theirs = socket.socketpair()
        self._line = bytearray()
        self._paused = False
        self._closed = False
        shared = (theirs.fileno(), flash.image, flash.meter)
        self._process = subprocess.Popen(
            [*command, *map(str, shared)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=shared,
            cwd="/",
            start_new_session=True,  # Ctrl-C in the broker's own terminal is not for it
        )
        theirs.close()
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        self._typed = bytearray()
        for descriptor in (self._input, self._output, self._bus.fileno()):
            os.set_blocking(descriptor, False)
        loop.add_reader(self._output, self._read_output)
        loop.add_reader(self._bus.fileno(), self._read_bus)

    @property
    def pid(self):
        """Of the process."""
        return self._process.pid

    @property
    def has_unread(self):
        """True while it has not read all that was typed."""
        found = bytearray(4)
        fcntl.ioctl(self._input, termios.FIONREAD, found)
        return bool(self._typed or any(found))

    def type(self, data):
        """Pass bytes to standard input."""
        self._typed += data
        self._flush_input()

    def interrupt(self):
        """Ctrl-C."""
        self._process.send_signal(self._ctrl_c)
        if self._ctrl_c == signal.SIGUSR1:
            for delay_s in _NUDGES_S:
                self._loop.call_later(delay_s, self._nudge)

    def _nudge(self):
        if not self._closed:
            self._process.send_signal(signal.SIGUSR2)

    def answer(self, number, value):
        """Answer message `number` with a value."""
        self._send([number, value])

    def refuse(self, number, error):
        """Answer message `number` with an errno or a text."""
        self._send([number, None, error])

    def let_write(self, may):
        """Whether its output is taken; when not, it has to wait as soon as the pipe is full."""
        if may and self._paused:
            self._loop.add_reader(self._output, self._read_output)
        elif not may and not self._paused:
            self._loop.remove_reader(self._output)
        self._paused = not may

    def drain(self):
        """Take everything it has written so far."""
        while data := self._take():
            self._owner.output(data)

    def kill(self):
        """End it as a power cut does, and take what it had written before."""
        self._process.kill()
        self._process.wait()
        self.drain()
        self._close()

    def _close(self):
        self._closed = True
        for descriptor in (self._output, self._bus.fileno()):
            self._loop.remove_reader(descriptor)
        self._loop.remove_writer(self._input)
        self._process.stdin.close()
        self._process.stdout.close()
        self._bus.close()

    def _take(self):
        try:
            return os.read(self._output, _CHUNK)
        except BlockingIOError:
            return None

    def _read_output(self):
        data = self._take()
        if data:
            self._owner.output(data)
        elif data is not None:
            try:
                status = self._process.wait(_LAST_STEPS_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                status = self._process.wait()
            self._close()
            self._owner.ended(status)

    def _read_bus(self):
        try:
            data = self._bus.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._loop.remove_reader(self._bus.fileno())
            return
        if not self._paused:
            self.drain()  # what it wrote before it said this
        self._line += data
        while b"\n" in self._line and not self._closed:
            line, _, rest = self._line.partition(b"\n")
            self._line = bytearray(rest)
            try:
                number, name, value = json.loads(line)
            except ValueError:
                continue  # Ctrl-C broke into its writing
            self._owner.message(self, number, name, value)

    def _send(self, message):
        try:
            self._bus.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return  # it has ended, or is about to

    def _flush_input(self):
        try:
            n = os.write(self._input, self._typed)
        except BlockingIOError:
            n = 0
        except BrokenPipeError:
            n = len(self._typed)
        del self._typed[:n]
        if self._typed:
            self._loop.add_writer(self._input, self._flush_input)
        else:
            self._loop.remove_writer(self._input)
