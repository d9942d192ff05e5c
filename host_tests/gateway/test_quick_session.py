"""The short way through a `send` gives what the long way gives, for every message there can be."""

import random
import struct

import pytest

from uwish.service import Service
from uwish.session import Session
from uwish.stats import Stats
from uwish_host.quick_session import QuickSession, SendLayout

OURS = Service("gateway", ("sensor", "control"))
THEIRS = Service("greenhouse", ("control",))


class Owner:
    """Keeps the frames."""

    def __init__(self):
        self.frames = []

    def on_frame(self, connection, index, buf, rsid_off, off, n):
        rsid = bytes(buf[rsid_off : rsid_off + 32])
        self.frames.append((index, rsid, bytes(buf[off : off + n])))

    def on_service(self, *_):
        self.frames.append("service")


def sent(payload, index=0):
    """A `send` as a device writes it."""
    head = bytearray(OURS.templates[index])
    head[44:76] = THEIRS.sid
    head[84:116] = OURS.sid
    message = head + payload + b"\0\0\0"
    size = len(message)
    for off, value in ((0, size), (9, size - 10), (32, size - 34), (len(head) - 5, len(payload))):
        struct.pack_into("<i", message, off, value)
    return bytes(message)


def outcome(quick, message):
    """All that receiving `message` does."""
    owner, stats = Owner(), Stats()
    if quick:
        layouts = [SendLayout(OURS, index) for index in range(2)]
        session = QuickSession(None, OURS, owner, stats, layouts)
    else:
        session = Session(None, OURS, owner, stats)
    reason = session.receive(message, len(message))
    replies = session.replies
    return reason, owner.frames, vars(stats), bytes(replies._answers), replies.pending


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("size", [0, 1, 3, 64, 4000])
def test_a_plain_send_takes_the_short_way(monkeypatch, index, size):
    message = sent(bytes(range(256)) * 16, index) if size == 4000 else sent(b"\1" * size, index)
    expected = outcome(False, message)
    assert len(expected[1]) == 1

    def long_way(self, buf, n):
        raise AssertionError("the long way")

    monkeypatch.setattr(Session, "receive", long_way)
    assert outcome(True, message) == expected


def test_every_flipped_bit_gives_what_the_long_way_gives():
    message = sent(b"payload")
    differ = 0
    for bit in range(8 * len(message)):
        damaged = bytearray(message)
        damaged[bit // 8] ^= 1 << bit % 8
        damaged = bytes(damaged)
        expected = outcome(False, damaged)
        assert outcome(True, damaged) == expected, bit
        differ += expected != outcome(False, message)
    assert differ > 1000


def test_every_cut_and_every_tail_gives_what_the_long_way_gives():
    message = sent(b"payload")
    for n in range(len(message)):
        assert outcome(True, message[:n]) == outcome(False, message[:n]), n
    for tail in (b"\0", b"\1", message):
        assert outcome(True, message + tail) == outcome(False, message + tail)


@pytest.mark.parametrize("seed", range(50))
def test_messages_with_changed_lengths_give_what_the_long_way_gives(seed):
    chance = random.Random(seed)
    message = bytearray(sent(chance.randbytes(chance.randrange(40))))
    for off in chance.sample((0, 9, 32, len(OURS.templates[0]) - 5), chance.randrange(1, 4)):
        (value,) = struct.unpack_from("<i", message, off)
        struct.pack_into("<i", message, off, value + chance.choice((-3, -1, 1, 2, 1 << 30)))
    message = bytes(message)
    assert outcome(True, message) == outcome(False, message)


def test_a_frame_for_another_service_is_not_ours():
    message = bytearray(sent(b"payload"))
    message[84] ^= 1
    message = bytes(message)
    assert outcome(True, message) == outcome(False, message)
    assert outcome(True, message)[1] == []
