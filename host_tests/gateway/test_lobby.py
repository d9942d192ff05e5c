"""The waiting room: who has to go when it is full."""

from uwish.reasons import OVERLOADED
from uwish_host import lobby
from uwish_host.lobby import Lobby


class Waiting:
    """A link as the lobby sees it."""

    def __init__(self, lobby, host="192.0.2.1", ruid=b""):
        self.host = host
        self.ruid = ruid
        self.reason = None
        self._lobby = lobby

    def close(self, reason):
        self.reason = reason
        self._lobby.leave(self)


def test_the_oldest_stranger_of_the_busiest_address_goes(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS", 5)
    room = Lobby()
    first = Waiting(room, "198.51.100.1")
    many = [Waiting(room) for _ in range(8)]
    for link in (first, *many):
        room.enter(link)
    assert first.reason is None
    assert [link.reason for link in many] == [OVERLOADED] * 4 + [None] * 4
    assert len(room) == 5


def test_who_has_said_a_name_is_no_stranger_any_more(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS", 1)
    room = Lobby()
    known = Waiting(room, ruid=b"a")
    room.enter(known)
    assert room.identify(known)
    for _ in range(3):
        room.enter(Waiting(room))
    assert known.reason is None
    assert len(room) == 2


def test_a_new_try_of_an_identity_takes_the_place_of_its_oldest(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_TRIES", 2)
    room = Lobby()
    tries = [Waiting(room, ruid=b"a") for _ in range(4)]
    other = Waiting(room, ruid=b"b")
    for link in (other, *tries):
        room.enter(link)
        assert room.identify(link)
    assert [link.reason for link in tries] == [OVERLOADED, OVERLOADED, None, None]
    assert other.reason is None
    assert len(room) == 3


def test_when_all_places_are_taken_nobody_else_is_let_in(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_CALLERS", 2)
    room = Lobby()
    links = [Waiting(room, ruid=bytes([n])) for n in range(3)]
    for link in links:
        room.enter(link)
    assert [room.identify(link) for link in links] == [True, True, False]
    room.leave(links[0])
    room.leave(links[2])
    again = Waiting(room, ruid=b"x")
    room.enter(again)
    assert room.identify(again)


def test_leaving_is_harmless_at_any_time():
    room = Lobby()
    link = Waiting(room, ruid=b"a")
    room.leave(link)
    room.enter(link)
    room.identify(link)
    room.leave(link)
    room.leave(link)
    assert len(room) == 0
    assert room._callers == {}


def test_an_address_has_places_of_its_own(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS_OF_ADDRESS", 3)
    room = Lobby()
    other = Waiting(room, "198.51.100.1")
    many = [Waiting(room) for _ in range(5)]
    for link in (other, *many):
        room.enter(link)
    assert other.reason is None
    assert [link.reason for link in many] == [OVERLOADED] * 2 + [None] * 3


def test_callers_of_one_address_leave_places_for_others(monkeypatch):
    monkeypatch.setattr(lobby, "MAX_CALLERS_OF_ADDRESS", 2)
    room = Lobby()
    here = [Waiting(room, ruid=bytes([n])) for n in range(3)]
    there = Waiting(room, "198.51.100.1", ruid=b"there")
    for link in (*here, there):
        room.enter(link)
    assert [room.identify(link) for link in here] == [True, True, False]
    assert room.identify(there)
    room.leave(here[0])
    assert room.identify(here[2])


def test_nothing_is_kept_of_who_has_left():
    room = Lobby()
    links = [Waiting(room, f"192.0.2.{n}", bytes([n])) for n in range(10)]
    for link in links:
        room.enter(link)
    for link in links[:5]:
        room.identify(link)
    for link in links:
        room.leave(link)
    assert len(room) == 0
    assert (room._strangers, room._callers) == ({}, {})
    assert (len(room._strangers_of), len(room._callers_of)) == (0, 0)


def test_who_knows_a_uid_does_not_push_out_who_calls_from_elsewhere():
    room = Lobby()
    others = [Waiting(room, "198.51.100.1", ruid=b"a") for _ in range(9)]
    device = Waiting(room, ruid=b"a")
    for link in (*others[:3], device, *others[3:]):
        room.enter(link)
        assert room.identify(link)
    assert device.reason is None
    assert [link.reason for link in others] == [OVERLOADED] * 7 + [None] * 2
