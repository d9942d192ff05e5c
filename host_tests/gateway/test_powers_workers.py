"""Powers by worker processes: whatever becomes of the workers."""

import asyncio
import os
import signal

import pytest
from powers_run import computed, run, until

from uwish_host import powers


def test_a_worker_that_dies_loses_nothing():
    async def body(made):
        assert await computed(made, 2, 5) == 32
        jobs = [computed(made, 3, exponent) for exponent in range(1, 9)]
        work = [asyncio.ensure_future(job) for job in jobs]
        await asyncio.sleep(0)
        (pid,) = made.pids()
        os.kill(pid, signal.SIGKILL)
        found = await asyncio.gather(*work)
        return found, pid, made.pids(), made.warnings

    found, killed, alive, warnings = run(body, 1)
    assert found == [3**exponent for exponent in range(1, 9)]
    assert len(alive) == 1
    assert killed not in alive
    assert len(warnings) == 1


def test_when_workers_keep_dying_the_event_loop_does_the_work(monkeypatch):
    monkeypatch.setattr(powers, "_RESTARTS", 2)

    async def body(made):
        for _ in range(2):
            await computed(made, 2, 5)
            (pid,) = made.pids()
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: pid not in made.pids())
        return await computed(made, 3, 4), made.pids(), made.warnings

    found, pids, warnings = run(body, 1)
    assert (found, pids) == (81, [])
    assert "keep dying" in warnings[-1]


def test_no_process_stays_behind():
    async def body(made):
        await computed(made, 2, 5)
        return made.pids()

    pids = run(body, 2)
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
