"""The small profile of the key exchange: the interpreter's own three-argument `pow`.

Least memory and no native code, but each power is one call that cannot be interrupted (about 3.6 s
on an ESP32).
"""

from gc import collect

from .group15 import Exchange, prime


class KeyExchange(Exchange):
    """See `group15.Exchange`; `prepare()` and `agree()` each block for one power."""

    def _power(self, base, exponent):
        # The working numbers need whole stretches of heap: make room first, and give it back at
        # once.
        collect()
        yield 0
        result = pow(base, exponent, prime())
        collect()
        yield 0
        return result
