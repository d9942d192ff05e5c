"""What a measurement says of the machine it ran on: who used it, and who had which part of it."""

import mmap
import os

import pytest

from uwish_host.bench import machine, usage
from uwish_host.bench.child import Child
from uwish_host.bench.usage import Usage, cpu_s, limit, resident_bytes


def busy(seconds):
    """A process that has computed for so long and waits; its end is its standard input's."""
    code = (
        "import sys, time, json\n"
        f"while time.process_time() < {seconds}: pass\n"
        "print(json.dumps({}), flush=True)\n"
        "sys.stdin.read()"
    )
    return Child("python3", "-c", code)


def test_processor_time_is_of_those_who_used_it():
    child = busy(0.3)
    try:
        found = Usage([child.pid], [os.getpid()])
        before = cpu_s(child.pid)
        child.answer()
        used = found.since()
        assert cpu_s(child.pid) >= 0.28
        assert used["gateway_cpu_s"] == pytest.approx(cpu_s(child.pid) - before, abs=0.02)
        assert 0 < used["gateway_busiest"] <= used["gateway_cpus"] * 1.05
        assert used["others_cpus"] >= 0
        assert used["gateway_waited"] >= 0
        assert 0 <= used["stolen"] < 1
    finally:
        child.close()


def test_memory_is_private_memory():
    own = resident_bytes(os.getpid())
    # Pages of its own, not from the heap: that may have room it was given long ago.
    with mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        untouched = resident_bytes(os.getpid())
        block.write(b"1" * (8 << 20))
        assert resident_bytes(os.getpid()) - own > 7 << 20
    assert untouched - own < 4 << 20, "memory was counted before anybody used it"


def used(**fields):
    names = ("gateway_cpus", "gateway_busiest", "devices_cpus", "devices_busiest", "others_cpus")
    return {**dict.fromkeys(names, 0.1), "gateway_waited": 0.0, "stolen": 0.0, **fields}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"gateway_busiest": 0.97}, "; the gateway's busiest thread was the limit"),
        ({"devices_busiest": 0.97}, "; the simulated devices were the limit"),
        ({"others_cpus": 4.0}, "; other programs were in the way"),
        ({"gateway_waited": 0.25}, "; the gateway had to wait for one 25% of the time"),
        ({"stolen": 0.05}, "; other virtual machines took 5% of the processors' time"),
        (
            {"gateway_busiest": 0.97, "others_cpus": 4},
            "; the gateway's busiest thread was the limit",
        ),
    ],
)
def test_the_limit_in_words(monkeypatch, fields, said):
    monkeypatch.setattr(usage.os, "cpu_count", lambda: 4)
    found = used(**fields)
    others = found["others_cpus"]
    start = f"processors: gateway 0.1, devices 0.1, others {others:.1f}"
    assert limit(found) == start + said


@pytest.mark.parametrize(
    ("there", "gateway", "devices"),
    [
        ({0}, {0}, {0}),
        ({0, 1, 2}, {0, 1, 2}, {0, 1, 2}),
        ({0, 1, 2, 3}, {0, 1}, {2, 3}),
        ({1, 4, 5, 7, 8}, {1, 4}, {5, 7, 8}),
    ],
)
def test_processors_are_shared_out_when_there_are_enough(monkeypatch, there, gateway, devices):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: there)
    assert machine.shares() == (gateway, devices)


def test_children_run_where_they_were_started():
    before = os.sched_getaffinity(0)
    one = {min(before)}
    with machine.running_on(one):
        child = busy(0)
    try:
        assert os.sched_getaffinity(child.pid) == one
        assert os.sched_getaffinity(0) == before
    finally:
        child.close()


def test_facts_are_texts():
    facts = machine.facts()
    assert all(isinstance(value, str) and value for value in facts.values()), facts
    assert {"date", "processor", "python", "sqlite", "cryptography"} <= set(facts)
