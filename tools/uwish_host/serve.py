"""Running a gateway: from a state directory and an address until it is told to stop.

What a gateway has besides, such as storage, is a part: a function that is given what runs (Running)
and returns an asynchronous context manager. Parts are entered one after the other before the first
device is let in, and left in the opposite order after the last one has gone.
"""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys

from .control import ControlServer
from .gateway import Gateway
from .listener import Listener, open_socket, show_address
from .ops.leaving import leave
from .output import Output, Reporter
from .sink import Bus
from .teller import Teller

_STDOUT = 1
# Seconds after which a thread that computes lets others run. The event loop's reaction to a frame
# waits that long for the thread that writes to the database; Python's default is 5 ms.
_SWITCH_S = 0.0005
# How many objects more than before, and how many rounds of that, until Python looks for garbage
# among the new ones, those of some rounds, and all. Everything stands still meanwhile: about a
# microsecond for an object, of which a connection has 40. So few at a time, and all of them seldom:
# connections that are over are no garbage (Remote.dissolve), and little else gets old.
_GARBAGE = (1_000, 5, 100)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Running:
    """For parts: `loop`, `state` (State), `gateway` (Gateway), `bus` (Bus), and `address`, the
    (host, port) devices call. Earlier parts may have left here: `fleet` (fleet.Fleet) and `storage`
    (storage.Storage), which are None without them."""

    def __init__(self, loop, state, gateway, bus, address):
        self.loop = loop
        self.state = state
        self.gateway = gateway
        self.bus = bus
        self.address = address
        self.fleet = None
        self.storage = None

    def warn(self, text):
        """Tell the user, in the event loop."""
        self.bus.event("warning", {"text": text})


async def serve(state, host, port, service, make_tell, parts=(), workers=None):
    """Serve until a signal (see signals), or until nobody reads our output any more.
    `make_tell(stream)` gives what writes an event (see events); `workers` processes compute for
    handshakes (see powers). Everything that keeps it from starting is a Failure."""
    loop = asyncio.get_running_loop()
    tune()
    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as cleanup:
        output = Output(_STDOUT, lambda: loop.call_soon_threadsafe(stop.set))
        cleanup.callback(output.finish)
        tell = Reporter(make_tell(output), output)
        cleanup.enter_context(state.gateway_lock())
        sock = open_socket(host, port)
        cleanup.callback(sock.close)
        bus = Bus(Teller(tell))
        gateway = Gateway(state, service, bus, workers)
        # Twice: it ends before the parts do, which hear of it, and also when one does not start.
        cleanup.callback(gateway.close)
        running = Running(loop, state, gateway, bus, sock.getsockname()[:2])
        for part in parts:
            await cleanup.enter_async_context(part(running))
        cleanup.callback(gateway.close)
        control = ControlServer(state, gateway, running.fleet)
        await control.start()
        cleanup.callback(control.close)
        gateway.powers.fill_stock()
        cleanup.push_async_callback(leave, gateway)
        listener = Listener(loop, sock, gateway.accept, gateway.busy)
        cleanup.callback(listener.close)
        cleanup.enter_context(signals(loop, stop.set, gateway.look_again))
        bus.event("listening", _listening(gateway, sock))
        await stop.wait()
        bus.event("stopping", {"connections": gateway.connection_count()})


@contextlib.contextmanager
def signals(loop, stop, reload):
    """SIGINT and SIGTERM stop the gateway; a second one ends it at once, whatever it is doing.
    SIGHUP has the contacts read again, or stops it too in a terminal, which is going away then."""

    def on_end():
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        stop()

    for number in _SIGNALS:
        loop.add_signal_handler(number, on_end)
    # Under nohup(1) it is ignored, and stays so.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        at_terminal = any(map(os.isatty, (0, 1, 2)))
        loop.add_signal_handler(signal.SIGHUP, stop if at_terminal else reload)
    yield


def _listening(gateway, sock):
    address = show_address(sock.getsockname())
    wildcard = address.startswith(("0.0.0.0:", "[::]:"))
    transport = None if wildcard else f"wish://{address}"
    identity = gateway.identity
    return {
        "address": address,
        "transport": transport,
        "alias": identity.alias,
        "uid": identity.uid.hex(),
        "hid": identity.hid.hex(),
        "sid": gateway.service.sid.hex(),
        "name": gateway.service.name.decode(),
        "protocols": list(gateway.service.protocols),
        "document": identity.document((transport,) if transport else ()).hex(),
        "contacts": len(gateway.contacts),
    }


def tune():
    """What a process with many connections needs: as many open files as the system lets us have,
    short turns of threads, few searches for garbage."""
    sys.setswitchinterval(_SWITCH_S)
    gc.set_threshold(*_GARBAGE)
    # One for each device: the usual soft limit of 1024 would be the first to be hit.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
