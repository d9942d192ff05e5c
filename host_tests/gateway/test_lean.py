"""Buffers that exist while they are in use: the same as those they take the place of, however the
bytes come."""

import random

import pytest

from uwish.record import (
    BROKEN_LENGTH,
    BROKEN_TAG,
    COMPLETE,
    NOTHING,
    SKIPPED,
    RecordReader,
    Window,
)
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats
from uwish.status import FULL, OK, TOO_LARGE
from uwish_host.lean import LeanCipher, LeanReader, LeanSendBuffer, LeanWindow
from uwish_host.quick_connection import QuickConnection

SECRET = bytes(range(64))
LIMIT = 300


def cipher(kind=LeanCipher):
    made = kind()
    made.rekey(SECRET, 0)
    return made


def records(*sizes):
    """Records of so many bytes of plaintext, one after the other, and the plaintexts."""
    window = Window(sum(sizes) + 18 * len(sizes), cipher())
    plain = [random.Random(size).randbytes(size) for size in sizes]
    for data in plain:
        window.record(data)
    return bytes(window.buf[: window.end]), plain


def outcomes(reader, stream, sizes):
    """What taking the stream in pieces of these sizes gives: (outcome, plaintext) each."""
    found = []
    off = 0
    sizes = iter(sizes)
    while off < len(stream):
        n = min(next(sizes), len(stream) - off)
        end = off + n
        while off < end:
            assert reader.missing() > 0
            used = reader.take(stream, off, end - off)
            assert 0 < used <= end - off
            off += used
            if reader.outcome != NOTHING:
                complete = reader.outcome == COMPLETE
                found.append(
                    (reader.outcome, bytes(reader.buf[: reader.size]) if complete else b"")
                )
                if reader.outcome in (BROKEN_LENGTH, BROKEN_TAG):
                    return found
    return found


def readers():
    return RecordReader(LIMIT, cipher()), LeanReader(LIMIT, cipher())


@pytest.mark.parametrize("seed", range(30))
def test_records_come_out_the_same_in_whatever_pieces(seed):
    chance = random.Random(seed)
    sizes = [chance.choice((0, 1, 50, LIMIT - 16, LIMIT - 15, 700)) for _ in range(12)]
    stream, plain = records(*sizes)
    pieces = [chance.choice((1, 2, 3, 17, 400, 5000)) for _ in range(len(stream))]
    stock, lean = readers()
    found = outcomes(lean, stream, pieces)
    assert found == outcomes(stock, stream, pieces)
    expected = [(COMPLETE, data) if len(data) + 16 <= LIMIT else (SKIPPED, b"") for data in plain]
    assert found == expected


@pytest.mark.parametrize("seed", range(30))
def test_damage_is_seen_alike(seed):
    chance = random.Random(seed)
    stream = bytearray(records(20, 40, 60)[0])
    stream[chance.randrange(len(stream))] ^= 1 << chance.randrange(8)
    pieces = [chance.choice((1, 2, 30, 500)) for _ in range(len(stream))]
    stock, lean = readers()
    found = outcomes(lean, bytes(stream), pieces)
    assert found == outcomes(stock, bytes(stream), pieces)
    assert len(found) < 3 or found[-1][0] != COMPLETE


def test_a_length_below_a_tag_is_broken():
    for pieces in ([1, 1, 1], [3]):
        stock, lean = readers()
        found = outcomes(lean, b"\x00\x0f\x00", pieces)
        assert found == outcomes(stock, b"\x00\x0f\x00", pieces) == [(BROKEN_LENGTH, b"")]


def test_an_idle_reader_holds_nothing():
    stream, _ = records(100)
    _, lean = readers()
    lean.take(stream, 0, len(stream))
    assert lean._part is None
    lean.take(stream, 0, 10)
    assert len(lean._part) == 10


def test_a_context_that_was_given_back_is_made_again_with_the_same_nonce():
    stream, plain = records(5, 6, 7, 8)
    _, lean = readers()
    sealing = cipher()
    window = Window(200, sealing)
    off = 0
    for data in plain:
        lean.cipher.rest()
        assert lean.cipher._gcm is None
        off += lean.take(stream, off, len(stream) - off)
        assert bytes(lean.buf) == data
        sealing.rest()
        window.record(data)
    assert bytes(window.buf[: window.end]) == stream


def test_a_cipher_without_a_key_can_rest():
    resting = LeanCipher()
    resting.rest()
    resting.rekey(SECRET, 0)
    assert resting.opened(records(5)[0][2:]) is not None


def test_a_window_is_there_while_something_is_in_it():
    lean, stock = LeanWindow(200, cipher()), Window(200, cipher())
    assert lean.room() == stock.room()
    for window in (lean, stock):
        window.raw(b"hello")
        window.record(b"world")
    assert lean.buf == stock.buf
    assert (lean.start, lean.end, lean.room()) == (stock.start, stock.end, stock.room())
    lean.clear()
    assert (lean._buf, lean.end, lean.room()) == (None, 0, 182)


def waiting_frames(buffer):
    """(peer, sealed in which window, payload) of each frame."""
    found = []
    off = 0
    while off < buffer.used:
        end = off + 6 + buffer.length(off)
        found.append((buffer.buf[off], buffer.buf[off + 1], bytes(buffer.buf[off + 6 : end])))
        off = end
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_send_buffer_behaves_like_the_fixed_one(seed):
    chance = random.Random(seed)
    pair = SendBuffer(200, 2), LeanSendBuffer(200, 2)
    for buffer in pair:
        buffer.route[:] = b"\1\1"
    statuses = set()
    for _ in range(200):
        action = chance.randrange(6)
        peer, size = chance.randrange(2), chance.choice((0, 1, 30, 60, 194, 195))
        if action < 3:
            found = [buffer.put(peer, bytes([peer]) * size, size) for buffer in pair]
            statuses.add(found[0])
        elif action == 3:
            found = [buffer.claim(0) for buffer in pair]
        elif action == 4:
            found = [buffer.rewind(0, 0xFFFF) for buffer in pair]
        else:
            found = [buffer.forget(peer) for buffer in pair]
        assert found[0] == found[1]
        assert pair[0].used == pair[1].used
        assert waiting_frames(pair[0]) == waiting_frames(pair[1])
        assert len(pair[1].buf) <= 200
    assert statuses == {OK, TOO_LARGE, FULL}


def test_an_empty_send_buffer_holds_nothing():
    lean = LeanSendBuffer(4096, 1)
    assert len(lean.buf) == 0
    lean.route[0] = 1
    lean.put(0, bytes(100), 100)
    assert 106 <= len(lean.buf) <= 4096
    lean.claim(0)
    lean.rewind(0, 0xFFFF)
    lean.give_back()
    assert len(lean.buf) == 0


def test_what_the_network_has_taken_is_given_back():
    frames = LeanSendBuffer(4096, 1)
    connection = QuickConnection(0, Service("gateway", ("sensor",)), None, frames, Stats(), 640, 64)
    connection.window = LeanWindow(2000, cipher())
    frames.route[0] = 1
    frames.put(0, bytes(100), 100)
    frames.claim(0)
    connection.window.raw(bytes(50))
    connection.sent(49, 0)
    assert (connection.window.start, len(connection.window._buf)) == (49, 2000)
    connection.sent(1, 0)
    assert (connection.window._buf, len(frames.buf)) == (None, 0)
