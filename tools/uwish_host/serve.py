"""Running a gateway: from a state directory and an address until it is told to stop."""

import asyncio
import contextlib
import resource
import signal

from .control import ControlServer
from .gateway import Gateway
from .listener import Listener, open_socket, show_address

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def serve(state, host, port, service, tell):
    """Serve until SIGINT or SIGTERM, or until nobody reads our output any more. Everything that
    keeps it from starting is a Failure."""
    loop = asyncio.get_running_loop()
    _allow_many_files()
    stop = asyncio.Event()
    tell = _Output(tell, stop.set)
    with contextlib.ExitStack() as cleanup:
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


class _Output:
    """Passes events on to `tell` until nobody reads them any more; then `gone()` is called."""

    def __init__(self, tell, gone):
        self._tell = tell
        self._gone = gone
        self._open = True

    def __call__(self, event, fields):
        if self._open:
            try:
                self._tell(event, fields)
            except BrokenPipeError:
                self._open = False
                self._gone()


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
