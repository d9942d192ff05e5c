"""AES-128-GCM records in place (NIST SP 800-38D, no additional data), from a bare AES block cipher.

`cryptolib` on a board has AES in ECB mode only: counter blocks are made here, encrypted in one call
for up to 256 bytes, and XORed over the data; the hash over the ciphertext is two table look-ups a
byte. The leaves are native code (`_gcm_viper.py`) or plain Python (`_gcm_plain.py`). After
`rekey()` nothing here allocates.

Heap: 528 bytes and an AES key a `Cipher`; one scratch of 320 bytes and its views are shared by all
of them, so a `Cipher` must not be used from an interrupt or from a second thread.
"""

from cryptolib import aes

from ..compat import const

try:
    from ._gcm_viper import advance, counters, cover, digest, load_tables, put_tag, same_tag
except (ImportError, SyntaxError, ValueError):
    from ._gcm_plain import advance, counters, cover, digest, load_tables, put_tag, same_tag

_ECB = const(1)
_TAG = const(16)
_BLOCKS = const(16)  # counter blocks in the scratch; a power of two
_OUTSIDE = "record outside its buffer"
_REDUCE = const(0xE1)  # 1 + x + x^2 + x^7, top bit first

_stream = bytearray(16 * _BLOCKS)
_views = [memoryview(_stream)[: 16 * count] for count in range(_BLOCKS + 1)]
_hash = bytearray(64)


class Cipher:
    """One direction of one connection: a key, and a nonce that counts the records (WIRE.md 2.3)."""

    def __init__(self):
        self._table = bytearray(512)
        self._nonce = bytearray(12)
        self._aes = None

    def rekey(self, secret, off):
        """Key = secret[off:off+16], first nonce = secret[off+16:off+28]; the only call that
        allocates: an AES key, and 2 KB for a moment.
        """
        # The old key goes first, so that both never take room at once.
        self._aes = None
        self._aes = aes(bytes(secret[off : off + 16]), _ECB)
        self._nonce[:] = secret[off + 16 : off + 28]
        self._fill_tables(int.from_bytes(self._aes.encrypt(bytes(16)), "big"))

    def seal(self, buf, off, n):
        """Encrypt `n` bytes of `buf` at `off` in place and write the 16-byte tag after them.

        Like `open`, it raises ValueError when a record does not lie inside its buffer.
        """
        if off < 0 or n < 0 or off + n + _TAG > len(buf):
            raise ValueError(_OUTSIDE)
        # The last part first: at the end the scratch begins with block 0, the mask of the tag.
        first = (n + 15 >> 4) & -_BLOCKS
        while first >= 0:
            self._make_stream(first, n)
            cover(buf, _stream, off, first, n)
            first -= _BLOCKS
        digest(_hash, buf, self._table, off, n)
        put_tag(_hash, _stream, buf, off + n)
        advance(self._nonce)

    def open(self, buf, off, n):
        """Check the tag after the `n` bytes of ciphertext at `off`, then decrypt them in place.

        False, with `buf` and the nonce untouched, when the tag is wrong.
        """
        if off < 0 or n < 0 or off + n + _TAG > len(buf):
            raise ValueError(_OUTSIDE)
        self._make_stream(0, n)
        digest(_hash, buf, self._table, off, n)
        if not same_tag(_hash, _stream, buf, off + n):
            return False
        cover(buf, _stream, off, 0, n)
        first = _BLOCKS
        while first << 4 < n + 16:
            self._make_stream(first, n)
            cover(buf, _stream, off, first, n)
            first += _BLOCKS
        advance(self._nonce)
        return True

    def skip(self):
        """Advance the nonce past a record that is thrown away unread."""
        advance(self._nonce)

    # A function apart: MicroPython takes heap for a call that needs more than 11 locals and
    # temporaries, as `seal` then would.
    def _make_stream(self, first, n):
        view = _views[counters(_stream, self._nonce, first, n)]
        self._aes.encrypt(view, view)

    def _fill_tables(self, h):
        """The multiples of the hash key `h` by four bits: the high four bits of a byte, then the
        low four. A byte's top bit stands for x^0, so bit 3 of a high half is worth h, bit 2 x * h.
        """
        table = self._table
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
                table[o : o + 16] = entry.to_bytes(16, "big")
        load_tables(table)
