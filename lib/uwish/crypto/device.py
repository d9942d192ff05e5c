"""The back-end for boards: `cryptolib` and native code, or plain Python where a build has no native
code.
"""

from .dh import PROFILE, KeyExchange
from .ed25519 import public_key, sign, verify
from .gcm import Cipher

__all__ = ("Cipher", "KeyExchange", "PROFILE", "public_key", "sign", "verify")
