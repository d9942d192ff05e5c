"""The Diffie-Hellman exchange of the handshake (WIRE.md 2.2): RFC 3526 group 15, generator 2.

`Exchange` holds the rules of the protocol; how powers are computed is left to a subclass:
`dh_small.py` (least memory), `dh_fast.py` (native code, in steps) and `host.py` (OpenSSL).
"""

from ..compat import const
from .system import random

_SIZE = const(384)  # bytes of a public value and of the shared secret

# RFC 3526, section 4: 2**3072 - 2**3008 - 1 + 2**64 * (int(2**2942 * pi) + 1690314), big-endian. As
# bytes it stays in flash when the module is frozen, and is made a number only while one is needed.
PRIME = (
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xc9\x0f\xda\xa2\x21\x68\xc2\x34"
    b"\xc4\xc6\x62\x8b\x80\xdc\x1c\xd1\x29\x02\x4e\x08\x8a\x67\xcc\x74"
    b"\x02\x0b\xbe\xa6\x3b\x13\x9b\x22\x51\x4a\x08\x79\x8e\x34\x04\xdd"
    b"\xef\x95\x19\xb3\xcd\x3a\x43\x1b\x30\x2b\x0a\x6d\xf2\x5f\x14\x37"
    b"\x4f\xe1\x35\x6d\x6d\x51\xc2\x45\xe4\x85\xb5\x76\x62\x5e\x7e\xc6"
    b"\xf4\x4c\x42\xe9\xa6\x37\xed\x6b\x0b\xff\x5c\xb6\xf4\x06\xb7\xed"
    b"\xee\x38\x6b\xfb\x5a\x89\x9f\xa5\xae\x9f\x24\x11\x7c\x4b\x1f\xe6"
    b"\x49\x28\x66\x51\xec\xe4\x5b\x3d\xc2\x00\x7c\xb8\xa1\x63\xbf\x05"
    b"\x98\xda\x48\x36\x1c\x55\xd3\x9a\x69\x16\x3f\xa8\xfd\x24\xcf\x5f"
    b"\x83\x65\x5d\x23\xdc\xa3\xad\x96\x1c\x62\xf3\x56\x20\x85\x52\xbb"
    b"\x9e\xd5\x29\x07\x70\x96\x96\x6d\x67\x0c\x35\x4e\x4a\xbc\x98\x04"
    b"\xf1\x74\x6c\x08\xca\x18\x21\x7c\x32\x90\x5e\x46\x2e\x36\xce\x3b"
    b"\xe3\x9e\x77\x2c\x18\x0e\x86\x03\x9b\x27\x83\xa2\xec\x07\xa2\x8f"
    b"\xb5\xc5\x5d\xf0\x6f\x4c\x52\xc9\xde\x2b\xcb\xf6\x95\x58\x17\x18"
    b"\x39\x95\x49\x7c\xea\x95\x6a\xe5\x15\xd2\x26\x18\x98\xfa\x05\x10"
    b"\x15\x72\x8e\x5a\x8a\xaa\xc4\x2d\xad\x33\x17\x0d\x04\x50\x7a\x33"
    b"\xa8\x55\x21\xab\xdf\x1c\xba\x64\xec\xfb\x85\x04\x58\xdb\xef\x0a"
    b"\x8a\xea\x71\x57\x5d\x06\x0c\x7d\xb3\x97\x0f\x85\xa6\xe1\xe4\xc7"
    b"\xab\xf5\xae\x8c\xdb\x09\x33\xd7\x1e\x8c\x94\xe0\x4a\x25\x61\x9d"
    b"\xce\xe3\xd2\x26\x1a\xd2\xee\x6b\xf1\x2f\xfa\x06\xd9\x8a\x08\x64"
    b"\xd8\x76\x02\x73\x3e\xc8\x6a\x64\x52\x1f\x2b\x18\x17\x7b\x20\x0c"
    b"\xbb\xe1\x17\x57\x7a\x61\x5d\x6c\x77\x09\x88\xc0\xba\xd9\x46\xe2"
    b"\x08\xe2\x4f\xa0\x74\xe5\xab\x31\x43\xdb\x5b\xfc\xe0\xfd\x10\x8e"
    b"\x4b\x82\xd1\x20\xa9\x3a\xd2\xca\xff\xff\xff\xff\xff\xff\xff\xff"
)


def prime():
    """The modulus as a number (384 bytes of heap)."""
    return int.from_bytes(PRIME, "big")


class Exchange:
    """One side of one key exchange: used for one handshake, then dropped.

    `exponent` is for tests; without it a fresh one of 256 bits with the top bit set is drawn.
    `public` is None until `prepare()` has run. Nothing returns the exponent.
    """

    def __init__(self, exponent=None):
        if exponent is None:
            exponent = int.from_bytes(random(32), "big") | 1 << 255
        self._exponent = exponent
        self.public = None

    def prepare(self):
        """Generator: make `public` = 2**x (384 bytes, zero padded). Best run before dialling."""
        power = yield from self._power_of_two(self._exponent)
        self.public = power.to_bytes(_SIZE, "big")

    def agree(self, theirs, client):
        """Generator: the 384-byte secret, or None when the other side's public value is no good.

        `theirs` is bytes-like, big-endian, at most 384 bytes; its value must be in 2..p-2. `client`
        tells our role, which matters when the secret Z begins with a zero byte (one exchange in
        256), because a stock core then drops that byte: the client takes the next exponent until it
        does not, which changes `public`; the server follows the core: Z without leading zeros,
        filled up with the tail of the client's public value.
        """
        if len(theirs) > _SIZE:
            return None
        base = int.from_bytes(theirs, "big")
        if base < 2 or base > prime() - 2:
            return None
        if client and self.public is None:
            yield from self.prepare()
        power = yield from self._power(base, self._exponent)
        secret = power.to_bytes(_SIZE, "big")
        if secret[0]:
            return secret
        if client:
            return self._next_exponent(power, base)
        zeros = 1
        while not secret[zeros]:
            zeros += 1
        return secret[zeros:] + base.to_bytes(_SIZE, "big")[-zeros:]

    def _next_exponent(self, power, base):
        """x += 1 until the secret begins with no zero byte: a multiplication a power."""
        modulus = prime()
        public = int.from_bytes(self.public, "big")
        while not power >> 8 * (_SIZE - 1):
            self._exponent += 1
            public = 2 * public % modulus
            power = power * base % modulus
        self.public = public.to_bytes(_SIZE, "big")
        return power.to_bytes(_SIZE, "big")

    def _power_of_two(self, exponent):
        """Generator: 2**exponent mod p."""
        return self._power(2, exponent)
