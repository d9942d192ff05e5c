"""Connections over the Wi-Fi: what the board's programs see, and what the other end sees."""

import contextlib
import socket

import pytest
from mpremote_command import run
from wifi_program import JOIN, program, result

GOT_IP, NO_AP_FOUND = 1010, 201

CONNECT = (
    JOIN
    + """
import socket, select
def connect(port):
    s = socket.socket()
    s.connect(socket.getaddrinfo('127.0.0.1', port)[0][-1])
    return s
def number(f, *args):
    try:
        return f(*args)
    except OSError as e:
        return e.errno
"""
)


def test_bytes_go_both_ways(home, listener):
    port = listener.getsockname()[1]
    before = program(
        home,
        CONNECT
        + f"join()\ns = connect({port})\ns.write(b'hello')\nprint(s.read(5), s.recv(9))\ns.close()",
    )
    peer, _ = listener.accept()
    with peer:
        assert peer.recv(5, socket.MSG_WAITALL) == b"hello"
        peer.sendall(b"world")
        peer.shutdown(socket.SHUT_WR)
        assert result(home, before) == "b'world' b''\n"
        assert peer.recv(1) == b""


def test_a_connection_that_nobody_takes_is_refused(home):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        text = run(home, "exec", CONNECT + f"join()\nprint(number(connect, {port}))")
    assert text == "111\n"


def test_without_wifi_there_is_no_way_out(home, listener):
    port = listener.getsockname()[1]
    text = run(
        home,
        "exec",
        CONNECT + f"print(number(connect, {port}))\n"
        "print(number(socket.getaddrinfo, 'gateway.example', 1))\n"
        "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "print(number(u.sendto, b'x', ('255.255.255.255', 9)))",
    )
    assert text == "113\n-202\n113\n"


DATAGRAM = (
    JOIN
    + """
import socket, select
join(reconnects=-1)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('127.0.0.1', %d))
print('bound')
for _ in range(2):
    print(u.recvfrom(9)[0])
u.sendto(b'back', ('127.0.0.1', %d))
"""
)


def test_datagrams_are_lost_while_there_is_no_wifi(home):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours, socket.socket() as free:
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(60)
        free.bind(("127.0.0.1", 0))
        theirs = free.getsockname()
        before = program(home, DATAGRAM % (theirs[1], ours.getsockname()[1]))
        home.wait_output("bound\r\n", since=before)
        ours.sendto(b"one", theirs)
        home.wait_output("b'one'\r\n", since=before)
        home.control("wifi", up=False)
        ours.sendto(b"lost", theirs)
        number = home.wait_event("wifi", status=NO_AP_FOUND)
        home.control("wifi", up=True)
        home.wait_event("wifi", status=GOT_IP, since=number)
        ours.sendto(b"two", theirs)
        assert result(home, before) == "bound\nb'one'\nb'two'\n"
        assert ours.recv(9) == b"back"


LOSE = (
    CONNECT
    + """
join(reconnects=-1)
s = connect(%d)
s.setblocking(False)
print('up')
p = select.poll()
p.register(s, select.POLLIN)
buf = bytearray(10)
for item in p.ipoll(20000):
    print(item[0] is s, item[1] & select.POLLIN)
print(number(s.readinto, buf, 10), number(s.readinto, buf, 10), number(s.write, b'x'))
"""
)


def test_when_the_wifi_goes_the_board_gets_errors_and_the_peer_hears_nothing(home, listener):
    before = program(home, LOSE % listener.getsockname()[1])
    peer, _ = listener.accept()
    with peer:
        home.wait_output("up\r\n", since=before)
        home.control("wifi", up=False)
        assert result(home, before) == "up\nTrue 1\n113 128 128\n"
        # Neither an end nor an error, whatever is sent into the silence …
        peer.sendall(b"are you there?")
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.recv(1)
        # … until the board is back, and knows of no such connection.
        peer.settimeout(60)
        home.control("wifi", up=True)
        with pytest.raises(ConnectionResetError):
            peer.recv(1)


def test_a_power_cut_is_silent_too(home, listener):
    before = program(home, CONNECT + f"join()\ns = connect({listener.getsockname()[1]})\nprint(1)")
    peer, _ = listener.accept()
    with peer:
        assert result(home, before) == "1\n"
        home.control("power", on=False)
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.recv(1)


def test_a_soft_reset_closes_connections(home, listener):
    before = program(home, CONNECT + f"join()\ns = connect({listener.getsockname()[1]})\nprint(1)")
    peer, _ = listener.accept()
    with peer:
        assert result(home, before) == "1\n"
        home.type(b"\x04")
        peer.settimeout(60)
        with contextlib.suppress(ConnectionResetError):
            assert peer.recv(1) == b""


def test_sockets_allocate_nothing_on_the_steady_path(home, listener):
    before = program(
        home,
        CONNECT
        + f"""
import micropython
join()
s = connect({listener.getsockname()[1]})
s.setblocking(False)
p = select.poll()
p.register(s, select.POLLIN)
buf = bytearray(64)
for item in p.ipoll(0):
    pass
def steady():
    micropython.heap_lock()
    got = s.readinto(buf, 64)
    sent = s.write(buf, 1, 3)
    for item in p.ipoll(0):
        pass
    micropython.heap_unlock()
    return got, sent
print(steady())
""",
    )
    peer, _ = listener.accept()
    with peer:
        assert result(home, before) == "(None, 3)\n"


def test_asyncio_streams_work_over_it(home, listener):
    before = program(
        home,
        JOIN
        + f"""
join()
import asyncio
async def talk():
    r, w = await asyncio.open_connection('127.0.0.1', {listener.getsockname()[1]})
    w.write(b'ping')
    await w.drain()
    print(await r.readexactly(4))
    w.close()
    await w.wait_closed()
asyncio.run(talk())
""",
    )
    peer, _ = listener.accept()
    with peer:
        assert peer.recv(4, socket.MSG_WAITALL) == b"ping"
        peer.sendall(b"pong")
        assert result(home, before) == "b'pong'\n"
