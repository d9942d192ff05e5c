"""The fleet on the control socket: everything once, then what changes; slow readers hear less."""

import asyncio
import contextlib
import json

import pytest
from small_fleet import World, device, pack, uid

from uwish_host.control import ControlServer
from uwish_host.fleet import feed
from uwish_host.state import State

GIVE_UP_S = 60


class Enough(Exception):
    """The listener has heard what it wanted."""


def turns(world, count=1, between=lambda turn: None, **options):
    """The messages of `count` turns, a list for each; `between` is called after each."""
    heard = [[]]

    async def say(message):
        json.dumps(message, allow_nan=False)
        heard[-1].append(message)
        if "totals" in message:
            if len(heard) == count:
                raise Enough
            between(len(heard))
            heard.append([])

    async def listen():
        with contextlib.suppress(Enough):
            await feed(world.fleet, say, **{"every_s": 0.1, **options})

    asyncio.run(asyncio.wait_for(listen(), GIVE_UP_S))
    return heard


def devices_of(messages):
    return [device for message in messages for device in message["devices"]]


def test_everything_comes_first_in_pieces():
    world = World(*(f"lamp {number:03}" for number in range(100)))
    (messages,) = turns(world)
    assert max(len(message["devices"]) for message in messages) < 20
    assert [found["alias"] for found in devices_of(messages)] == [
        f"lamp {number:03}" for number in range(100)
    ]
    assert messages[-1]["totals"]["devices"] == 100
    assert messages[-1]["gone"] == []
    assert all(message["time"] == world.clock() for message in messages)


def test_then_what_has_changed():
    world = World("lamp", "pump", "fan")
    contacts = dict(world.contacts)

    def between(turn):
        if turn == 1:
            world.comes(device(2, "pump"))
            world.says(pack(t=1), device(2, "pump"))
        elif turn == 3:
            del contacts[uid(1)]
            world.changes_contacts(contacts)

    first, second, third, fourth = turns(world, 4, between)
    assert len(devices_of(first)) == 3
    (pump,) = devices_of(second)
    assert (pump["uid"], pump["online"], pump["frames"]) == (uid(2).hex(), True, 1)
    assert devices_of(third) == devices_of(fourth) == []
    assert third[-1]["gone"] == []
    assert fourth[-1]["gone"] == [uid(1).hex()]


def test_what_changes_while_a_turn_is_told_is_in_the_next():
    world = World(*(f"lamp {number:03}" for number in range(40)))
    heard = []

    async def listen():
        async def say(message):
            heard.append(message)
            if len(heard) == 1:
                world.comes(device(1, "lamp 000"))
            if sum("totals" in message for message in heard) == 2:
                raise Enough

        with contextlib.suppress(Enough):
            await feed(world.fleet, say, every_s=0.1)

    asyncio.run(asyncio.wait_for(listen(), GIVE_UP_S))
    of_first = [found["online"] for found in devices_of(heard) if found["alias"] == "lamp 000"]
    assert of_first == [False, True]


def readings(data, **options):
    world = World("lamp")
    for frame in data:
        world.says(frame)
    (messages,) = turns(world, **options)
    (found,) = devices_of(messages)
    return found["names"], [latest["name"] for latest in found["readings"]]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["t"]),
        ({"name": "h*"}, ["humidity"]),
        ({"name": "mo?e"}, ["mode"]),
        ({"name": "T"}, []),
        ({"whole": True}, ["mode", "t", "humidity"]),
        ({"whole": True, "name": "*t*"}, ["t", "humidity"]),
    ],
)
def test_which_readings(options, names):
    assert readings([pack(mode="eco", t=1, humidity=2)], **options) == (3, names)


def test_a_reading_that_is_no_number_is_shown_when_there_is_no_other():
    assert readings([pack(mode="eco", data=b"\x01")]) == (2, ["mode"])


def test_bytes_are_hex_and_trends_are_short_unless_all_is_wanted():
    world = World("lamp")
    world.says(pack(data=b"\x01\xff"))
    for value in range(40):
        world.says(pack(t=value), after_s=1)
    (short,) = devices_of(turns(world)[0])
    (whole,) = devices_of(turns(world, whole=True)[0])
    assert len(short["readings"][0]["trend"]) == 24
    data, t = whole["readings"]
    assert data["value"] == "01ff"
    assert len(t["trend"]) == 40 and t["trend"][-1][1] == 39


@pytest.mark.parametrize(
    "request_fields",
    [{"every_s": 0}, {"every_s": 1e9}, {"every_s": "x"}, {"every_s": None}, {"name": 7}],
)
def test_what_cannot_be_asked(tmp_path, request_fields):
    line = json.dumps({"op": "watch", **request_fields})
    assert asyncio.run(answers(tmp_path, World("lamp").fleet, line)) == {"error": "no such request"}


def test_a_gateway_without_a_fleet(tmp_path):
    answer = asyncio.run(answers(tmp_path, None, json.dumps({"op": "watch"})))
    assert answer == {"error": "this gateway keeps no list of its devices"}


async def answers(directory, fleet, *lines):
    """What a control server says to these lines first."""
    server = ControlServer(State(directory), None, fleet)
    await server.start()
    reader, writer = await asyncio.open_unix_connection(directory / "control.sock")
    try:
        for line in lines:
            writer.write(line.encode() + b"\n")
        return json.loads(await asyncio.wait_for(reader.readline(), GIVE_UP_S))
    finally:
        writer.close()
        server.close()


def test_who_does_not_read_is_told_no_more_than_fits(tmp_path):
    # A fleet whose every turn is far more than a socket holds.
    world = World(*(f"lamp {number:03}" for number in range(100)))
    for number in range(100):
        world.says(pack(text="x" * 250, **{f"n{i}": i for i in range(30)}), device(number + 1))
    sent = []

    async def run():
        server = ControlServer(State(tmp_path), None, world.fleet)
        rows = world.fleet.rows

        def counted():
            sent.append(1)
            for number in range(100):
                world.says(pack(t=1), device(number + 1))
            return rows()

        world.fleet.rows = counted
        await server.start()
        reader, writer = await asyncio.open_unix_connection(tmp_path / "control.sock", limit=1024)
        writer.write(b'{"op": "watch", "every_s": 0.1, "whole": true}\n')
        # Its turn stops where the socket is full, so another watcher sees many turns meanwhile.
        heard = 0

        async def say(message):
            nonlocal heard
            heard += "totals" in message
            if heard == 10:
                raise Enough

        with contextlib.suppress(Enough):
            await asyncio.wait_for(feed(world.fleet, say, every_s=0.1), GIVE_UP_S)
        assert len(sent) <= 10 + 3
        writer.close()
        server.close()

    asyncio.run(run())
