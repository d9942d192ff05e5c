"""The short way of frames that are alike gives what the long way gives, however the bytes come."""

import random

import pytest
from alike_world import OTHER, PING, THEIRS, assert_same, ends, outcome, running, sent, stream

from uwish.connection import RUNNING
from uwish.session import Session
from uwish_host.quick_session import QuickSession


def test_frames_that_are_alike_go_the_short_way(monkeypatch):
    messages = [sent(bytes([i]) * 64) for i in range(20)]
    expected = outcome(False, stream(*messages), ())
    assert len(expected["frames"]) == 20
    calls = []
    receive = Session.receive
    monkeypatch.setattr(Session, "receive", lambda *_: calls.append(1) or receive(*_))
    session_receive = QuickSession.receive
    monkeypatch.setattr(QuickSession, "receive", lambda *_: calls.append(1) or session_receive(*_))
    # In two pieces: only the first frame of all has to be looked at closely.
    connection, owner, _ = running(True)
    data = stream(*messages)
    step = len(data) // 20
    connection.receive(data, 0, step, 7)
    connection.receive(data, step, len(data) - step, 7)
    assert connection.taken == len(data) - step
    assert owner.frames == expected["frames"]
    assert len(calls) == 1


@pytest.mark.parametrize("seed", range(60))
def test_any_conversation_in_any_pieces(seed):
    chance = random.Random(seed)
    messages = []
    for _ in range(30):
        kind = chance.random()
        if kind < 0.75:
            payload = chance.randbytes(chance.choice((8, 8, 8, 9, 300)))
            index = chance.choice((0, 0, 0, 1))
            messages.append(sent(payload, index, chance.choice((THEIRS, THEIRS, OTHER))))
        elif kind < 0.85:
            messages.append(PING)
        else:
            damaged = bytearray(sent(b"payload!"))
            damaged[chance.randrange(4, len(damaged) - 12)] ^= 1 << chance.randrange(8)
            messages.append(bytes(damaged))
    data = stream(*messages)
    cuts = set(chance.sample(range(1, len(data)), chance.randrange(6)))
    cuts.update(chance.sample(ends(messages), chance.randrange(12)))
    assert_same(data, sorted(cuts))


@pytest.mark.parametrize("where", range(0, 260, 7))
def test_a_damaged_record_after_others_like_it_ends_it(where):
    data = bytearray(stream(*[sent(bytes(64))] * 3))
    begin = 2 * len(data) // 3  # the third record
    where = begin + 2 + where % (len(data) // 3 - 2)
    data[where] ^= 0x10
    found = assert_same(bytes(data), [begin // 2])
    assert len(found["frames"]) == 2
    assert found["state"][0] != RUNNING


def test_a_message_of_the_same_size_that_differs_around_its_payload_takes_the_long_way():
    plain = sent(bytes(64))
    differ = 0
    for off in range(len(plain)):
        changed = bytearray(plain)
        changed[off] ^= 1
        messages = (plain, bytes(changed), plain)
        found = assert_same(stream(*messages), ends(messages)[:1])
        differ += len(found["frames"]) != 3
    assert differ > 50


def test_who_is_offline_is_not_heard_any_more():
    both = []
    for quick in (True, False):
        connection, owner, _ = running(quick)

        def leave(owner=owner):
            if len(owner.frames) == 3:
                owner.peers[0, THEIRS.sid].connection = None

        owner.then = leave
        data = stream(*[sent(bytes(64))] * 5)
        step = len(data) // 5
        connection.receive(data, 0, step, 7)
        connection.receive(data, step, len(data) - step, 7)
        both.append((owner.frames, connection.taken, connection.state))
    assert both[0] == both[1]
    assert both[0][0][3:] == ["undelivered"] * 2


def test_nothing_is_taken_once_whoever_was_given_a_frame_has_ended_it():
    connection, owner, _ = running(True)
    owner.then = lambda: len(owner.frames) == 3 and connection.close(1)
    data = stream(*[sent(bytes(64))] * 5)
    step = len(data) // 5
    connection.receive(data, 0, step, 7)
    connection.receive(data, step, len(data) - step, 7)
    assert len(owner.frames) == 3
    assert connection.taken == 2 * step


@pytest.mark.parametrize("cut", range(1, 240, 7))
def test_after_a_record_in_two_pieces_the_short_way_goes_on(monkeypatch, cut):
    messages = [sent(bytes([i]) * 64) for i in range(9)]
    data = stream(*messages)
    connection, owner, _ = running(True)
    step = len(data) // 9
    connection.receive(data, 0, step + cut, 7)
    looked_at = []
    receive = QuickSession.receive
    monkeypatch.setattr(QuickSession, "receive", lambda *_: looked_at.append(1) or receive(*_))
    connection.receive(data, step + cut, len(data) - step - cut, 7)
    assert connection.taken == len(data) - step - cut
    assert [data for _, data in owner.frames] == [bytes([i]) * 64 for i in range(9)]
    assert len(looked_at) <= 1


def test_frames_of_more_than_255_bytes_are_told_apart():
    # Their records' lengths differ in the upper byte alone.
    messages = [sent(bytes(64)), sent(bytes(64)), sent(bytes(64 + 256)), sent(bytes(64))]
    assert len(assert_same(stream(*messages), ends(messages)[:1])["frames"]) == 4


def test_two_that_look_different_in_turn():
    one, other = sent(b"12345678"), sent(b"12345678", service=OTHER)
    messages = [one, other, other, one, one, other]
    for count in range(6):
        found = assert_same(stream(*messages), ends(messages)[:count])
        assert len(found["frames"]) == 6


def test_a_frame_is_a_sign_of_life():
    connection, _, _ = running(True)
    data = stream(*[sent(bytes(64))] * 2)
    connection.receive(data, 0, len(data) // 2, 7)
    connection._pinged = True
    connection.receive(data, len(data) // 2, len(data) // 2, 9)
    assert (connection._last_in, connection._pinged) == (9, False)


def test_a_sender_that_was_forgotten_is_asked_for_anew():
    connection, owner, _ = running(True)
    data = stream(*[sent(bytes(64))] * 6)
    step = len(data) // 6
    for number in range(3):
        connection.receive(data, number * step, step, 7)
    owner.alike = None
    asked = []
    sender = owner.sender
    owner.sender = lambda *args: asked.append(args) or sender(*args)
    for number in range(3, 6):
        connection.receive(data, number * step, step, 7)
    assert len(asked) == 1
    assert len(owner.frames) == 6


def test_a_ping_between_frames_is_answered():
    messages = (sent(bytes(64)), sent(bytes(64)), PING, sent(bytes(64)))
    found = assert_same(stream(*messages), ends(messages)[:1])
    assert found["replies"][1]
    assert len(found["frames"]) == 3


def test_in_the_middle_of_a_record_nothing_is_taken():
    connection, _, _ = running(True)
    data = stream(*[sent(bytes(64))] * 3)
    step = len(data) // 3
    connection.receive(data, 0, step + 5, 7)
    assert connection.take_alike(data, 2 * step, len(data), 7) == 0
