"""Handshakes whose powers are computed by worker processes."""

import pytest
from gateway_world import Device, RunningGateway, hello, until

from uwish_host import power_worker, powers


@pytest.fixture
def gateway(tmp_path):
    running = RunningGateway(tmp_path / "gateway", workers=1)
    yield running
    running.close()


@pytest.fixture
def no_powers_here(monkeypatch):
    """The gateway's own process computes none: a worker's code is asked for in vain."""

    def refuse(base, exponent):
        raise AssertionError("a power in the event loop")

    monkeypatch.setattr(powers, "power", refuse)
    monkeypatch.setattr(power_worker, "power", refuse)


def test_a_handshake_takes_two_powers_of_a_worker(gateway, online_device, no_powers_here):
    device = online_device()
    assert gateway.call(lambda: gateway.gateway.powers.computed) == 2
    device.send(b"here I am")
    (frame,) = until(lambda: gateway.named("frame"), device)
    assert frame["data"] == b"here I am".hex()


def test_many_devices_get_in_at_once(gateway, make_device):
    devices = [make_device(f"lamp {number}") for number in range(12)]
    for device in devices:
        gateway.let_in(device)
        device.pin(gateway)
    until(lambda: all(device.online for device in devices), *devices)
    assert len(gateway.named("connected")) == 12


def test_a_caller_who_hangs_up_leaves_no_work_behind(gateway, make_device):
    device = make_device()
    gateway.let_in(device)
    for _ in range(20):
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, device.app.uid))
    until(lambda: len(gateway.named("refused")) == 20)
    work = gateway.gateway.powers
    until(lambda: gateway.call(lambda: sum(len(worker.jobs) for worker in work._workers)) == 0)
    assert gateway.call(len, gateway.gateway._links) == 0
    device.pin(gateway)
    until(lambda: device.online, device)


def test_callers_wait_outside_while_workers_are_busy(gateway, make_device, monkeypatch):
    busy = [True]
    monkeypatch.setattr(gateway.gateway.powers, "busy", lambda: busy[0])
    device = make_device()
    gateway.let_in(device)
    device.pin(gateway)
    # The connection is made, by the kernel; nobody takes it.
    until(lambda: device.app.stats.bytes_out >= 67, device)
    for _ in range(50):
        gateway.call(lambda: None)
    assert gateway.call(len, gateway.gateway._links) == 0
    busy[0] = False
    until(lambda: device.online, device)


def test_the_private_key_is_not_given_to_workers(gateway, online_device, monkeypatch):
    given = []
    pack = power_worker.REQUEST.pack

    class Watched:
        size = power_worker.REQUEST.size

        @staticmethod
        def pack(*parts):
            given.append(b"".join(parts))
            return pack(*parts)

    monkeypatch.setattr(powers, "REQUEST", Watched)
    online_device()
    seed = gateway.identity._seed
    assert len(given) == 2
    assert all(seed not in request for request in given)


def test_devices_stay_while_a_worker_dies(gateway, online_device):
    device = online_device()
    (worker,) = gateway.gateway.powers._workers
    worker._process.kill()
    (warning,) = until(lambda: gateway.named("warning"), device)
    assert "worker" in warning["text"]
    other = Device("other")
    try:
        gateway.let_in(other)
        other.pin(gateway)
        until(lambda: other.online, device, other)
        assert device.presence == ["online"]
    finally:
        other.app.close()
