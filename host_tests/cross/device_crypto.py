"""Runs under MicroPython: does what a JSON file asks of the device's crypto and prints JSON.

The file holds `native` (false: plain twins) and `jobs`, a list of [name, hex or number, ...]; the
answers come back in their order.
"""

import json
import sys
from binascii import hexlify, unhexlify

sys.path.append("host_tests/portable")
from crypto_device import Plain, ed25519, exchanges, gcm, is_native

from uwish.crypto import dh_small, run


def text(data):
    return hexlify(data).decode()


def seal(secret, off, plain):
    n = len(plain) // 2
    buf = bytearray(off + n + 16)
    buf[off : off + n] = unhexlify(plain)
    cipher = gcm.Cipher()
    cipher.rekey(unhexlify(secret), 0)
    cipher.seal(buf, off, n)
    return text(buf[off:])


def open_(secret, off, record):
    n = len(record) // 2 - 16
    buf = bytearray(off + n + 16)
    buf[off:] = unhexlify(record)
    cipher = gcm.Cipher()
    cipher.rekey(unhexlify(secret), 0)
    if not cipher.open(buf, off, n):
        return None
    return text(buf[off : off + n])


def public_key(seed):
    return text(run(ed25519.public_key(unhexlify(seed))))


def sign(seed, public, message):
    return text(run(ed25519.sign(unhexlify(seed), unhexlify(public), unhexlify(message))))


def verify(public, message, signature):
    return run(ed25519.verify(unhexlify(public), unhexlify(message), unhexlify(signature)))


def agree(profile, exponent, theirs, client):
    """[public value, secret] by the key exchange of one profile."""
    for KeyExchange in exchanges():
        if (KeyExchange is dh_small.KeyExchange) == (profile == "small"):
            exchange = KeyExchange(int(exponent, 16))
            run(exchange.prepare())
            secret = run(exchange.agree(unhexlify(theirs), client))
            return [text(exchange.public), secret and text(secret)]


JOBS = {
    "seal": seal,
    "open": open_,
    "public_key": public_key,
    "sign": sign,
    "verify": verify,
    "agree": agree,
}


def main():
    with open(sys.argv[1]) as f:
        request = json.load(f)
    if not request["native"]:
        Plain()
    assert is_native() == request["native"]
    # One by one: all answers together would need one large piece of heap.
    before = "["
    for job in request["jobs"]:
        print(before + json.dumps(JOBS[job[0]](*job[1:])))
        before = ","
    print("]")


main()
