"""Frames between devices and the gateway, over real sockets."""

import time

import cbor2
from gateway_world import until

from uwish import senml


def frames(gateway):
    return gateway.named("frame")


def test_a_device_is_online_with_the_full_tuple(gateway, online_device):
    device = online_device("lamp", name="greenhouse")
    (online,) = gateway.named("online")
    assert online["peer"] == {
        "alias": "lamp",
        "name": "greenhouse",
        "protocol": "sensor",
        "luid": gateway.identity.uid.hex(),
        "ruid": device.app.uid.hex(),
        "rhid": device.app.hid.hex(),
        "rsid": device.app.sid.hex(),
        "url": f"{gateway.identity.uid.hex()}>{device.app.uid.hex()}@{device.app.hid.hex()}"
        f"/{device.app.sid.hex()}/sensor",
    }
    (peer,) = device.online
    assert peer.ruid == gateway.identity.uid
    assert peer.rhid == gateway.identity.hid
    assert peer.rsid == b"gateway".ljust(32, b"\0")


def test_frames_arrive_equal_and_in_order(gateway, online_device):
    device = online_device()
    sent = [bytes([n]) * n for n in range(200)]
    for payload in sent:
        until(lambda payload=payload: device.send(payload) == 200, device)
    until(lambda: len(frames(gateway)) == len(sent), device)
    assert [bytes.fromhex(frame["data"]) for frame in frames(gateway)] == sent
    assert [frame["size"] for frame in frames(gateway)] == list(map(len, sent))


def test_senml_is_shown_as_name_value_unit_and_time(gateway, online_device):
    device = online_device()
    pack = senml.Pack(bytearray(100))
    pack.base("greenhouse:", time=1700000000)
    pack.number("temperature", 2315, -2, "Cel")
    pack.boolean("door", False)
    device.send(bytes(pack.buf[: pack.length]))
    (frame,) = until(lambda: frames(gateway), device)
    assert frame["format"] == "senml"
    assert frame["value"] == [
        {"name": "greenhouse:temperature", "value": 23.15, "unit": "Cel", "time": 1700000000},
        {"name": "greenhouse:door", "value": False, "unit": None, "time": 1700000000},
    ]


def test_a_reading_without_a_time_was_made_now(gateway, online_device):
    device = online_device()
    before = time.time()
    device.send(cbor2.dumps([{0: "load", 2: 1}]))
    (frame,) = until(lambda: frames(gateway), device)
    assert before - 1 <= frame["value"][0]["time"] <= time.time() + 1


def test_frames_to_a_device_arrive_equal_and_in_order(gateway, online_device):
    device = online_device(rx_size=4400)
    sent = [b"", b"\x00", b"hello", bytes(range(256)) * 15]
    for payload in sent:
        assert gateway.send(device, payload) == 200
    until(lambda: len(device.frames) == len(sent), device)
    assert device.frames == sent
    assert [fields["status"] for fields in gateway.named("sent")] == [200] * 4


def test_a_frame_that_can_never_fit_is_413(gateway, online_device):
    device = online_device()
    assert gateway.send(device, bytes(4090)) == 200
    until(lambda: device.app.stats.oversized == 1, device)
    assert gateway.send(device, bytes(4091)) == 413


def test_a_record_that_is_too_large_is_left_out_and_answered(gateway, online_device):
    device = online_device(tx_size=20000)
    assert device.send(bytes(9000)) == 200
    assert device.send(b"after") == 200
    until(lambda: frames(gateway), device)
    assert [frame["data"] for frame in frames(gateway)] == [b"after".hex()]
    assert device.online


def test_devices_do_not_mix(gateway, online_device):
    devices = [online_device(alias) for alias in ("one", "two", "three")]
    for device in devices:
        device.send(device.app.uid)
    until(lambda: len(frames(gateway)) == 3, *devices)
    for frame in frames(gateway):
        assert frame["data"] == frame["peer"]["ruid"]
    for device in devices:
        gateway.send(device, device.app.uid)
    until(lambda: all(device.frames for device in devices), *devices)
    assert [device.frames for device in devices] == [[device.app.uid] for device in devices]


def test_what_happened_is_counted_at_the_end(gateway, online_device):
    device = online_device()
    device.send(b"one")
    gateway.send(device, b"two")
    until(lambda: frames(gateway) and device.frames, device)
    device.app.close()
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["reason"] == "lost"
    assert (closed["received"], closed["sent"], closed["dropped"]) == (1, 1, 0)
    (offline,) = gateway.named("offline")
    assert offline["peer"] == gateway.named("online")[0]["peer"]


def test_the_end_of_the_gateway_is_the_end_of_its_connections(gateway, online_device):
    device = online_device()
    gateway.call(gateway.gateway.close)
    until(lambda: device.presence == ["online", "offline"], device)
    assert [fields["reason"] for fields in gateway.named("closed")] == ["closed"]
