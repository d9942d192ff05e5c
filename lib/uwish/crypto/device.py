"""The back-end for boards: `cryptolib` and native code, or plain Python where a build has no native
code.

The cipher is needed at any time, key exchange and signatures only for the seconds of a handshake.
Their Python code, some 10 KB, is loaded by the first call and given back by `forget()`. From a
flash file system that costs a read for each handshake; frozen into a board's firmware it costs
nothing, because there the code stays in flash.

Native code is loaded here, once, and stays: on an ESP32 it lies in the RAM for instructions, which
is never given back, and of which Wi-Fi takes its part later.
"""

from ..compat import forget_module
from .dh import PROFILE
from .gcm import Cipher

try:
    from . import _sha512_viper  # noqa: F401
except (ImportError, SyntaxError, ValueError):
    pass  # sha512.py takes its plain twin

_PASSING = "dh_small dh_fast group15 ed25519 edwards _comb sha512"

__all__ = ("Cipher", "KeyExchange", "PROFILE", "forget", "public_key", "sign", "verify")


def KeyExchange(exponent=None):
    """A new key exchange of this board's profile."""
    if PROFILE == "fast":
        from . import dh_fast as dh
    else:
        from . import dh_small as dh
    return dh.KeyExchange(exponent)


def public_key(seed):
    """See `ed25519`."""
    from .ed25519 import public_key as start

    return start(seed)


def sign(seed, public, message):
    """See `ed25519`."""
    from .ed25519 import sign as start

    return start(seed, public, message)


def verify(public, message, signature):
    """See `ed25519`."""
    from .ed25519 import verify as start

    return start(public, message, signature)


def forget():
    """Give back the code that only handshakes need. What is in use stays until it is not."""
    for name in _PASSING.split():
        forget_module("uwish.crypto." + name)


forget()  # what dh.py has tried
