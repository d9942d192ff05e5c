"""Powers by worker processes: right, and in the order of their weight."""

import asyncio
import os
import random

import pytest
from powers_run import computed, run, until

from uwish import crypto
from uwish.crypto.group15 import prime
from uwish_host import powers
from uwish_host.exchange import WorkedExchange


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_powers_are_right(workers):
    chance = random.Random(workers)
    jobs = [
        (chance.randrange(2, prime() - 1), chance.getrandbits(256) | 1 << 255) for _ in range(9)
    ]

    async def body(made):
        found = await asyncio.gather(*(computed(made, *job) for job in jobs))
        return found, made.computed

    found, count = run(body, workers)
    assert found == [pow(base, exponent, prime()) for base, exponent in jobs]
    assert count == len(jobs)


@pytest.mark.parametrize("workers", [0, 2])
def test_two_sides_agree(workers):
    async def body(made):
        turn = asyncio.Event()
        ours = WorkedExchange(made, turn.set)
        theirs = crypto.KeyExchange()
        crypto.run(theirs.prepare())

        async def worked(generator):
            while True:
                try:
                    assert next(generator) == 0
                except StopIteration as end:
                    return end.value
                await turn.wait()
                turn.clear()

        await worked(ours.prepare())
        # The client first: it may have to take another exponent.
        secret = crypto.run(theirs.agree(ours.public, True))
        return await worked(ours.agree(theirs.public, False)), secret

    ours, theirs = run(body, workers)
    assert ours == theirs
    assert len(ours) == 384


class FakeWorker:
    """Keeps what it is given until it is told to answer."""

    made = []

    def __init__(self, loop, answered, died):
        self.jobs = []
        self.pid = 0
        self._answered = answered
        FakeWorker.made.append(self)

    def give(self, job):
        self.jobs.append(job)

    def answer(self):
        self._answered(self.jobs.pop(0), 1)

    def close(self):
        pass


@pytest.fixture
def fake_workers(monkeypatch):
    monkeypatch.setattr(powers, "_Worker", FakeWorker)
    monkeypatch.setattr(FakeWorker, "made", [])
    return FakeWorker.made


def test_who_is_nearly_done_goes_first_and_stock_is_made_last(fake_workers):
    order = []

    async def body(made):
        made.fill_stock()
        (worker,) = fake_workers
        assert len(worker.jobs) == 2
        made.submit(2, 1, lambda _: order.append("first"))
        made.submit(3, 1, lambda _: order.append("second"), second=True)
        made.submit(2, 1, lambda _: order.append("another"))
        while worker.jobs:
            worker.answer()
        assert made.ready() is not None

    run(body, 1, stock=4)
    assert order == ["second", "first", "another"]


def test_what_nobody_wants_any_more_is_not_computed(fake_workers):
    async def body(made):
        jobs = [made.submit(2, number, print) for number in range(5)]
        (worker,) = fake_workers
        made.cancel(jobs[3])
        made.cancel(jobs[0])
        seen = []
        while worker.jobs:
            seen.append(worker.jobs[0].exponent)
            worker.answer()
        return seen

    assert run(body, 1) == [0, 1, 2, 4]


def test_values_made_ahead_are_right_and_handed_out_once():
    async def body(made):
        assert made.ready() is None
        made.fill_stock()
        await until(lambda: made.computed == 3)
        found = [made.ready() for _ in range(3)]
        await until(lambda: made.computed == 6)
        return found + [made.ready()]

    found = run(body, 1, stock=3)
    assert len({exponent for exponent, _ in found}) == 4
    for exponent, value in found:
        assert exponent >> 255 == 1
        assert value == pow(2, exponent, prime())


def test_an_exchange_takes_a_value_made_ahead():
    async def body(made):
        made.fill_stock()
        await until(lambda: made.computed == 1)
        exchange = WorkedExchange(made, None)
        crypto.run(exchange.prepare())
        theirs = crypto.KeyExchange()
        crypto.run(theirs.prepare())
        secret = crypto.run(theirs.agree(exchange.public, True))
        resumed = asyncio.Event()
        exchange._resume = resumed.set
        agreeing = exchange.agree(theirs.public, False)
        assert next(agreeing) == 0
        await resumed.wait()
        with pytest.raises(StopIteration) as end:
            next(agreeing)
        return end.value.value, secret

    ours, theirs = run(body, 1, stock=1)
    assert ours == theirs


def test_it_is_busy_while_much_waits(fake_workers):
    async def body(made):
        found = []
        for _ in range(300):
            made.submit(2, 1, lambda _: None)
            found.append(made.busy())
        (worker,) = fake_workers
        while worker.jobs:
            worker.answer()
        return found, made.busy()

    found, afterwards = run(body, 1)
    # Two are with the worker, 256 may wait.
    assert found == [False] * 258 + [True] * 42
    assert not afterwards


def test_the_number_of_workers_follows_the_machine(monkeypatch):
    for cores, expected in ((1, 2), (2, 2), (4, 3), (16, 4)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: range(cores))
        assert powers.default_workers() == expected
