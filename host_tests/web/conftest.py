"""Web pages that end with their tests."""

import contextlib

import pytest
from page_world import World


@pytest.fixture
def make_world():
    """World(...), ended after the test."""
    with contextlib.ExitStack() as cleanup:

        def make(*arguments, **options):
            world = World(*arguments, **options)
            cleanup.callback(world.close)
            return world

        yield make


@pytest.fixture
def world(make_world, tmp_path):
    """One with storage."""
    return make_world(tmp_path)
