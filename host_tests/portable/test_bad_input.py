"""What a broken or hostile remote can do before the connection is established, in both roles: each
kind closes it for its own reason, and the next connection works."""

import unittest
from binascii import unhexlify

from messages import PING, PONG, array, binary, doc, element, flag, text, u32
from support import (
    DEVICE,
    DEVICE_KEY,
    GATEWAY,
    GATEWAY_KEY,
    SECRET,
    Random,
    Remote,
    answer,
    call,
    device,
    feed,
    gateway,
    output,
    vector,
)

from uwish import crypto
from uwish.connection import CLOSED, HANDSHAKE, HANDSHAKE_MS, RUNNING
from uwish.crypto.group15 import prime
from uwish.handshake import DOCUMENT, HELLO, KEY, VERIFY
from uwish.reasons import (
    BAD_DOCUMENT,
    BAD_HELLO,
    BAD_KEY,
    BAD_RECORD,
    BAD_SIGNATURE,
    BAD_TAG,
    HANDSHAKE_TIMEOUT,
    LOST,
    REFUSED,
    UNKNOWN_CONTACT,
    WRONG_HOST,
)

EVENTS = vector("handshake_client_role")["events"]
HELLO_BYTES = unhexlify(EVENTS[0]["bytes"])
PREFIX = b"\x01\x80"
SIGNED = {}  # what each end signs
for _who, _identity in (("client", DEVICE), ("server", GATEWAY)):
    _message = crypto.sha256(_who.encode() + SECRET)
    SIGNED[_who] = crypto.run(_identity.sign(_message))


class AsClient:
    """Our device, called by nobody: it calls, and the test plays the gateway."""

    key = GATEWAY_KEY
    signature = SIGNED["server"]
    document = doc(binary("host", GATEWAY.hid), array("transports"))
    before = b""

    def __init__(self):
        self.host = device()
        self.start()

    def start(self):
        call(self.host)
        output(self.host.c)
        self.remote = Remote(False, passed=0)


class AsServer:
    """Our gateway, and the test plays the device."""

    key = DEVICE_KEY
    signature = SIGNED["client"]
    document = doc(binary("host", DEVICE.hid), array("transports"))
    before = HELLO_BYTES

    def __init__(self):
        self.host = gateway()
        self.start()

    def start(self):
        answer(self.host)
        self.remote = Remote(True, passed=0)


ROLES = (AsClient, AsServer)


class BadInputCase(unittest.TestCase):
    """Shared by the tests below."""

    def ends(self, side, data, reason, phase):
        """Feeding `data` closes the connection for `reason`; afterwards the next one works."""
        c = side.host.c
        feed(c, data)
        self.assertEqual((c.state, c.reason, c.phase), (CLOSED, reason, phase))
        c.receive(b"anything", 0, 8, 0)
        self.assertEqual((c.taken, c.want(), output(c), c.step()), (0, 0, b"", False))
        self.works_again(side)

    def works_again(self, side):
        c = side.host.c
        c.reset()
        side.start()
        said = self.finish(side)
        self.assertEqual(c.state, RUNNING)
        remote = Remote(side.remote is not None and isinstance(side, AsServer))
        heard = remote.hear(said + feed(c, remote.say(PING)))
        self.assertEqual(heard[-1], PONG)

    def finish(self, side):
        """A sound handshake; what came after it."""
        c = side.host.c
        feed(c, side.before + PREFIX + side.key + side.remote.say(side.signature))
        said = feed(c, side.remote.say(side.document))
        return said

    def opening(self, side):
        """All that a sound remote says before its signature."""
        return side.before + PREFIX + side.key


class Hellos(BadInputCase):
    def test_magic(self):
        for magic in (b"X.", b"W!", b"\0\0", b"GE"):
            self.ends(AsServer(), magic + HELLO_BYTES[2:], BAD_HELLO, HELLO)

    def test_version_and_type(self):
        for kind in (0x01, 0x21, 0x10, 0x12, 0x13, 0x16, 0x17, 0xFF):
            hello = HELLO_BYTES[:2] + bytes([kind]) + HELLO_BYTES[3:]
            self.ends(AsServer(), hello, BAD_HELLO, HELLO)

    def test_for_another_identity(self):
        self.ends(AsServer(), HELLO_BYTES[:3] + bytes(32) + DEVICE.uid, UNKNOWN_CONTACT, HELLO)

    def test_from_a_stranger(self):
        self.ends(AsServer(), HELLO_BYTES[:35] + bytes(32), UNKNOWN_CONTACT, HELLO)
        self.ends(AsServer(), HELLO_BYTES[:35] + GATEWAY.uid, UNKNOWN_CONTACT, HELLO)

    def test_the_host_hangs_up_on_our_hello(self):
        side = AsClient()
        side.host.c.lost()
        self.assertEqual((side.host.c.state, side.host.c.reason), (CLOSED, REFUSED))
        self.works_again(side)

    def test_a_caller_that_hangs_up_was_not_refused(self):
        side = AsServer()
        feed(side.host.c, HELLO_BYTES[:20])
        side.host.c.lost()
        self.assertEqual(side.host.c.reason, LOST)


class Keys(BadInputCase):
    def test_values_outside_the_range(self):
        p = prime()
        for value in (0, 1, p - 1, p, p + 1, (1 << 3072) - 1):
            raw = value.to_bytes(384, "big")
            for role in ROLES:
                side = role()
                self.ends(side, side.before + PREFIX + raw, BAD_KEY, KEY)

    def test_short_values_outside_the_range(self):
        for raw in (b"\0", b"\1", b"\0\0\0\1"):
            for role in ROLES:
                side = role()
                self.ends(side, side.before + bytes([0, len(raw)]) + raw, BAD_KEY, KEY)

    def test_lengths(self):
        for length in (b"\0\0", b"\x01\x81", b"\x80\x01", b"\xff\xff"):
            for role in ROLES:
                side = role()
                self.ends(side, side.before + length + side.key, BAD_KEY, KEY)


class Records(BadInputCase):
    def test_a_wrong_tag_at_every_byte_of_the_first_record(self):
        for role in ROLES:
            side = role()
            good = side.remote.say(side.signature)
            for i in range(2, len(good), 7):
                side = role()
                bad = bytearray(good)
                bad[i] ^= 1 << i % 8
                self.ends(side, self.opening(side) + bytes(bad), BAD_TAG, KEY)

    def test_a_wrong_tag_of_the_document(self):
        for role in ROLES:
            side = role()
            data = bytearray(side.remote.say(side.signature, side.document))
            data[-1] ^= 1
            self.ends(side, self.opening(side) + bytes(data), BAD_TAG, self.document_phase(role))

    def document_phase(self, role):
        # The client knows which record it waits for only when that has been opened.
        return VERIFY if role is AsClient else DOCUMENT

    def test_lengths_that_cannot_be(self):
        for n in (0, 1, 15):
            for role in ROLES:
                side = role()
                self.ends(side, self.opening(side) + bytes([0, n]) + bytes(40), BAD_RECORD, KEY)

    def test_a_record_larger_than_the_buffer(self):
        for role in ROLES:
            side = role()
            data = self.opening(side) + side.remote.say(bytes(2000))
            self.ends(side, data, BAD_RECORD, KEY)

    def test_under_the_wrong_keys(self):
        for role in ROLES:
            side = role()
            stranger = Remote(role is AsServer, Random(5).bytes(384), 0)
            self.ends(side, self.opening(side) + stranger.say(side.signature), BAD_TAG, KEY)


class Signatures(BadInputCase):
    def refused(self, make):
        for role in ROLES:
            side = role()
            bad = make(side)
            data = self.opening(side) + side.remote.say(bad, side.document)
            self.ends(side, data, BAD_SIGNATURE, VERIFY)

    def test_one_bit(self):
        for i in (0, 31, 32, 63):
            self.refused(lambda side, i=i: flip(side.signature, i))

    def test_of_the_wrong_length(self):
        for n in (0, 1, 63, 65, 128):
            self.refused(lambda side, n=n: (side.signature + side.signature)[:n])

    def test_our_own_sent_back(self):
        self.refused(lambda side: SIGNED["client" if isinstance(side, AsClient) else "server"])

    def test_of_another_identity(self):
        for role in ROLES:
            side = role()
            who, me = ("server", DEVICE) if role is AsClient else ("client", GATEWAY)
            forged = crypto.run(me.sign(crypto.sha256(who.encode() + SECRET)))
            data = self.opening(side) + side.remote.say(forged)
            self.ends(side, data, BAD_SIGNATURE, VERIFY)

    def test_nothing(self):
        self.refused(lambda side: bytes(64))
        self.refused(lambda side: b"\xff" * 64)


def flip(data, i):
    data = bytearray(data)
    data[i] ^= 4
    return bytes(data)


class Documents(BadInputCase):
    def try_document(self, document, reason):
        for role in ROLES:
            side = role()
            data = self.opening(side) + side.remote.say(side.signature, document)
            self.ends(side, data, reason, DOCUMENT)

    def test_no_host_of_32_bytes(self):
        for document in (
            doc(),
            doc(array("transports")),
            doc(binary("host", bytes(31))),
            doc(binary("host", bytes(33))),
            doc(binary("host", b"")),
            doc(text("host", "x" * 32)),
            doc(array("host")),
            doc(binary("Host", bytes(32))),
        ):
            self.try_document(document, BAD_DOCUMENT)

    def test_lies(self):
        sound = doc(binary("host", bytes(32)), array("transports"))
        for document in (
            b"",
            b"\0",
            bytes(5),
            sound[:-1],
            sound[:40],
            u32(len(sound) + 1) + sound[4:],
            u32(len(sound) - 1) + sound[4:],
            b"\xff\xff\xff\xff" + sound[4:],
            doc(binary("host", bytes(32)), element(0x7F, "x", b"")),
            doc(binary("host", bytes(32)), element(2, "x", u32(100) + b"abc\0")),
            doc(binary("host", bytes(32)), element(4, "transports", u32(6) + b"\0\0")[:-1]),
        ):
            self.try_document(document, BAD_DOCUMENT)

    def test_a_host_that_is_not_wanted(self):
        for role in ROLES:
            side = role()
            side.host.accepting = False
            feed(side.host.c, self.opening(side) + side.remote.say(side.signature, side.document))
            self.assertEqual((side.host.c.state, side.host.c.reason), (CLOSED, WRONG_HOST))
            side.host.accepting = True
            self.works_again(side)

    def test_what_is_more_than_needed_is_fine(self):
        deep = doc()
        for _ in range(40):
            deep = doc(element(3, "d", deep))
        for more in (flag("banned"), text("x", "y" * 300), element(3, "deep", deep)):
            for role in ROLES:
                side = role()
                side.document = doc(binary("host", bytes(32)), more)
                self.finish(side)
                self.assertEqual(side.host.c.state, RUNNING)
                self.assertEqual(side.host.c.banned, more == flag("banned"))


class Stalls(BadInputCase):
    def whole(self, side):
        return self.opening(side) + side.remote.say(side.signature, side.document)

    def test_at_every_byte(self):
        for role in ROLES:
            whole = self.whole(role())
            side = role()
            for n in range(len(whole)):
                # The arithmetic in the middle costs time on MicroPython: most of the offsets share
                # one connection that looks at its deadline, some get one that passes it.
                c = side.host.c
                if n:
                    feed(c, whole[n - 1 : n], now=n)
                self.assertEqual(c.tick(HANDSHAKE_MS - 1), 1)
                self.assertEqual(c.state, HANDSHAKE)
            for n in range(0, len(whole), 23):
                side = role()
                c = side.host.c
                feed(c, whole[:n], now=n)
                self.assertEqual(c.tick(HANDSHAKE_MS), 0)
                self.assertEqual((c.state, c.reason), (CLOSED, HANDSHAKE_TIMEOUT))
            self.works_again(side)

    def test_hanging_up_at_any_byte(self):
        for role in ROLES:
            whole = self.whole(role())
            for n in range(0, len(whole), 19):
                side = role()
                c = side.host.c
                feed(c, whole[:n])
                c.lost()
                self.assertEqual(c.state, CLOSED)
                self.assertTrue(c.reason == LOST or n < 67)
            self.works_again(side)


if __name__ == "__main__":
    unittest.main()
