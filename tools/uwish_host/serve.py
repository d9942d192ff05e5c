"""Running a gateway: from a state directory and an address until it is told to stop."""

import asyncio
import contextlib
import resource
import signal

from .control import ControlServer
from .gateway import Gateway
from .listener import Listener, open_socket, show_address
from .output import Output, Reporter

_STDOUT = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def serve(state, host, port, service, make_tell):
    """Serve until SIGINT or SIGTERM, or until nobody reads our output any more. `make_tell(stream)`
    gives what writes an event (see events). Everything that keeps it from starting is a Failure."""
    loop = asyncio.get_running_loop()
    _allow_many_files()
    stop = asyncio.Event()
    with contextlib.ExitStack() as cleanup:
        output = Output(_STDOUT, lambda: loop.call_soon_threadsafe(stop.set))
        cleanup.callback(output.finish)
        tell = Reporter(make_tell(output), output)
        cleanup.enter_context(state.gateway_lock())
        sock = open_socket(host, port)
        cleanup.callback(sock.close)
        gateway = Gateway(state, service, tell)
        cleanup.callback(gateway.close)
        control = ControlServer(state, gateway)
        await control.start()
        cleanup.callback(control.close)
        listener = Listener(loop, sock, gateway.accept)
        cleanup.callback(listener.close)
        for number in _SIGNALS:
            loop.add_signal_handler(number, stop.set)
        tell("listening", _listening(gateway, sock))
        await stop.wait()


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


def _allow_many_files():
    # One for each device: the usual soft limit of 1024 would be the first to be hit.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
