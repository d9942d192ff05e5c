"""One worker of powers.py: reads a base and an exponent, answers with the power, until its standard
input (a socket) ends, which it does at the latest with the gateway."""

import contextlib
import os
import signal
import struct
import sys

from uwish import crypto

REQUEST = struct.Struct(">384s32s")  # base, exponent, big-endian
ANSWER = 384  # bytes: the power, big-endian
_NICE = 5  # frames of those who are here go before those who come


class _Exchange(crypto.KeyExchange):
    def of(self, base, exponent):
        return crypto.run(self._power(base, exponent))


def power(base, exponent):
    """base**exponent in the group of the key exchange (RFC 3526, 3072 bits)."""
    return _Exchange(exponent).of(base, exponent)


def main():
    """See above."""
    # Ctrl-C in a terminal goes to all processes in it, as does the end of the terminal, and what
    # timeout(1) sends. The gateway ends its workers itself, and needs them until then.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    while len(request := sys.stdin.buffer.read(REQUEST.size)) == REQUEST.size:
        base, exponent = (int.from_bytes(part, "big") for part in REQUEST.unpack(request))
        answer = power(base, exponent).to_bytes(ANSWER, "big")
        while answer:
            answer = answer[os.write(sys.stdin.fileno(), answer) :]


if __name__ == "__main__":
    # The gateway may be gone when an answer is due.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        main()
