"""The stock core with a Node app, as it stands beside our gateway in `make bench-gateway`."""

import pytest
from short_measurement import some
from stock import MAX_DEVICES, StockCore

from uwish_host.bench.run import Bench, make_identities

pytestmark = pytest.mark.interop


def test_simulated_devices_meet_a_stock_core(tmp_path):
    identities = make_identities(3)
    contender = StockCore(tmp_path, identities)
    try:
        with Bench(contender, identities) as bench:
            connect = bench.connect(at_once=1)
            frames = some(lambda: bench.frames(rate=100, seconds=0.3))
            assert len(contender.pids()) == 2
    finally:
        contender.close()
    assert connect["connected"] == 3
    assert frames["per_s"] > 0
    assert 0 < frames["p50_ms"] <= frames["p99_ms"]


def test_it_takes_no_more_than_it_can(tmp_path):
    with pytest.raises(ValueError, match="no more than"):
        StockCore(tmp_path, [None] * (MAX_DEVICES + 1))
