"""The control socket of a running virtual board: lines of JSON, as controls.py lists them, each
answered by one; what cannot be done by {"error": TEXT}.
"""

import asyncio
import contextlib
import json
import os
import socket

from ..control import short_path
from ..errors import Failure

NAME = "control.sock"
_LINE = 65536  # bytes


class ControlServer:
    """Serves `controls` on a socket in `directory`, for its owner only."""

    def __init__(self, directory, controls):
        self._path = directory / NAME
        self._controls = controls
        self._server = None

    async def start(self):
        """Listen. The caller holds the directory's lock, so a socket that is there is dead."""
        self._path.unlink(missing_ok=True)
        sock = socket.socket(socket.AF_UNIX)
        with short_path(self._path) as path:
            sock.bind(path)
        os.chmod(self._path, 0o600)
        self._server = await asyncio.start_unix_server(self._serve, sock=sock, limit=_LINE)

    def close(self):
        """Stop, and take the socket away."""
        self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    def _answer(self, line):
        try:
            request = json.loads(line)
            return self._controls.answer(request if isinstance(request, dict) else {})
        except Failure as failure:
            return {"error": failure.message}
        except ValueError:
            return {"error": "no JSON"}


def ask(directory, **request):
    """The answer of the board that runs with `directory`; Failure when there is none, or it
    refuses."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        try:
            with short_path(directory / NAME) as path:
                sock.connect(path)
            sock.sendall(json.dumps(request).encode() + b"\n")
            with sock.makefile("rb") as lines:
                answer = json.loads(lines.readline())
        except (FileNotFoundError, ConnectionRefusedError):
            raise Failure(
                f"no virtual board runs with {directory}: start `uwish sim --state {directory}`"
            ) from None
        except (OSError, ValueError) as error:
            raise Failure(f"the virtual board gave no answer: {error}") from None
    if "error" in answer:
        raise Failure(answer["error"])
    return answer
