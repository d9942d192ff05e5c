"""Carries the board's TCP connections while its Wi-Fi is up.

The board connects to a port here, and this to where the board wants to. When the Wi-Fi goes, the
board's side is reset, and the other side left as it is: the far end hears nothing, as from a board
that is out of reach. Once the board is back it knows nothing of that connection, so what the far
end sends then, or has sent meanwhile, is answered with a reset. (One thing is kinder than in the
air: this machine's TCP still acknowledges what the far end sends into the silence.)
"""

import asyncio
import contextlib
import errno
import socket
import struct

_CONNECT_S = 0.5  # how long the board's connect waits for the far end; then it goes on behind it
_ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST
_CHUNK = 16384


class Relays:
    """All connections of the board."""

    def __init__(self, loop):
        self._loop = loop
        self._tasks = {}  # task: its Relay
        self._cut = set()  # ports of those that the radio broke
        self._silent = []  # far ends that nobody answers

    async def open(self, address):
        """The local port behind which `address` (host, port) is; OSError when it refuses."""
        relay = Relay(tuple(address))
        port = await relay.start()
        task = asyncio.ensure_future(relay.run())
        self._tasks[task] = relay
        task.add_done_callback(self._ended)
        return port

    def _ended(self, task):
        # Here too, because a task that is cancelled before its first step never gets to its end.
        self._tasks.pop(task).close()

    def was_cut(self, port):
        """True when the radio broke the connection over this port."""
        return port in self._cut

    def cut(self):
        """The board is out of reach: break all of them on its side only."""
        for task, relay in self._tasks.items():
            if relay.port not in self._cut:
                self._cut.add(relay.port)
                if far := relay.orphan():
                    self._silent.append(far)
                task.cancel()

    def answer(self):
        """The board is back: refuse what the far ends have sent meanwhile, or send later."""
        for far in self._silent:
            self._loop.add_reader(far, self._refuse, far)

    def _refuse(self, far):
        self._loop.remove_reader(far)
        self._silent.remove(far)
        _abort_on_close(far)
        far.close()

    async def close(self):
        """Let go of everything."""
        self.cut()
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        for far in list(self._silent):
            self._refuse(far)


class Relay:
    """One connection to `address`."""

    def __init__(self, address):
        self.port = None
        self._address = address
        self._listener = socket.socket()
        self._near = None
        self._far = socket.socket()
        self._far.setblocking(False)
        self._connecting = None

    async def start(self):
        """Begin to connect and listen for the board; the port. OSError when that is refused."""
        loop = asyncio.get_running_loop()
        self._connecting = asyncio.ensure_future(loop.sock_connect(self._far, self._address))
        await asyncio.wait([self._connecting], timeout=_CONNECT_S)
        error = self._connecting.done() and (self._connecting.exception() or self._to_itself())
        if error:
            self._listener.close()
            self._far.close()
            raise error
        self._listener.setblocking(False)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1)
        self.port = self._listener.getsockname()[1]
        return self.port

    def _to_itself(self):
        # Linux connects a socket to itself when it happens to get the port that it calls.
        if self._far.getsockname() == self._far.getpeername():
            return ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens")
        return None

    async def run(self):
        """Carry until both sides have ended."""
        try:
            await self._accept()
            for sock in (self._near, self._far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._connecting
            await asyncio.gather(
                self._carry(self._near, self._far), self._carry(self._far, self._near)
            )
        except OSError:
            for sock in (self._near, self._far):
                if sock:
                    _abort_on_close(sock)
        finally:
            self._connecting.cancel()
            # Its end takes the socket out of the loop; only then may that be closed.
            await asyncio.wait([self._connecting])

    async def _accept(self):
        # Not sock_accept: when it is cancelled in the moment somebody has come, his socket is lost.
        loop = asyncio.get_running_loop()
        somebody = loop.create_future()
        loop.add_reader(self._listener, lambda: somebody.done() or somebody.set_result(None))
        try:
            await somebody
        finally:
            loop.remove_reader(self._listener)
        self._near, _ = self._listener.accept()
        self._near.setblocking(False)

    def close(self):
        """Close all its sockets."""
        self._connecting.cancel()
        for sock in (self._listener, self._near, self._far):
            if sock:
                sock.close()

    def orphan(self):
        """Let the board's side end by a reset; the far side's socket, to be left alone, if it is
        connected."""
        if self._near:
            _abort_on_close(self._near)
        connecting = self._connecting
        if self._far.fileno() < 0:
            return None  # it has just ended by itself
        if connecting.done() and not connecting.cancelled() and not connecting.exception():
            return self._far.dup()
        return None

    async def _carry(self, source, sink):
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(source, _CHUNK):
            await loop.sock_sendall(sink, data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def _abort_on_close(sock):
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)


async def resolve(host):
    """The IPv4 address of `host`; OSError when it has none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, family=socket.AF_INET)
    except socket.gaierror:
        raise OSError(errno.ENOENT, "no such host") from None
    return found[0][4][0]
