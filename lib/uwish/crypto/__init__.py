"""The cryptography of uwish behind one small interface; this import chooses the back-end.

CPython gets `host.py`, on the `cryptography` package; MicroPython `device.py`, on `cryptolib`.

    random(n)              n bytes from the system
    sha256(data)           32 bytes
    Cipher()               AES-128-GCM in place, one direction of one connection:
                           rekey, seal, open, skip
    KeyExchange(exponent)  Diffie-Hellman in RFC 3526 group 15: prepare, agree, public
    public_key(seed)       Ed25519 (RFC 8032), as are the next two
    sign(seed, public, message)
    verify(public, message, signature)
    forget()               a handshake is over, or done with its key exchange: a board gives back
                           the memory of what is not needed until the next
    run(generator)         runs one of the generators to its end at once, returns its value
    PROFILE                "host", or the device's key exchange: "small" or "fast"

Long operations (prepare, agree, public_key, sign, verify) are generators that yield 0 between short
steps and return their result: `signature = yield from sign(...)`. On a host they never yield.

The two key exchanges of a device give the same bytes:

    small  the interpreter's `pow`: least memory; each of the two powers is one call of some
           3.6 s on an ESP32 that cannot be interrupted
    fast   native code in steps of at most 10 M instructions, so that a watchdog can be fed; less
           than half the time; 6 KB more of code (.mpy) and 4 KB of heap while it runs

A device takes `fast` when its files are there, native code works and the heap has room at this
import, else `small`. A board decides for itself by a module `uwish_board` with the line
`dh_profile = "small"`, or `"fast"`: then the room is not asked for.
"""

from sys import implementation

from .system import random, sha256

if implementation.name == "micropython":
    from .device import PROFILE, Cipher, KeyExchange, forget, public_key, sign, verify
else:
    from .host import PROFILE, Cipher, KeyExchange, forget, public_key, sign, verify

__all__ = (
    "PROFILE",
    "Cipher",
    "KeyExchange",
    "forget",
    "public_key",
    "random",
    "run",
    "sha256",
    "sign",
    "verify",
)


def run(generator):
    """Run a generator to its end and return its value."""
    try:
        while True:
            next(generator)
    except StopIteration as stop:
        return stop.value
