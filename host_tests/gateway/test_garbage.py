"""Looking for garbage stops everything, so it is done among a few objects at a time."""

import gc
import sys

import pytest

from uwish_host.serve import tune

CONTAINERS = 100_000  # of 2,500 connections
AT_ONCE = 10_000  # some milliseconds


@pytest.fixture
def looks():
    """(generation, objects to look at) of each search under a gateway's settings."""
    looks = []

    def note(phase, info):
        if phase == "start":
            generation = info["generation"]
            looked_at = sum(len(gc.get_objects(g)) for g in range(generation + 1))
            looks.append((generation, looked_at))

    before = gc.get_threshold(), sys.getswitchinterval()
    gc.collect()
    tune()
    gc.callbacks.append(note)
    yield looks
    gc.callbacks.remove(note)
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])


def test_a_fleet_that_connects_is_not_walked_over_again_and_again(looks):
    kept = [[] for _ in range(CONTAINERS)]
    assert looks, "nobody looks at all"
    assert max(looked_at for generation, looked_at in looks) <= AT_ONCE
    assert len(kept) == CONTAINERS


def test_garbage_of_now_is_found_soon(looks):
    for _ in range(CONTAINERS):
        knot = []
        knot.append(knot)
    assert len(gc.get_objects(0)) + len(gc.get_objects(1)) <= AT_ONCE
