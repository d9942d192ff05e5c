"""The gateway announces itself: datagrams as a desktop core's, a name in .local, on our addresses
only, and not on loopback."""

import asyncio
import contextlib
import socket

import pytest
from announce_world import GATEWAY_PORT, Running, run
from loopback import ADDRESS
from zeroconf import NonUniqueNameException

from uwish.announcement import PORT, Announcement
from uwish_host import announce
from uwish_host.announce import Announcer, announcing, own_addresses
from uwish_host.errors import Failure


class NoMdns:
    """An Mdns that publishes nothing and remembers what it was asked."""

    def __init__(self):
        self.name = None
        self.asked = []

    async def publish(self, addresses):
        self.asked.append(addresses)

    async def close(self):
        self.asked.append("close")


@pytest.fixture
def hearing():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("", PORT))
        sock.setblocking(False)
        yield sock


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(announce, "INTERVAL_S", 0.01)


@contextlib.asynccontextmanager
async def started(announcer):
    announcer.start()
    try:
        yield announcer
    finally:
        await announcer.stop()


async def heard(sock):
    """(uid, hid, port, source address) of the next announcement."""
    data, source = await asyncio.get_running_loop().sock_recvfrom(sock, 2000)
    said = Announcement()
    assert said.read(data, 0, len(data)) == len(data)
    return data[said.uid : said.uid + 32], data[said.hid : said.hid + 32], said.port, source[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "2001:db8::1", "fe80::1%lo"])
def test_nobody_is_told_of_addresses_that_local_discovery_cannot_reach(host):
    assert own_addresses(host) == []


def test_one_address_or_all_but_loopback():
    assert own_addresses("192.0.2.7") == ["192.0.2.7"]
    assert own_addresses("0.0.0.0") == [ADDRESS]
    assert own_addresses("::") == [ADDRESS]


def test_by_default_it_announces_unless_it_listens_on_loopback():
    for host in ("", "0.0.0.0", "::", ADDRESS):
        assert len(announcing(None, host)) == 1
        assert len(announcing(True, host)) == 1
        assert announcing(False, host) == []
    for host in ("127.0.0.1", "localhost", "::1"):
        assert announcing(None, host) == []
        assert announcing(False, host) == []
        with pytest.raises(Failure, match=f"nobody else reaches {host}"):
            announcing(True, host)


def test_again_and_again_from_the_address_that_it_names(hearing, quick):
    async def main():
        running = Running()
        async with started(Announcer(running, NoMdns())):
            for _ in range(3):
                expected = (running.identity.uid, running.identity.hid, GATEWAY_PORT, ADDRESS)
                assert await heard(hearing) == expected
            event = await running.events.get()
            assert event == ("announcing", {"addresses": [ADDRESS], "name": None})
        assert running.events.empty()
        assert running.warnings == []

    run(main())


def test_addresses_may_come_and_go(hearing, quick):
    async def main():
        running = Running()
        mdns = NoMdns()
        now = []
        async with started(Announcer(running, mdns, lambda _: list(now))):
            assert (await running.events.get())[1]["addresses"] == []
            now.append(ADDRESS)
            assert (await running.events.get())[1]["addresses"] == [ADDRESS]
            assert (await heard(hearing))[3] == ADDRESS
            now[:] = ["198.51.100.77"]
            assert (await running.events.get())[1]["addresses"] == ["198.51.100.77"]
            while (await heard(hearing))[3] != "198.51.100.77":
                pass
        assert mdns.asked == [[], [ADDRESS], ["198.51.100.77"], "close"]

    run(main())


def test_what_fails_is_said_once_and_stops_nothing_else(hearing, quick):
    async def main():
        running = Running()
        # The first is not ours.
        addresses = ["192.0.2.1", ADDRESS]
        async with started(Announcer(running, NoMdns(), lambda _: addresses)):
            for _ in range(4):
                assert (await heard(hearing))[3] == ADDRESS
        assert running.warnings == ["cannot announce on 192.0.2.1: Cannot assign requested address"]

    run(main())


def test_a_system_that_does_not_tell_its_addresses(quick):
    async def main():
        running = Running()
        looks = []

        def find(_):
            looks.append(1)
            raise OSError(24, "Too many open files")

        async with started(Announcer(running, NoMdns(), find)):
            assert (await running.events.get())[1]["addresses"] == []
            while len(looks) < 3:
                await asyncio.sleep(0)
        assert running.warnings == ["cannot find our addresses: Too many open files"]

    run(main())


@pytest.mark.parametrize(
    "error", [OSError(19, "No such device"), NonUniqueNameException("taken")], ids=repr
)
def test_without_mdns_the_rest_goes_on(hearing, quick, monkeypatch, error):
    def fail(**_):
        raise error

    monkeypatch.setattr("uwish_host.mdns.AsyncZeroconf", fail)

    async def main():
        running = Running()
        async with started(Announcer(running, running.mdns())):
            _, fields = await running.events.get()
            assert fields == {"addresses": [ADDRESS], "name": None}
            assert (await heard(hearing))[3] == ADDRESS
        assert running.warnings == [f"mDNS is off: {error}"]

    run(main())
