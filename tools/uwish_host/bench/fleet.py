"""A process full of simulated devices. It reads one order a line on standard input and answers each
by one line of JSON:

    setup     {identities: [hex dumps], first: NUMBER, uid, public, host, port, kind}
    connect   {at_once: 0 = all} -> connected, seconds, retries, handshake_ms: [one for each]
    cycle     {seconds, at_once}: connect and hang up, over and over -> handshakes, seconds
    send      {rate: frames a second of all, 0 = as fast as they go; seconds} -> sent, full, seconds
    make      {count: of all} -> count: frames are made and sealed, for
    play      {rate, seconds}: and here they go, at that rate -> sent, seconds
    hang_up   {}
    idle      {seconds}: stay connected, answer pings -> connected
    survive   {}: wait until all have lost the gateway and are back -> connected, back_at (seconds
              of CLOCK_MONOTONIC), retries; answers {"ready": true} first

The devices' part of a handshake that real ones do before they dial, the public value, is done
before the clock starts where that is possible: not when they connect again and again.
"""

import heapq
import json
import select
import signal
import sys
import time

from uwish.identity import Identity
from uwish.service import Service
from uwish.stats import Stats

from ..serve import tune
from . import sending
from .device import SimDevice
from .frame import template

_TICK_S = 1.0  # until each device has looked at its deadlines once
_MOST = 0.01  # of all devices, in one turn
_TURN_S = 0.001  # the longest wait between two looks at what is due
_GIVE_UP_S = 120
_LEAVE_S = 0.02


class Gateway:
    """Who is called: `uid` and `public`, 32 bytes each."""

    def __init__(self, uid, public):
        self.uid = uid
        self.public = public


class Fleet:
    """All devices of this process, and the loop that turns them."""

    def __init__(self, order):
        self.service = Service("bench", ("sensor",))
        self.stats = Stats()
        self.gateway = Gateway(bytes.fromhex(order["uid"]), bytes.fromhex(order["public"]))
        self.address = (order["host"], order["port"])
        self._epoll = select.epoll()
        self._by_fd = {}
        self._scratch = bytearray(65536)
        self._due = []  # a heap of (when, number, device): those that come again
        self._new = []  # online since somebody looked
        self._retries = 0
        self._looked_at = time.monotonic()
        self._ticks_due = 0.0
        self._next_ticked = 0
        self._devices = []
        for number, dump in enumerate(order["identities"], order["first"]):
            identity = Identity.load(bytes.fromhex(dump))
            self._devices.append(SimDevice(self, identity, template(order["kind"], number)))

    # What devices ask and tell

    def register(self, device, sock, flags):
        """Watch its socket."""
        self._by_fd[sock.fileno()] = device
        self._epoll.register(sock, flags)

    def modify(self, sock, flags):
        """Watch it for something else."""
        self._epoll.modify(sock, flags)

    def unregister(self, device, sock):
        """Watch it no more."""
        self._epoll.unregister(sock)
        del self._by_fd[sock.fileno()]

    def online(self, device):
        """Its handshake is done, and the gateway's app has shown up."""
        self._new.append(device)

    def ended(self, device, delay_s):
        """The other side has hung up on it, or is not there; it dials again after `delay_s`."""
        self._retries += 1
        heapq.heappush(self._due, (time.monotonic() + delay_s, id(device), device))

    # Orders

    def connect(self, at_once=0):
        """Bring all that are offline online."""
        waiting = [device for device in self._devices if not device.online]
        for device in waiting:
            device.prepare()
        total = len(waiting)
        took_ms = []
        self._new.clear()
        self._retries = 0
        began = time.monotonic()
        under_way = 0
        while len(took_ms) < total and time.monotonic() - began < _GIVE_UP_S:
            while waiting and (not at_once or under_way < at_once):
                waiting.pop().connect(time.monotonic_ns())
                under_way += 1
            self.turn(_TURN_S)
            now_ns = time.monotonic_ns()
            for device in self._new:
                took_ms.append(round((now_ns - device.began_ns) / 1e6, 2))
                under_way -= 1
            self._new.clear()
        seconds = time.monotonic() - began
        return {
            "connected": len(took_ms),
            "seconds": seconds,
            "retries": self._retries,
            "handshake_ms": took_ms,
        }

    def cycle(self, seconds, at_once):
        """Handshake after handshake."""
        idle = list(self._devices)
        self._new.clear()
        done = 0
        under_way = 0
        leaving = []
        began = time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            while under_way < at_once and idle:
                idle.pop().connect(time.monotonic_ns())
                under_way += 1
            self.turn(_TURN_S)
            for device in self._new:
                leaving.append((now + _LEAVE_S, device))
                done += 1
                under_way -= 1
            self._new.clear()
            while leaving and leaving[0][0] < now:
                device = leaving.pop(0)[1]
                device.close()
                idle.insert(0, device)
        took = time.monotonic() - began
        self.hang_up()
        return {"handshakes": done, "seconds": took}

    def send(self, rate, seconds):
        """Frames, each made when it is due."""
        return sending.send(self, self._online(), rate, seconds)

    def make(self, count):
        """Frames, made before they are due."""
        return sending.make(self._online(), count)

    def play(self, rate, seconds):
        """These, when they are due."""
        return sending.play(self, self._online(), rate, seconds)

    def _online(self):
        return [device for device in self._devices if device.online]

    def idle(self, seconds):
        """Only answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn(0.01)
        return {"connected": sum(device.online for device in self._devices)}

    def survive(self):
        """The gateway is about to go, and to come back."""
        for device in self._devices:
            device.prepare()
        gone = len(self._devices)
        back = 0
        self._retries = -gone  # the first loss is no retry
        self._new.clear()
        _say({"ready": True})
        end = time.monotonic() + _GIVE_UP_S
        while back < gone and time.monotonic() < end:
            self.turn(0.01)
            back += len(self._new)
            self._new.clear()
        return {"connected": back, "back_at": time.monotonic(), "retries": self._retries}

    def hang_up(self):
        """All of them."""
        self._due.clear()
        for device in self._devices:
            device.close()
        return {}

    def turn(self, timeout_s):
        """Wait for that long at most, and do what is due."""
        for fd, flags in self._epoll.poll(timeout_s):
            device = self._by_fd.get(fd)
            if device is not None:
                device.on_ready(flags, self._scratch)
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2].connect(time.monotonic_ns())
        self._tick(now)

    def _tick(self, now):
        # A few in each turn, also after a pause: all at once would ping the gateway in one burst,
        # which boards do not.
        count = len(self._devices)
        self._ticks_due += min((now - self._looked_at) / _TICK_S, _MOST) * count
        self._looked_at = now
        due = int(self._ticks_due)
        self._ticks_due -= due
        for _ in range(due):
            self._devices[self._next_ticked].tick()
            self._next_ticked = (self._next_ticked + 1) % count


def main():
    """Obey until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
    tune()
    fleet = None
    for line in sys.stdin:
        order = json.loads(line)
        name = order.pop("op")
        if name == "setup":
            fleet = Fleet(order)
            answer = {}
        else:
            answer = getattr(fleet, name)(**order)
        _say(answer)


def _say(answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
