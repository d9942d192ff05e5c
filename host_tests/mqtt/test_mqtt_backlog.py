"""What waits for the broker: in order, once, bounded, and the same from memory and database."""

import asyncio
import contextlib

import pytest
from storage_world import device, frame, looking, rows, senml, store

from uwish_host.mqtt import backlog as backlog_module
from uwish_host.mqtt.backlog import Backlog
from uwish_host.mqtt.history import History, HistoryError, Numbers

T = 1_700_000_000.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "readings.db"


def frames(first, last):
    return [frame(senml(number), T + number) for number in range(first, last)]


def values(found):
    return [f.readings[0].value for _, f in found]


async def drain(backlog, limit=7):
    """All values, in the order they are given."""
    seen = []
    while found := await backlog.next(limit):
        seen += values(found)
        for number, _ in found:
            backlog.settle(number)
    return seen


@contextlib.asynccontextmanager
async def opened(path):
    history = History(path)
    try:
        yield history
    finally:
        await history.close()


def test_numbers_are_those_that_storage_gives(path):
    """Same time, clock set back, clock set forward: what was found before writing is what was
    written."""
    times = (5.0, 5.0, 5.0, 5.000001, 4.0, 4.5, 9.25, 9.25, 1e-6)
    made = [frame(senml(i), T + at) for i, at in enumerate(times)]
    numbers = Numbers()
    found = [numbers.next(one) for one in made]
    store(path, *made)
    assert found == [number for (number,) in rows(path, "SELECT id FROM frame ORDER BY id")]
    again = frame(senml(99), T)
    found.append(numbers.next(again))
    store(path, again)
    assert found == [number for (number,) in rows(path, "SELECT id FROM frame ORDER BY id")]


def test_in_memory_the_oldest_go_and_are_counted():
    async def run():
        backlog = Backlog(10, Numbers())
        for one in frames(0, 25):
            backlog.add(one)
        assert (len(backlog), backlog.dropped) == (10, 15)
        assert await drain(backlog, 3) == list(range(15, 25))
        assert len(backlog) == 0

    asyncio.run(run())


def test_what_is_not_settled_comes_again():
    async def run():
        backlog = Backlog(10, Numbers())
        for one in frames(0, 5):
            backlog.add(one)
        found = await backlog.next(4)
        for number, _ in found[:2]:
            backlog.settle(number)
        assert values(await backlog.next(4)) == [4]
        backlog.rewind()
        assert values(await backlog.next(4)) == [2, 3, 4]
        assert len(backlog) == 3

    asyncio.run(run())


def test_frames_that_go_while_they_are_on_their_way_are_counted_once():
    async def run():
        backlog = Backlog(4, Numbers())
        for one in frames(0, 4):
            backlog.add(one)
        found = await backlog.next(3)
        for one in frames(4, 6):
            backlog.add(one)
        for number, _ in found:
            backlog.settle(number)
        assert (len(backlog), backlog.dropped) == (3, 2)
        assert await drain(backlog) == [3, 4, 5]

    asyncio.run(run())


def test_large_frames_fill_the_memory_as_well(monkeypatch):
    monkeypatch.setattr(backlog_module, "_BYTES", 50_000)
    backlog = Backlog(1000, Numbers())
    for number in range(100):
        backlog.add(frame(bytes(9400), T + number))
    assert (len(backlog), backlog.dropped) == (5, 95)


def test_what_cannot_be_decoded_is_not_there_as_in_storage(monkeypatch):
    class Broken:
        data = b""
        time = T

        @property
        def readings(self):
            raise KeyError

    numbers = Numbers()
    backlog = Backlog(10, numbers)
    with pytest.raises(KeyError):
        backlog.add(Broken())
    assert (len(backlog), numbers.last) == (0, 0)


def test_beyond_memory_they_come_from_the_database_in_order_and_once(path, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 10)

    async def run():
        store(path, *frames(0, 50))
        async with opened(path) as history:
            last = await history.last()
            numbers = Numbers(last)
            backlog = Backlog(1000, numbers, history, T * 1e6 + 20e6, await history.count(T * 1e6))
            assert len(backlog) == 49
            new = frames(50, 130)
            for one in new[:5]:
                backlog.add(one)
            assert values(await backlog.next(3)) == [21, 22, 23]
            for one in new[5:]:
                backlog.add(one)
            store(path, *new)
            assert values(await backlog.next(3)) == [24, 25, 26]
            backlog.rewind()
            # Those that were in memory only when the last ones came, too.
            assert await drain(backlog) == list(range(21, 130))
            for one in frames(130, 135):
                backlog.add(one)
            assert not backlog.behind
            assert await drain(backlog) == list(range(130, 135))

    asyncio.run(run())


def test_what_storage_has_not_written_yet_is_waited_for(path, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 2)

    async def run():
        store(path, *frames(0, 1))
        async with opened(path) as history:
            backlog = Backlog(1000, Numbers(await history.last()), history)
            new = frames(1, 9)
            for one in new:
                backlog.add(one)
            assert await backlog.next(5) == [] and backlog.behind
            store(path, *new[:3])
            assert await drain(backlog) == [1, 2, 3]
            assert backlog.behind
            store(path, *new[3:])
            assert await drain(backlog) == [4, 5, 6, 7, 8]
            assert not backlog.behind and len(backlog) == 0

    asyncio.run(run())


def test_what_retention_has_removed_is_not_waited_for(path, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 2)

    async def run():
        store(path, *frames(0, 20))
        async with opened(path) as history:
            backlog = Backlog(1000, Numbers(await history.last()), history, 0, 20)
            new = frames(20, 24)
            for one in new:
                backlog.add(one)
            store(path, *new)
            with looking(path) as db:
                db.execute("DELETE FROM frame WHERE id < ?", ((T + 23) * 1e6,))
                db.commit()
            assert await backlog.next(5) == []
            assert not backlog.behind
            assert await drain(backlog) == [22, 23]
            assert len(backlog) == 0

    asyncio.run(run())


def test_in_the_database_too_only_so_many_wait(path, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 5)

    async def run():
        store(path, *frames(0, 200))
        async with opened(path) as history:
            backlog = Backlog(100, Numbers(await history.last()), history, 0, 200)
            new = frames(200, 250)
            for one in new:
                backlog.add(one)
            store(path, *new)
            assert await drain(backlog) == list(range(150, 250))
            assert (backlog.dropped, len(backlog)) == (150, 0)

    asyncio.run(run())


def test_the_alias_is_what_the_contact_is_called_now(path):
    async def run():
        store(path, frame(senml(1), T, device(1, "lamp")), frame(senml(2), T + 1, device(1, "sun")))
        async with opened(path) as history:
            backlog = Backlog(9, Numbers(await history.last()), history, 0, 2)
            assert [f.device.alias for _, f in await backlog.next(9)] == ["sun", "sun"]

    asyncio.run(run())


def test_a_database_that_cannot_be_read_is_an_error_with_words(path):
    async def run():
        path.write_bytes(b"nothing that SQLite knows" * 100)
        async with opened(path) as history:
            with pytest.raises(HistoryError, match="cannot read what waits"):
                await history.last()

    asyncio.run(run())
