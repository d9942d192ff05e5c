"""A connection that is over is gone from memory at once: nobody has to look for garbage first."""

import gc
import weakref

import pytest
from gateway_world import hello, same_host_as, until


@pytest.fixture(autouse=True)
def nobody_looks_for_garbage():
    gc.disable()
    yield
    gc.enable()


def watched(gateway, parts):
    """Weak references to what all its connections consist of; `parts(link)` gives that."""

    def look():
        return [weakref.ref(part) for link in gateway.gateway.links() for part in parts(link)]

    return until(lambda: gateway.call(look))


def of_a_link(link):
    connection = link.connection
    return [link, link.peers, link.frames, connection, connection.session, connection.window]


def assert_gone(references):
    until(lambda: not any(reference() for reference in references))


def test_of_a_device_that_sent_frames_and_hung_up(gateway, online_device):
    device = online_device()
    for _ in range(3):
        device.send(b"21.5 Cel")
        until(lambda: len(gateway.named("frame")), device)
    references = watched(gateway, of_a_link)
    device.app.close()
    assert_gone(references)


def test_of_one_that_was_shut_out_while_a_frame_was_on_its_way(gateway, online_device):
    device = online_device()
    references = watched(gateway, of_a_link)
    gateway.send(device, b"are you there?")
    gateway.shut_out(device)
    assert_gone(references)
    until(lambda: device.presence[-1] == "offline", device)


def test_of_the_older_of_two_connections_of_a_host(gateway, online_device, make_device):
    old = online_device()
    references = watched(gateway, of_a_link)
    new = make_device(store=same_host_as(old))
    new.pin(gateway)
    until(lambda: new.online, new)
    assert_gone(references)
    assert new.send(b"21.5 Cel") == 200


def test_of_a_stranger(gateway):
    with gateway.connect() as stranger:
        references = watched(gateway, lambda link: [link, link.connection])
        stranger.sendall(hello(gateway, bytes(32)))
        assert_gone(references)
    assert gateway.named("refused")


def test_of_a_handshake_that_was_broken_off(gateway, make_device):
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        references = watched(gateway, lambda link: [link, link.connection])
        sock.sendall(hello(gateway, device.app.uid))
        assert sock.recv(1) == b"\x01"  # our key begins
    assert_gone(references)
