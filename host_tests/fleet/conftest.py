"""What runs beside the gateway comes from the interoperability tests' harness, and a gateway in a
thread from the gateway's own tests."""

import sys
from pathlib import Path

import pytest

from uwish_host.bench import run

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(path) for path in (HERE, HERE.parent, HERE.parent / "interop")]
sys.path.append(str(HERE.parent / "gateway"))


@pytest.fixture(autouse=True)
def no_long_warm_up(monkeypatch):
    """Nothing is measured here, only whether it can be."""
    monkeypatch.setattr(run, "_WARM_UP_S", 0.1)
