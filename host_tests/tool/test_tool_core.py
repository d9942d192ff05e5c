"""`uwish provision --gateway core:HOST:PORT`: a device for a stock wish-core, by its app port."""

import socket
import threading

import pytest
from harness.wish_core import WishCore
from tool_on_board import PASSWORD, Tool

from uwish.bson_writer import Writer
from uwish_host.board import core_app
from uwish_host.board.core_app import CoreApp, CoreRefused, decode, encode
from uwish_host.board.gateways import DesktopCore
from uwish_host.errors import Failure

pytestmark = pytest.mark.interop


@pytest.fixture
def core(tmp_path):
    """A stock core, started in a scratch directory."""
    running = WishCore(tmp_path / "core").start()
    yield running
    running.stop()


@pytest.fixture
def desktop(core):
    """The same, with an identity."""
    with CoreApp("127.0.0.1", core.app_port) as app:
        app.request("identity.create", "Desk")
    return core


def provision(board, core, *arguments, run="json"):
    return getattr(Tool(board), run)(
        "provision",
        *("--gateway", f"core:127.0.0.1:{core.app_port}"),
        *("--address", f"127.0.0.1:{core.port}", "--wifi", "home", "--password-file", "-"),
        *arguments,
        input=PASSWORD,
    )


def test_a_device_comes_online_at_a_core(board, desktop):
    said = provision(board, desktop, "--name", "greenhouse")
    assert said["online"]["online"]
    assert said["gateway"]["name"] == "Desk" and said["gateway"]["admitted"] == "added"
    board.wait_output("Desk: connected")
    again = provision(board, desktop)
    assert again["gateway"]["admitted"] == "unchanged" and again["online"]["online"]
    with CoreApp("127.0.0.1", desktop.app_port) as app:
        known = app.request("identity.list")
    assert [identity["alias"] for identity in known] == ["Desk", "greenhouse"]
    assert PASSWORD not in desktop.log


def test_the_doctor_asks_a_core_too(board, desktop):
    provision(board, desktop, "--wait", 0)
    said = Tool(board).ok("doctor", "--gateway", f"core:127.0.0.1:{desktop.app_port}")
    assert "the device is online at Desk" in said


def test_a_core_without_an_identity(board, core):
    assert "has no identity yet: make one there first" in provision(board, core, run="refused")


def test_who_it_is_and_who_may_come_in(desktop):
    core = DesktopCore("127.0.0.1", desktop.app_port)
    assert core.name == "Desk" and len(core.uid) == 32
    assert not core.knows(bytes(32)) and core.knows(core.uid)
    assert core.connections(bytes(32)) == set()


def test_what_a_core_refuses(desktop):
    with CoreApp("127.0.0.1", desktop.app_port) as app:
        with pytest.raises(CoreRefused, match=r"refuses identity.import: .* \(76\)"):
            app.request("identity.import", b"nonsense")
        with pytest.raises(CoreRefused, match=r"refuses no.such.op: Command not found"):
            app.request("no.such.op")


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Failure, match=f"no desktop core at 127.0.0.1:{port}"):
        CoreApp("127.0.0.1", port)


@pytest.mark.parametrize(
    "answer", [b"", b"\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x02xx"]
)
def test_something_else_listens(answer, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            sock, _ = server.accept()
            with sock:
                sock.sendall(answer)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(1000):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        with (
            pytest.raises(Failure, match="does not speak as a desktop core's app port does"),
            CoreApp("127.0.0.1", server.getsockname()[1]),
        ):
            pass
        thread.join()


def test_bson_both_ways():
    fields = {"s": "Grüße", "b": b"\x00\x01", "t": True, "i": 7, "d": {"a": ["x", 1]}, "e": []}
    assert decode(encode(fields)) == fields


def test_negative_numbers_are_read():
    buf = bytearray(50)
    writer = Writer()
    writer.begin(buf, 0, 50)
    writer.int32_from(b"n", b"\xff\xff\xff\xff", 0)
    assert decode(buf[: writer.finish()]) == {"n": -1}


@pytest.mark.parametrize(
    "data", [b"", b"\x05\x00\x00\x00\x01", b"\x09\x00\x00\x00\x77a\x00\x00\x00"]
)
def test_damaged_bson(data):
    with pytest.raises(ValueError):
        decode(data)


def test_what_is_too_large_for_a_core():
    with pytest.raises(ValueError, match="too large"):
        encode({"b": bytes(core_app._LARGEST)})
