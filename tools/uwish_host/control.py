"""The control socket: how commands reach a running gateway.

A Unix socket in the state directory, for its owner only. Each request is one line of JSON, and so
is its answer:

    {"op": "send", "device": TEXT, "data": HEX (, "protocol": TEXT) (, "service": TEXT)}
                            -> {"status": 200 | 404 | 413 | 507 (, "peer": {...}) (, "text": TEXT)}
    {"op": "online"}        -> {"online": [peer and "from", its address and port, ...]}
    {"op": "reload"}        -> {"contacts": COUNT}
    {"op": "waiting"}       -> {"waiting": [uid, ...]}  those whose friend requests wait here
    {"op": "answer", "uid": HEX, "accept": BOOL}
                            -> {"answered": BOOL}        after the contacts were changed
    {"op": "watch" (, "every_s": SECONDS) (, "name": PATTERN) (, "whole": BOOL)}
                            -> lines until the caller hangs up: see fleet/feed.py

What cannot be done is answered by {"error": TEXT}.
"""

import asyncio
import contextlib
import json
import os
import socket

from .errors import Failure
from .fleet import feed
from .names import peer_fields
from .route import find_peer

_LINE = 262144  # bytes; more than a command line can say
_PATH = 100  # bytes; the kernel takes 107


class ControlServer:
    """Serves `gateway` on the control socket of `state`, and its `fleet` (fleet.Fleet)."""

    def __init__(self, state, gateway, fleet=None):
        self._path = state.control_path
        self._gateway = gateway
        self._fleet = fleet
        self._server = None
        self._callers = set()
        self._operations = {
            "send": self._send,
            "online": self._online,
            "reload": self._reload,
            "waiting": self._waiting,
            "answer": self._answer_friend,
        }

    async def start(self):
        """Listen. The caller holds the gateway's lock, so a socket that is there is a dead one."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        sock = socket.socket(socket.AF_UNIX)
        try:
            with short_path(self._path) as path:
                sock.bind(path)
            os.chmod(self._path, 0o600)
            self._server = await asyncio.start_unix_server(self._serve, sock=sock, limit=_LINE)
        except OSError as error:
            sock.close()
            raise Failure(f"cannot make {self._path}: {error.strerror}") from None

    def close(self):
        """Stop, hang up on everybody, and take the socket away."""
        self._server.close()
        for task in self._callers:
            task.cancel()
        with contextlib.suppress(OSError):
            self._path.unlink()

    async def _serve(self, reader, writer):
        async def say(answer):
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()

        self._callers.add(asyncio.current_task())
        # ValueError: the line is too long. Whoever cancels this wants no more than its end.
        with contextlib.suppress(OSError, ValueError, asyncio.CancelledError):
            while line := await reader.readline():
                await self._answer(line, say)
        self._callers.discard(asyncio.current_task())
        writer.close()

    async def _answer(self, line, say):
        try:
            request = json.loads(line)
            if request["op"] == "watch":
                await self._watch(request, say)
            else:
                await say(self._operations[request["op"]](request))
        except Failure as failure:
            await say({"error": str(failure)})
        except (KeyError, TypeError, ValueError, RecursionError):
            await say({"error": "no such request"})

    async def _watch(self, request, say):
        if self._fleet is None:
            raise Failure("this gateway keeps no list of its devices")
        options = {key: request[key] for key in ("every_s", "name", "whole") if key in request}
        await feed(self._fleet, say, **options)

    def _send(self, request):
        payload = bytes.fromhex(request["data"])
        link, peer, text = find_peer(
            self._gateway.online(),
            self._gateway.contacts,
            request["device"],
            request.get("protocol"),
            request.get("service"),
        )
        if peer is None:
            return {"status": 404, "text": text}
        status = self._gateway.send(link, peer, payload)
        return {"status": status, "peer": peer_fields(peer, link.alias)}

    def _online(self, request):
        found = []
        for link, peer in self._gateway.online():
            found.append({**peer_fields(peer, link.alias), "from": link.address})
        return {"online": found}

    def _waiting(self, request):
        friends = self._gateway.friends
        return {"waiting": [uid.hex() for uid in friends.waiting()] if friends else []}

    def _answer_friend(self, request):
        self._gateway.reload_contacts()
        friends = self._gateway.friends
        uid, accept = bytes.fromhex(request["uid"]), bool(request["accept"])
        return {"answered": friends is not None and friends.answer(uid, accept)}

    def _reload(self, request):
        self._gateway.reload_contacts()
        return {"contacts": len(self._gateway.contacts)}


class ControlClient:
    """One conversation with the gateway of `state`; `request` answers with a dict."""

    def __init__(self, state, timeout_s=10):
        state.require()
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(timeout_s)
        try:
            with short_path(state.control_path) as path:
                self._sock.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            self._sock.close()
            raise NotRunning(
                f"no gateway runs with the state in {state.directory}: start `uwish gateway`"
            ) from None
        except OSError as error:
            self._sock.close()
            raise Failure(f"cannot reach the gateway by {state.control_path}: {error}") from None
        self._lines = self._sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lines.close()
        self._sock.close()

    def request(self, **fields):
        """The gateway's answer; a Failure when it answers with an error, or not at all."""
        try:
            self._sock.sendall(json.dumps(fields).encode() + b"\n")
            answer = json.loads(self._lines.readline())
        except (OSError, ValueError):
            raise Failure("the gateway gave no answer: is it stopping, or busy?") from None
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def follow(self, **fields):
        """Send a request with endless answers: a socket to read them from, a line of JSON each. It
        is the caller's to close."""
        try:
            self._sock.sendall(json.dumps(fields).encode() + b"\n")
        except OSError:
            raise Failure("the gateway takes no request: is it stopping, or busy?") from None
        return self._sock.dup()


class NotRunning(Failure):
    """There is no gateway to talk to."""


@contextlib.contextmanager
def short_path(path):
    """`path` of a socket, short enough for the kernel however deep the directory lies."""
    if len(os.fsencode(path)) <= _PATH:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
