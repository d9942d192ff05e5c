"""Frames between a device under MicroPython and an app on a stock core: the same bytes, in order,
and no harm by those that are too large."""

import pytest
from harness import Desktop, Device, connect

RX_SIZE = 1536  # bytes, the library's default
LARGEST = RX_SIZE - 16 - 141  # what a record holds besides: the tag, the envelope for `sensor`
SMALL_TX = 512


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A desktop, a device and their Link, for tests that leave nothing behind."""
    scratch = tmp_path_factory.mktemp("frames")
    with Desktop(scratch / "desk") as desktop, Device(scratch / "device") as device:
        yield desktop, device, connect(desktop, device)


def pattern(size, salt=0):
    """`size` bytes in which a lost, doubled or swapped one shows."""
    return bytes((i * 7 + (i >> 8) + salt) & 0xFF for i in range(size))


@pytest.mark.parametrize("size", [0, 1, 64, 1000])
def test_the_frame_of_the_device_arrives_equal(shared, size):
    desktop, device, link = shared
    assert device.send(link.app_peer, pattern(size)) == 200
    frame = desktop.app.wait_for("frame")
    assert frame["data"] == pattern(size)
    parts = ("luid", "ruid", "rhid", "rsid", "protocol")
    assert [frame["peer"][part] for part in parts] == [link.device_peer[part] for part in parts]


@pytest.mark.parametrize("size", [0, 1, 64, 1000, LARGEST])
def test_the_frame_of_the_app_arrives_equal(shared, size):
    desktop, device, link = shared
    desktop.app.send(link.device_peer, pattern(size))
    frame = device.wait_for("frame")
    assert frame["data"] == pattern(size)
    assert frame["peer"] == link.app_peer


def test_the_largest_frame_of_the_device_arrives_equal(new_desktop, new_device):
    # 16000 bytes, what the library sends at most: the core breaks on records above 32 KiB.
    desktop, device = new_desktop(), new_device(heap="512k", tx_size=16384)
    link = connect(desktop, device)
    assert device.send(link.app_peer, pattern(16000)) == 200
    assert desktop.app.wait_for("frame")["data"] == pattern(16000)
    assert device.send(link.app_peer, pattern(16001)) == 413


@pytest.mark.parametrize("size", [LARGEST + 1, 16384, 32000])
def test_a_frame_too_large_for_the_device_is_discarded_and_counted(shared, size):
    desktop, device, link = shared
    before = device.stats()
    desktop.app.send(link.device_peer, bytes(size))
    desktop.app.send(link.device_peer, b"and this is read")
    assert device.wait_for("frame")["data"] == b"and this is read"
    after = device.stats()
    assert after["oversized"] == before["oversized"] + 1
    assert after["received"] == before["received"] + 1
    assert after["handshakes"] == 1


def test_frames_between_too_large_ones_keep_their_order(shared):
    desktop, device, link = shared
    before = device.stats()["oversized"]
    for i in range(20):
        desktop.app.send(link.device_peer, pattern(16384, i))
        desktop.app.send(link.device_peer, pattern(50, i))
    for i in range(20):
        assert device.wait_for("frame")["data"] == pattern(50, i)
    assert device.stats()["oversized"] == before + 20


def test_a_burst_fills_the_send_buffer_and_all_accepted_frames_arrive(new_desktop, new_device):
    desktop, device = new_desktop(), new_device(tx_size=SMALL_TX)
    link = connect(desktop, device)
    sent = 0
    for _ in range(5):
        result = device.command("burst", url=link.app_peer["url"], first=sent, count=100)
        assert result["status"] == 507
        sent += result["accepted"]
        device.wait_for("drain")
    assert sent > 5
    for number in range(sent):
        assert desktop.app.wait_for("frame")["data"] == number.to_bytes(4, "big") * 16
    desktop.app.settle()
    assert len(desktop.app.events("frame")) == sent
    stats = device.stats()
    assert (stats["sent"], stats["refused"], stats["dropped"]) == (sent, 5, 0)


def test_a_frame_for_no_service_of_the_device_reaches_nobody(shared):
    # The core does not check it (WIRE.md 3), so the device has to.
    desktop, device, link = shared
    before = device.stats()["undelivered"]
    for wrong in ({"rsid": b"nobody".ljust(32, b"\0")}, {"protocol": "lamp"}):
        desktop.app.send({**link.device_peer, **wrong}, b"lost")
    desktop.app.send(link.device_peer, b"arrives")
    assert device.wait_for("frame")["data"] == b"arrives"
    assert device.stats()["undelivered"] == before + 2


def test_frames_cross_in_both_directions(shared):
    desktop, device, link = shared
    for i in range(50):
        desktop.app.send(link.device_peer, pattern(200, i))
        assert device.send(link.app_peer, pattern(100, i)) == 200
    for i in range(50):
        assert desktop.app.wait_for("frame")["data"] == pattern(100, i)
        assert device.wait_for("frame")["data"] == pattern(200, i)
