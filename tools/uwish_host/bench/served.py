"""The gateway under measurement, as `serve.py` puts it together, with a sink that takes the time.

    python -m uwish_host.bench.served STATE_DIRECTORY KIND PORT

KIND is "bare" (frames reach a sink, nothing more), "decoded" (and their SenML is read there) or
"stored" (and all goes to SQLite). Says {"port": …} once it listens; then each order on standard
input is answered:

    mark   {every}: counters since the last mark, which was `at` (seconds of CLOCK_MONOTONIC):
           frames, latency_ms (sorted), and what storage has done; from now on one latency of so
           many is kept
    pids   {}: the processes that do its work
"""

import asyncio
import json
import os
import signal
import sys
import time
from array import array

from uwish.service import Service

from ..gateway import Gateway
from ..listener import Listener, open_socket
from ..serve import tune
from ..sink import Bus, Sink
from ..state import State
from ..storage import Storage


class StopWatch(Sink):
    """Counts frames, and how long each took from its device's `send` to here."""

    name = "stopwatch"

    def __init__(self, decode):
        self.frames = 0
        self.latencies = array("d")
        self.online = 0
        self._decode = decode
        self._every = 1

    def frame(self, frame):
        """See Sink."""
        if self._decode and not frame.readings:
            raise ValueError("a frame that is no SenML")
        self.frames += 1
        if not self.frames % self._every:
            stamp = int.from_bytes(frame.data[-8:], "big")
            self.latencies.append((time.monotonic_ns() - stamp) / 1e6)

    def presence(self, presence):
        """See Sink."""
        self.online += 1 if presence.online else -1

    def mark(self, every):
        """What was counted since the last call; keep one latency of `every` from now on."""
        found = {
            "at": time.monotonic(),
            "frames": self.frames,
            "online": self.online,
            "latency_ms": self.latencies,
        }
        self.frames = 0
        self.latencies = array("d")
        self._every = every
        return found


async def run(directory, kind, port):
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    state = State(directory)
    watch = StopWatch(kind != "bare")
    bus = Bus(watch)
    storage = None
    if kind == "stored":
        storage = Storage(state.directory / "readings.db")
        storage.start(loop, bus.relieved, print)
        bus.add(storage)
    sock = open_socket("127.0.0.1", int(port))
    gateway = Gateway(state, Service("gateway", ("sensor",)), bus)
    listener = Listener(loop, sock, gateway.accept, gateway.busy)
    ended = asyncio.Event()
    before = [0, 0.0]

    def on_order():
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin)
            ended.set()
            return
        order = json.loads(line)
        if order["op"] == "mark":
            found = watch.mark(order.get("every", 1))
            if storage:
                # From write to write: there are only a few a second.
                found["written"] = storage.written - before[0]
                found["written_s"] = storage.written_at - before[1]
                before[:] = storage.written, storage.written_at
            found["latency_ms"] = sorted(found["latency_ms"])
            _say(found)
        elif order["op"] == "pids":
            _say([os.getpid(), *gateway.powers.pids()])

    loop.add_reader(sys.stdin, on_order)
    gateway.powers.fill_stock()
    _say({"port": sock.getsockname()[1]})
    await ended.wait()
    listener.close()
    gateway.close()
    if storage:
        storage.close()


def _say(message):
    print(json.dumps(message), flush=True)


def main():
    """See above."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
    tune()
    asyncio.run(run(*sys.argv[1:4]))


if __name__ == "__main__":
    main()
