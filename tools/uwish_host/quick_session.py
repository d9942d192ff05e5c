"""A session that knows what almost all messages look like.

A device's `send` is always the same bytes but for four lengths, the service ids and the payload
(uwish.service). Those are recognised as a whole: seven comparisons instead of a walk through BSON.
Whatever differs in the slightest takes the long way, which decides alone what is right.
"""

import struct

from uwish.reasons import NONE
from uwish.session import Session

# Offsets in a `send` (WIRE.md 3.1): the sender's service id, and what comes after it. Where the
# payload's length field begins depends on the protocol's name.
THEIRS = 44
_MIDDLE = 76
END = b"\0\0\0"


class SendLayout:
    """What a frame to `service` looks like in protocol `index`."""

    def __init__(self, service, index):
        self.index = index
        self.head = len(service.templates[index])
        # document{ "req"{ "op", "args"[ "0" their id, "1" our id and "2" the protocol, "3" payload.
        # The template names our service in both places: as seen from the device, the second counts.
        middle = self.head - _MIDDLE - 5
        self.unpack = struct.Struct(f"<i5si19si8s32s{middle}siB").unpack_from
        found = self.unpack(service.templates[index])
        self.request, self.operation, self.first, self.middle = (found[i] for i in (1, 3, 5, 7))


class QuickSession(Session):
    """A Session; `layouts` are those of its service. `look` is how the last frame that went the
    short way began, up to its payload (None when there was none yet), `size` what it measured in
    all, `index` its protocol."""

    def __init__(self, connection, service, owner, stats, layouts):
        super().__init__(connection, service, owner, stats)
        self.look = None
        self.size = self.index = 0
        self._layouts = layouts

    def receive(self, buf, n):
        """See Session; `buf` holds nothing else (LeanReader)."""
        for layout in self._layouts:
            if n >= layout.head + 3:
                document, request, inner, operation, args, first, _, middle, size, kind = (
                    layout.unpack(buf)
                )
                if (
                    document == n
                    and size == n - layout.head - 3
                    and middle == layout.middle
                    and args == n - 34
                    and inner == n - 10
                    and request == layout.request
                    and operation == layout.operation
                    and first == layout.first
                    and kind == 0
                    and buf.endswith(END)
                ):
                    self.look = buf[: layout.head]
                    self.size = n
                    self.index = layout.index
                    self._owner.on_frame(
                        self._connection, layout.index, buf, THEIRS, layout.head, size
                    )
                    return NONE
        return super().receive(buf, n)
