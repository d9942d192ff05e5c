"""The device back-end of uwish.crypto in parts, for tests: also on CPython, also in plain Python.

On CPython the pure parts run as they are; `cryptolib`, the AES of a board, is made from the
`cryptography` package.
"""

import sys

MICROPYTHON = sys.implementation.name == "micropython"

if not MICROPYTHON:
    from cryptography.hazmat.primitives.ciphers import Cipher as _Cipher
    from cryptography.hazmat.primitives.ciphers import algorithms, modes

    class _Aes:
        """`cryptolib.aes(key, 1)`: ECB; the output may be the input."""

        def __init__(self, key, mode):
            assert mode == 1
            self._encryptor = _Cipher(algorithms.AES(key), modes.ECB()).encryptor()

        def encrypt(self, data, out=None):
            result = self._encryptor.update(bytes(data))
            if out is None:
                return result
            out[: len(result)] = result
            return out

    class _Cryptolib:
        aes = _Aes

    sys.modules.setdefault("cryptolib", _Cryptolib)

from uwish.crypto import _gcm_plain, _sha512_plain, dh_small, ed25519, gcm, sha512  # noqa: E402

_GCM_LEAVES = ("ORDER", "counters", "cover", "tag")


def exchanges():
    """Every key exchange of a device that this interpreter can run."""
    if MICROPYTHON:
        from uwish.crypto import dh_fast

        return (dh_small.KeyExchange, dh_fast.KeyExchange)
    return (dh_small.KeyExchange,)


def is_native():
    """Whether the leaves in use are native code."""
    return gcm.tag is not _gcm_plain.tag and sha512.compress is not _sha512_plain.compress


class Plain:
    """Put the plain twins in the place of native code until `restore`."""

    def __init__(self):
        self._saved = [(name, getattr(gcm, name)) for name in _GCM_LEAVES]
        self._compress = sha512.compress
        for name in _GCM_LEAVES:
            setattr(gcm, name, getattr(_gcm_plain, name))
        sha512.compress = _sha512_plain.compress

    def restore(self):
        for name, function in self._saved:
            setattr(gcm, name, function)
        sha512.compress = self._compress


__all__ = ("MICROPYTHON", "Plain", "ed25519", "exchanges", "gcm", "is_native", "sha512")
