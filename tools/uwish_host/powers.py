"""The powers of the key exchange, computed by worker processes.

A power (0.8 ms) holds the interpreter's lock, so neither the event loop nor a thread is the place
for it. Workers are processes of this package (power_worker.py) at the other end of a socket pair.
They get a base and an exponent for each power and keep nothing; the identity's private key never
leaves the gateway's process. An exponent of ours is good for one handshake, and goes to the worker
through memory only.

Work is done in this order: the second power of handshakes that have got so far, the first one of
others, and when there is nothing else to do, public values for handshakes to come.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections import deque

from uwish import crypto

from .power_worker import ANSWER, REQUEST, power

DEFAULT_STOCK = 256  # public values made ahead: 0.2 s of work, some 100 KB
MAX_WORKERS = 4
_AT_ONCE = 2  # powers a worker is given, so that it never waits for us
_BUSY = 256  # powers that wait: above that, no more callers are let in
_RESTARTS = 10  # of workers, before a gateway does without them

_NEXT, _FIRST, _STOCK = range(3)


def default_workers():
    """As many as there are processors besides the event loop's, at least 2, at most 4."""
    return min(MAX_WORKERS, max(2, len(os.sched_getaffinity(0)) - 1))


class _Job:
    def __init__(self, base, exponent, done):
        self.base = base
        self.exponent = exponent
        self.done = done  # called with the power; None when nobody wants it any more


class Powers:
    """`workers` processes, started when the first power is asked for; with none the event loop does
    it all, which is for tests and for machines where memory is dearer than time. `warn(text)` is
    called when a worker dies."""

    def __init__(self, loop, workers, warn, stock=DEFAULT_STOCK):
        self.computed = 0
        self._loop = loop
        self._count = workers
        self._warn = warn
        self._stock_size = stock
        self._stock = deque()  # (exponent, public value)
        self._making = 0
        self._queues = (deque(), deque(), deque())
        self._workers = []
        self._restarts = _RESTARTS
        self._closed = False

    def submit(self, base, exponent, done, second=False):
        """Have base**exponent computed; `done(power)` is called in the event loop, later. Both are
        ints. `second` says that a handshake has got so far that only this is missing. The job can
        be given to `cancel`."""
        job = _Job(base, exponent, done)
        self._queues[_NEXT if second else _FIRST].append(job)
        self._feed()
        return job

    def cancel(self, job):
        """Nobody wants it any more."""
        job.done = None

    def busy(self):
        """True when so much waits that no more should be asked for."""
        return self.waiting() > _BUSY

    def waiting(self):
        """How many powers of handshakes no worker has been given yet."""
        return len(self._queues[_NEXT]) + len(self._queues[_FIRST])

    def stocked(self):
        """How many public values are made ahead."""
        return len(self._stock)

    def ready(self):
        """(exponent, public value) made ahead, or None; it is handed out once."""
        if not self._stock:
            return None
        value = self._stock.popleft()
        self.fill_stock()
        return value

    def fill_stock(self):
        """Make public values ahead, as long as workers have nothing else to do."""
        if not self._count:
            return
        while len(self._stock) + self._making < self._stock_size:
            self._making += 1
            exponent = int.from_bytes(crypto.random(32), "big") | 1 << 255
            self._queues[_STOCK].append(_Job(2, exponent, self._stocked(exponent)))
        self._feed()

    def pids(self):
        """The workers' process ids."""
        return [worker.pid for worker in self._workers]

    def close(self):
        """End the workers; what waits is dropped."""
        self._closed = True
        for queue in self._queues:
            queue.clear()
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    def _stocked(self, exponent):
        def done(value):
            self._making -= 1
            self._stock.append((exponent, value))

        return done

    def _next_job(self):
        for queue in self._queues:
            while queue:
                job = queue.popleft()
                if job.done is not None:
                    return job
        return None

    def _feed(self):
        if self._closed:
            return
        if not self._count:
            # In a turn of its own: whoever asked is not ready for the answer yet.
            job = self._next_job()
            if job is not None:
                self._loop.call_soon(self._finish, job, power(job.base, job.exponent))
            return
        while len(self._workers) < self._count:
            self._workers.append(_Worker(self._loop, self._answered, self._died))
        for given in range(_AT_ONCE):
            for worker in self._workers:
                if len(worker.jobs) == given:
                    job = self._next_job()
                    if job is None:
                        return
                    worker.give(job)

    def _answered(self, job, value):
        self._finish(job, value)
        self._feed()

    def _finish(self, job, value):
        self.computed += 1
        done, job.done = job.done, None
        if done is not None:
            done(value)

    def _died(self, worker):
        self._workers.remove(worker)
        if self._closed:
            return
        self._queues[_NEXT].extendleft(reversed(worker.jobs))
        self._restarts -= 1
        if self._restarts <= 0:
            self._count = 0
            self._warn("workers for handshakes keep dying: the event loop does their work now")
            for _ in range(sum(map(len, self._queues))):
                self._feed()
        else:
            self._warn("a worker for handshakes has died: another one takes its place")
            self._feed()


class _Worker:
    """One process: `jobs` are those it was given, oldest first, which is the order of answers."""

    def __init__(self, loop, answered, died):
        self.jobs = deque()
        self._loop = loop
        self._answered = answered
        self._died = died
        self._part = b""
        self._sock, theirs = socket.socketpair()
        path = os.pathsep.join(part for part in sys.path if part)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.power_worker"],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
        self.pid = self._process.pid
        self._sock.setblocking(False)
        self._fd = self._sock.fileno()
        loop.add_reader(self._fd, self._on_readable)

    def give(self, job):
        """Have it computed; a few hundred bytes, which a socket pair always has room for."""
        self.jobs.append(job)
        # An OSError: it is dead, and the end of its stream says so as well.
        with contextlib.suppress(OSError):
            self._sock.send(REQUEST.pack(job.base.to_bytes(384, "big"), job.exponent.to_bytes(32)))

    def close(self):
        """End it."""
        self._loop.remove_reader(self._fd)
        self._sock.close()
        self._process.terminate()
        self._process.wait()

    def _on_readable(self):
        try:
            data = self._sock.recv(ANSWER * _AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._died(self)
            return
        data = self._part + data
        end = len(data) - len(data) % ANSWER
        self._part = data[end:]
        for off in range(0, end, ANSWER):
            self._answered(self.jobs.popleft(), int.from_bytes(data[off : off + ANSWER], "big"))
