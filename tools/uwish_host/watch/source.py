"""What the gateway says of its fleet, as it comes (fleet/feed.py), for a loop that waits for more
than that."""

import json

from ..control import ControlClient
from ..errors import Failure

_READ = 1 << 18  # bytes at once


class Source:
    """Follows the fleet of the gateway of `state`; `request` are the fields of "watch" (see
    control). A new one for each connection: NotRunning when there is no gateway."""

    def __init__(self, state, **request):
        with ControlClient(state) as client:
            self._sock = client.follow(op="watch", **request)
        self._sock.setblocking(False)
        self._part = b""

    def fileno(self):
        """For select."""
        return self._sock.fileno()

    def close(self):
        """Hang up."""
        self._sock.close()

    def read(self):
        """The messages that have come by now, a list of dicts; None when the gateway has hung up. A
        Failure when it refuses."""
        try:
            data = self._sock.recv(_READ)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            return None
        *lines, self._part = (self._part + data).split(b"\n")
        messages = [json.loads(line) for line in lines]
        for message in messages:
            if "error" in message:
                raise Failure(message["error"])
        return messages
