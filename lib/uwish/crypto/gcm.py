"""AES-128-GCM records in place (NIST SP 800-38D, no additional data), from a bare AES block cipher.

`cryptolib` on a board has AES in ECB mode only: counter blocks are made here, encrypted in one call
for 240 bytes of data and the mask of the tag, and XORed over the data; the hash over the ciphertext
is two table look-ups a byte. The leaves are native code (`_gcm_viper.py`) or plain Python
(`_gcm_plain.py`). After `rekey()` nothing here allocates.

Heap: 528 bytes and an AES key a `Cipher`; one scratch of 320 bytes and its views are shared by all
of them, so a `Cipher` must not be used from an interrupt or from a second thread.
"""

from builtins import len  # found at once: builtins are looked for after all else

from cryptolib import aes

from ..compat import const

try:
    from ._gcm_viper import ORDER, counters, cover, tag
except (ImportError, SyntaxError, ValueError):
    from ._gcm_plain import ORDER, counters, cover, tag

_ECB = const(1)
_TAG = const(16)
_PART = const(240)  # bytes of data for one call of the block cipher
_OUTSIDE = "record outside its buffer"
_REDUCE = const(0xE1)  # 1 + x + x^2 + x^7, top bit first

# What a cipher keeps: the tables of the hash, the nonce, and whether a record was made with it.
_NONCE = const(512)
_USED = const(524)
_STATE = const(528)

# Key stream first: the mask of the tag, then 15 blocks for the data; 64 bytes for the hash behind.
_scratch = bytearray(320)
_views = [memoryview(_scratch)[: 16 + 16 * count] for count in range(16)]


class Cipher:
    """One direction of one connection: a key, and a nonce that counts the records (WIRE.md 2.3)."""

    def __init__(self):
        self._state = bytearray(_STATE)
        self._aes = None

    def rekey(self, secret, off):
        """Key = secret[off:off+16], first nonce = secret[off+16:off+28]; the only call that
        allocates: an AES key, and 2 KB for a moment.
        """
        # The old key goes first, so that both never take room at once.
        self._aes = None
        self._aes = aes(bytes(secret[off : off + 16]), _ECB)
        self._state[_NONCE:_USED] = secret[off + 16 : off + 28]
        self._state[_USED] = 0
        self._fill_tables(int.from_bytes(self._aes.encrypt(bytes(16)), "big"))

    def seal(self, buf, off, n):
        """Encrypt `n` bytes of `buf` at `off` in place and write the 16-byte tag after them.

        Like `open`, it raises ValueError when a record does not lie inside its buffer.
        """
        # Few locals, here and in `open`: MicroPython takes the frame of a function with more than
        # eleven slots from the heap.
        if off < 0 or n < 0 or off + n + _TAG > len(buf):
            raise ValueError(_OUTSIDE)
        blocks = counters(_scratch, self._state, 0, n)
        self._aes.encrypt(_views[blocks], _scratch)
        cover(_scratch, buf, self._state, off, n)
        if n > _PART:
            self._cover_rest(buf, off, n)
        tag(_scratch, buf, self._state, off, n)

    def open(self, buf, off, n):
        """Check the tag after the `n` bytes of ciphertext at `off`, then decrypt them in place.

        False, with `buf` and the nonce untouched, when the tag is wrong.
        """
        if off < 0 or n < 0 or off + n + _TAG > len(buf):
            raise ValueError(_OUTSIDE)
        blocks = counters(_scratch, self._state, 0, n)
        self._aes.encrypt(_views[blocks], _scratch)
        if not tag(_scratch, buf, self._state, off, n):
            return False
        cover(_scratch, buf, self._state, off, n)
        if n > _PART:
            self._cover_rest(buf, off, n)
        return True

    def skip(self):
        """Advance the nonce past a record that is thrown away unread."""
        counters(_scratch, self._state, 0, 0)
        self._state[_USED] = 1

    def _cover_rest(self, buf, off, n):
        at = _PART
        while at < n:
            blocks = counters(_scratch, self._state, at, n)
            self._aes.encrypt(_views[blocks], _scratch)
            cover(_scratch, buf, self._state, off + at, n - at)
            at += _PART

    def _fill_tables(self, h):
        """The multiples of the hash key `h` by four bits: the high four bits of a byte, then the
        low four. A byte's top bit stands for x^0, so bit 3 of a high half is worth h, bit 2 x * h.
        """
        table = self._state
        for half in (256, 0):
            powers = []
            for _ in range(4):
                powers.insert(0, h)
                h = h >> 1 ^ (_REDUCE << 120 if h & 1 else 0)
            for n in range(16):
                entry = 0
                for bit in range(4):
                    if n >> bit & 1:
                        entry ^= powers[bit]
                o = half + 16 * n
                for shift in (96, 64, 32, 0):
                    table[o : o + 4] = (entry >> shift & 0xFFFFFFFF).to_bytes(4, ORDER)
                    o += 4
