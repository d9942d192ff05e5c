"""One connection, without a socket and without a clock: bytes and `now` (ms modulo 2**30) go in,
bytes come out.

    IDLE --start--> HANDSHAKE --done--> RUNNING
      ^                 |                  |
      +---- reset ------+---- CLOSED <-----+

Everything that stays is made in `__init__`. `want` says how many bytes can be used now: none in the
middle of long arithmetic, and no more than there are places for answers, so that a peer that asks
and never reads is not read from either. A connection that was closed for a reason stays closed
until `reset`.
"""

from . import crypto
from .compat import claim, compose, const, copy, elapsed, forget_module, sweep
from .phases import BUSY, FLIGHT, FRAMES, HELLO
from .reasons import (
    BAD_RECORD,
    BAD_TAG,
    HANDSHAKE_TIMEOUT,
    LOST,
    NO_MEMORY,
    NONE,
    REFUSED,
    SILENT,
    STALLED,
)
from .record import (
    BROKEN_TAG,
    COMPLETE,
    NOTHING,
    OVERHEAD,
    SKIPPED,
    RecordReader,
    Window,
)
from .service import FRAME_OVERHEAD
from .session import Session

IDLE = const(0)
HANDSHAKE = const(1)
RUNNING = const(2)
CLOSED = const(3)

_MIN_RX = const(640)  # a handshake's largest record (518 bytes) and some more

# Bytes on the wire of anything that must be answered: nothing smaller exists.
_SMALLEST_REQUEST = const(40)

PING_MS = const(10000)  # of silence, then we ask
SILENT_MS = const(40000)  # of silence, then we give up
STALLED_MS = const(20000)  # without the other side taking a byte that waits
HANDSHAKE_MS = const(30000)  # in all; our own arithmetic takes some seconds of it on a board


class Connection:
    """`owner` is asked and told: owner.authorise(connection, uid) -> bool (server role),
    owner.accepts(connection) -> bool (is the host that answered wanted), owner.on_service and
    owner.on_frame (see Session). `rx_size` bounds the largest incoming record in bytes,
    `payload_size` the largest outgoing frame.

    To read: `state`; `is_open`, from start to close; `running`, established; `ruid` and, from
    RUNNING on, `rhid`, the remote's ids as bytes."""

    def __init__(self, index, service, owner, frames, stats, rx_size, payload_size):
        if rx_size < _MIN_RX:
            raise ValueError("rx_size must be at least %d bytes" % _MIN_RX)
        self.index = index
        self.state = IDLE
        self.reason = NONE
        self.phase = HELLO
        self.banned = False
        self.last_frame = 0  # when the app last sent or received one; kept by the owner
        self.key = bytearray(96)  # luid, ruid, rhid
        self.taken = 0  # bytes used by the last `receive`
        self.public = None  # the remote identity's Ed25519 key
        self.reader = RecordReader(rx_size, crypto.Cipher())
        self.window = Window(max(payload_size + FRAME_OVERHEAD, FLIGHT), crypto.Cipher())
        self.session = Session(self, service, owner, stats)
        self._owner = owner
        self._frames = frames
        self._service = service
        self._stats = stats
        self._calling = False  # client role
        self._handshake = None
        self._wanted = BUSY
        self._deadline_ms = HANDSHAKE_MS
        self._started = 0
        self._last_in = 0
        self._last_out = 0
        self._pinged = False

    def __getattr__(self, name):
        # No properties: a class that has any makes MicroPython look for more at every store.
        if name == "is_open":
            return self.state == RUNNING or self.state == HANDSHAKE
        if name == "running":
            return self.state == RUNNING
        if name == "ruid":
            return bytes(self.key[32:64])
        if name == "rhid":
            return bytes(self.key[64:96])
        raise AttributeError(name)

    def call(self, identity, uid, public, exchange, now):
        """Start as client towards the contact (uid, public); `exchange` is a prepared
        KeyExchange."""
        from .handshake import as_client

        copy(self.key, 32, uid, 0, 32)
        self.public = public
        self._calling = True
        self._start(identity, as_client(self, identity, exchange), now)

    def answer(self, identity, exchange, now, deadline_ms=HANDSHAKE_MS):
        """Start as server: somebody called."""
        from .answering import as_server

        self._calling = False
        self._start(identity, as_server(self, identity, exchange), now)
        self._deadline_ms = deadline_ms

    def authorise(self, uid):
        """Whether the identity `uid` may connect; the owner sets `public` if so."""
        copy(self.key, 32, uid, 0, 32)
        return self._owner.authorise(self, uid)

    def accepts_host(self):
        """Whether the host that answered is one we want."""
        return self._owner.accepts(self)

    def want(self):
        """How many bytes can be used now. Whoever reads no more than that never has to keep any."""
        if self.state == RUNNING:
            free = self.session.replies.free()
            return self.reader.missing() + (free - 1) * _SMALLEST_REQUEST if free else 0
        if self.state == HANDSHAKE and self._wanted != BUSY:
            return self.reader.missing()
        return 0

    def receive(self, data, off, n, now):
        """Use up to `n` bytes of `data` at `off`; `taken` says how many. When there are fewer, or
        the owner's handler has raised, the rest is to be offered again later; nothing is lost."""
        self.taken = 0
        if n:
            self._last_in = now
            self._pinged = False
        # Few locals: MicroPython takes the frame of a function with more than eleven slots from the
        # heap.
        while n and self.want():
            used = self.reader.take(data, off, n)
            # Counted before a handler may raise: what is used stays used.
            self.taken += used
            off += used
            n -= used
            if self.reader.outcome != NOTHING:
                self._use(self.reader)

    def _use(self, reader):
        # A record is complete, or never will be.
        outcome = reader.outcome
        reason = NONE
        if outcome == COMPLETE:
            if self.state == RUNNING:
                reason = self.session.receive(reader.buf, reader.size)
            else:
                self._advance()
        elif outcome == SKIPPED:
            self._stats.oversized += 1
            if self.state == RUNNING:
                self.session.refuse_oversized()
            else:
                reason = BAD_RECORD
        else:
            reason = BAD_TAG if outcome == BROKEN_TAG else BAD_RECORD
        if reason:
            self.close(reason)

    def step(self):
        """Go on with long arithmetic; True while there is more of it."""
        if self.state != HANDSHAKE or self._wanted != BUSY:
            return False
        self._advance()
        return self.state == HANDSHAKE and self._wanted == BUSY

    def write(self):
        """Fill the window with what has to be said and then with waiting frames. What it then holds
        is for the network: window.buf[window.start:window.end]; False when that is nothing."""
        # Nothing is added to a window that is partly sent: the frames' headers say where their
        # records end, counted from its start.
        frames = self._frames
        if self.state == RUNNING and not self.window.start:
            if self.session.replies.pending:
                self.session.replies.write(self.window)
            if frames.used:
                off = claim(frames.buf, 0, frames.used, frames.route, self.index + 1)
                while off >= 0:
                    off = self._seal(off)
        return self.window.end > 0

    def _seal(self, off):
        # The frame at `off` goes into the window: where the next one is that waits, -1 when there
        # is none, or no room. Few locals and calls: this is the hot path, and MicroPython takes the
        # frame of a function with more than eleven slots from the heap.
        peer = self._frames.peers[self._frames.buf[off]]
        n = compose(
            self.window.buf,
            self.window.end,
            self._service.templates[peer.protocol_index],
            peer.key,
            self._frames.buf,
            off,
        )
        if not n:
            return -1
        self.window.cipher.seal(self.window.buf, self.window.end + 2, n)
        self.window.end += n + OVERHEAD
        return claim(self._frames.buf, off, self._frames.used, self._frames.route, self.index + 1)

    def sent(self, n, now):
        """The network took `n` bytes from the window: True when that was all of it and there may be
        more to write."""
        # What window and send buffer have to do is written out: a call costs as much as all of it.
        self._last_out = now
        window = self.window
        n += window.start
        if n != window.end:
            window.start = n
            return False
        window.end = 0
        if window.start:  # a store costs more than a look
            window.start = 0
        frames = self._frames
        if frames.used:
            n = sweep(frames.buf, frames.used, self.index + 1, 0xFFFF)
            frames.used = n & 0xFFFF
            n >>= 16
            if n:
                self._stats.sent += n
                self.last_frame = now
        return frames.used > 0 or self.session.replies.pending

    def tick(self, now):
        """Check the deadlines; the milliseconds until the next one."""
        if self.state == HANDSHAKE:
            left = self._deadline_ms - elapsed(now, self._started)
            if left <= 0:
                self.close(HANDSHAKE_TIMEOUT)
            return max(left, 0)
        if self.state != RUNNING:
            return SILENT_MS
        if not self.window.end:
            self._last_out = now
        elif elapsed(now, self._last_out) >= STALLED_MS:
            self.close(STALLED)
            return 0
        quiet = elapsed(now, self._last_in)
        if quiet >= SILENT_MS:
            self.close(SILENT)
            return 0
        if quiet < PING_MS:
            return PING_MS - quiet
        if not self._pinged:
            self._pinged = True
            self.session.replies.ping()
            return 0
        return SILENT_MS - quiet

    def close(self, reason):
        """End it. Frames that were not handed over whole wait again; the first reason given
        stays."""
        if self.state == CLOSED or self.state == IDLE:
            return
        self.state = CLOSED
        self.reason = reason
        self._forget_handshake()
        self._stats.sent += self._frames.rewind(self.index, self.window.start)
        self.window.clear()

    def lost(self, broken=False):
        """The other side has closed it; or with `broken` it was reset, or the network failed."""
        # A host that does not know us hangs up right after our hello, without a word (WIRE.md 2.1).
        # One that crashes then, or a balancer behind which nobody is left, resets it instead.
        refused = self.state == HANDSHAKE and self.phase == HELLO and self._calling and not broken
        self.close(REFUSED if refused else LOST)

    def reset(self):
        """Make it ready for another start."""
        self.state = IDLE
        self.reason = NONE

    def _start(self, identity, handshake, now):
        copy(self.key, 0, identity.uid, 0, 32)
        self.state = HANDSHAKE
        self.reason = NONE
        self.banned = False
        self.reader.clear()
        self.window.clear()
        self._handshake = handshake
        self._deadline_ms = HANDSHAKE_MS
        self._started = now
        self._last_in = now
        self._last_out = now
        self.last_frame = now
        self._advance()

    def _advance(self):
        try:
            self._wanted = next(self._handshake)
            if self._wanted > 0:
                self.reader.want_raw(self._wanted)
        except MemoryError:
            self.close(NO_MEMORY)
        except StopIteration as end:
            self._forget_handshake()
            if end.value == NONE:
                self.phase = FRAMES
                self.state = RUNNING
                self.session.start()
            else:
                self.close(end.value)

    def _forget_handshake(self):
        # On a board it is read from flash for each connection: the room is needed otherwise.
        if self._handshake is not None:
            self._handshake = None
            forget_module("uwish.handshake")
            crypto.forget()
