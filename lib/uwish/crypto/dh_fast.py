"""The fast profile of the key exchange: Montgomery multiplication in native code, in short steps.

Numbers are in Montgomery form, n * 2**3080 mod p, as limbs of `_limbs_viper.py`. While a power is
computed it holds about 4 KB of heap (2 KB for a power of two), all of it garbage afterwards. Not in
constant time: an exponent is used once.
"""

from gc import collect

from ..compat import const
from ._limbs_viper import double, join, multiply, split
from .group15 import Exchange, prime

_LIMBS_SIZE = const(472)  # bytes of a number in limbs with its margins
_NUMBER_SIZE = const(385)  # bytes of 2**3080 - 1
_SHIFT = const(3080)
_TOP_BITS = const(12)  # of the exponent: 2**4095 is reduced in less time than it takes to square
_WINDOW = const(3)
_PER_STEP = const(8)  # squarings between two yields: 7 M instructions


class KeyExchange(Exchange):
    """See `group15.Exchange`."""

    def _power_of_two(self, exponent):
        # A multiplication by two is a shift, so plain square-and-multiply needs no table.
        collect()
        bits = _bits(exponent)
        top = 0
        i = 0
        while i < len(bits) and i < _TOP_BITS:
            top = 2 * top + bits[i]
            i += 1
        x = _limbs((1 << top + _SHIFT) % prime())
        m = bytearray(_LIMBS_SIZE)
        q = _limbs(prime() + 1)
        while i < len(bits):
            multiply(x, 0, x, m, q)
            if bits[i]:
                double(x)
            i += 1
            if not i % _PER_STEP:
                yield 0
        return _number(x, m, q)

    def _power(self, base, exponent):
        # Sliding windows of up to three bits that end in a one need only base, **3, **5 and **7.
        collect()
        odd = [_limbs((base << _SHIFT) % prime())]
        m = bytearray(_LIMBS_SIZE)
        q = _limbs(prime() + 1)
        square = bytearray(odd[0])
        multiply(square, 0, square, m, q)
        while len(odd) < 1 << _WINDOW - 1:
            odd.append(bytearray(odd[-1]))
            multiply(square, 0, odd[-1], m, q)
        yield 0
        # The squares of 1 at the start are spared: x is None as long as it is 1.
        x = None
        bits = _bits(exponent)
        i = 0
        while i < len(bits):
            window = i + 1
            if bits[i]:
                window = min(i + _WINDOW, len(bits))
                while not bits[window - 1]:
                    window -= 1
            value = 0
            while i < window:
                if x:
                    multiply(x, 0, x, m, q)
                value = 2 * value + bits[i]
                i += 1
            if value:
                if x:
                    multiply(odd[value >> 1], 0, x, m, q)
                else:
                    x = square
                    x[:] = odd[value >> 1]
            yield 0
        return _number(x, m, q)


def _bits(exponent):
    """The bits of a positive number, highest first and without leading zeros, a byte each."""
    size = 32
    while exponent >> 8 * size:
        size += 1
    bits = bytearray()
    for byte in exponent.to_bytes(size, "big"):
        for i in range(7, -1, -1):
            bit = byte >> i & 1
            if bit or bits:
                bits.append(bit)
    return bits


def _limbs(number):
    limbs = bytearray(_LIMBS_SIZE)
    split(limbs, number.to_bytes(_NUMBER_SIZE, "little"))
    return limbs


def _number(x, m, q):
    """The number below p whose Montgomery form is `x`, which is used up."""
    multiply(_limbs(1), 0, x, m, q)
    data = bytearray(_NUMBER_SIZE)
    join(x, data)
    return int.from_bytes(data, "little") % prime()
