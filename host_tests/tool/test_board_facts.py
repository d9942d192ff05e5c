"""What a board says of itself, where that is not what it seems."""

import gc
import os

import pytest

from uwish_host.board.remote import disk, facts


@pytest.mark.parametrize(("blocks", "free"), [(3, 12288), (0, 0), (-13, 0), (2**64 - 13, 0)])
def test_a_littlefs_that_is_full_to_the_brim_has_no_room(monkeypatch, blocks, free):
    monkeypatch.setattr(os, "statvfs", lambda path: (4096, 4096, 512, blocks, blocks))
    monkeypatch.setattr(gc, "mem_free", lambda: 1000, raising=False)
    assert disk.free() == free
    assert facts.facts()["free"] == free
