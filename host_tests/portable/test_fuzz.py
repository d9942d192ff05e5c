"""Every message of a session and every byte of a handshake, changed at random (fixed seeds):
nothing escapes, the connection goes on or is closed for a fitting reason, memory stays flat."""

import gc
import sys
import unittest
from binascii import unhexlify

from messages import (
    PING,
    PONG,
    array,
    doc,
    number,
    peers_request,
    request,
    result,
    send,
    service_signal,
    sid,
    sub,
)
from remote import Remote
from support import (
    CachedIdentity,
    Random,
    answer,
    call,
    device,
    establish,
    feed,
    gateway,
    output,
    vector,
)

from uwish.connection import CLOSED, HANDSHAKE, RUNNING
from uwish.reasons import (
    BAD_DOCUMENT,
    BAD_HELLO,
    BAD_KEY,
    BAD_MESSAGE,
    BAD_RECORD,
    BAD_SIGNATURE,
    BAD_TAG,
    UNKNOWN_CONTACT,
)

ON_MICROPYTHON = sys.implementation.name == "micropython"
MESSAGE_CASES = 600 if ON_MICROPYTHON else 20000
STREAM_CASES = 100 if ON_MICROPYTHON else 2000
HANDSHAKE_CASES = 40 if ON_MICROPYTHON else 1500
FLAT_BYTES = 256

SENSOR = sid("sensor")
GATEWAY = sid("gateway")
MESSAGES = [
    PING,
    PONG,
    peers_request(7),
    send(GATEWAY, SENSOR, "sensor", b"payload"),
    send(GATEWAY, SENSOR, "sensor", b"payload", 0x12345),
    service_signal(1, GATEWAY, "gateway", "sensor"),
    service_signal(1, GATEWAY, "gateway", "sensor", False),
    result("ack", 4),
    request("version", array("args"), 3),
    doc(sub("req", number("end", 7))),
]
MESSAGES += [unhexlify(v["hex"]) for v in vector("bson_messages").values()]


def mutated(data, random):
    """`data` with one to four changes: a byte, a length, a piece cut out, doubled or put in."""
    data = bytearray(data)
    for _ in range(random.below(4) + 1):
        if not data:
            break
        kind = random.below(6)
        at = random.below(len(data))
        if kind == 0:
            data[at] ^= 1 << random.below(8)
        elif kind == 1:
            data[at] = random.below(256)
        elif kind == 2:
            data[at] = (0, 1, 4, 5, 0x7F, 0x80, 0xFF)[random.below(7)]
        elif kind == 3:
            data = data[:at] + data[at + random.below(9) :]
        elif kind == 4:
            data = data[:at] + data[at : at + random.below(30)] + data[at:]
        else:
            data = data[:at] + random.bytes(random.below(5)) + data[at:]
    return bytes(data)


def outer_length_mended(data):
    """The length field of the whole document made right, so that the lies inside are reached."""
    n = len(data)
    return bytes([n & 0xFF, n >> 8, 0, 0]) + data[4:-1] + b"\0" if n > 4 else data


class Flat:
    """How many bytes the heap has grown since it was made; 0 on CPython."""

    def __init__(self):
        self.start = self.used()

    def used(self):
        CachedIdentity.cache.clear()
        gc.collect()
        return gc.mem_alloc() if ON_MICROPYTHON else 0

    def grown(self):
        return self.used() - self.start


class Messages(unittest.TestCase):
    def fuzz(self, host, client, cases, seed):
        random = Random(seed)
        c = establish(host, client=client)
        remote = Remote(not client)
        remote.hear(output(c))
        closed = 0
        for _ in range(cases):
            message = mutated(MESSAGES[random.below(len(MESSAGES))], random)
            if random.below(2):
                message = outer_length_mended(message)
            remote.hear(feed(c, remote.say(message)))
            host.now += 1
            if c.state == CLOSED:
                self.assertEqual(c.reason, BAD_MESSAGE, message)
                closed += 1
                host.peers.disconnected(c, host.now)
                c.reset()
                establish(host, client=client)
                remote = Remote(not client)
                remote.hear(output(c))
            else:
                self.assertEqual(c.state, RUNNING)
            host.got.clear()
        self.assertEqual(remote.hear(feed(c, remote.say(PING)))[-1], PONG)
        return closed

    def test_as_client(self):
        self.check(device(), True)

    def test_as_server(self):
        self.check(gateway(), False)

    def check(self, host, client):
        self.fuzz(host, client, 50, 3)
        flat = Flat()
        closed = self.fuzz(host, client, MESSAGE_CASES, 4)
        self.assertTrue(flat.grown() <= FLAT_BYTES, flat.grown())
        # Both outcomes are common, or the cases are not what they should be.
        self.assertTrue(MESSAGE_CASES // 20 < closed < MESSAGE_CASES * 19 // 20, closed)


class Streams(unittest.TestCase):
    def test_ciphertext(self):
        random = Random(11)
        host = device()
        c = host.c
        for _ in range(STREAM_CASES):
            establish(host)
            output(c)
            remote = Remote(False)
            stream = b"".join([remote.say(MESSAGES[random.below(10)]) for _ in range(3)])
            bad = mutated(stream, random)
            feed(c, bad, lambda: random.below(100) + 1)
            self.assertTrue(c.state == RUNNING or c.reason in (BAD_TAG, BAD_RECORD))
            host.peers.disconnected(c, 0)
            c.close(BAD_TAG)
            c.reset()
            host.got.clear()


class Handshakes(unittest.TestCase):
    def fuzz(self, host, start, stream, cases, reasons):
        c = host.c
        random = Random(21)
        states = set()
        for _ in range(cases):
            start(host)
            output(c)
            feed(c, mutated(stream, random), lambda: random.below(300) + 1)
            self.assertTrue(c.state != CLOSED or c.reason in reasons, c.reason)
            states.add(c.state)
            c.close(BAD_TAG)
            c.reset()
        self.assertTrue(CLOSED in states and HANDSHAKE in states)
        start(host)
        feed(c, stream)
        self.assertEqual(c.state, RUNNING)
        c.close(BAD_TAG)
        c.reset()

    def check(self, host, start, stream, reasons):
        self.fuzz(host, start, stream, 5, reasons)
        flat = Flat()
        self.fuzz(host, start, stream, HANDSHAKE_CASES, reasons)
        self.assertTrue(flat.grown() <= FLAT_BYTES, flat.grown())

    REASONS = (BAD_KEY, BAD_RECORD, BAD_TAG, BAD_SIGNATURE, BAD_DOCUMENT)

    def test_as_client(self):
        events = vector("handshake_client_role")["events"]
        stream = b"\x01\x80" + unhexlify(events[1]["server_public"])
        stream += unhexlify(events[3]["frame"]) + unhexlify(events[5]["frame"])
        self.check(device(), call, stream, self.REASONS)

    def test_as_server(self):
        events = vector("handshake_server_role")["events"]
        stream = unhexlify(events[0]["bytes"]) + b"\x01\x80"
        stream += unhexlify(events[1]["client_public"])
        stream += unhexlify(events[4]["frame"]) + unhexlify(events[6]["frame"])
        reasons = self.REASONS + (BAD_HELLO, UNKNOWN_CONTACT)
        self.check(gateway(), answer, stream, reasons)


if __name__ == "__main__":
    unittest.main()
