"""The racers of `speed.py`: uwish, and `umqtt.simple` doing the same work in the same interpreter.

    micropython -m speed_device uwish STORE CONTROL_PORT
    micropython -m speed_device umqtt PORT [CA_FILE]         (with a CA: TLS, certificate checked)

Connects and prints what it speaks. Then each line of standard input asks for a run, `NAME N`, and
is answered by two numbers: the microseconds from the first of N messages until the receiver had all
of them, and the bytes of heap they took (with the collector off, for NAMEs that begin with `heap_`;
else 0). Every message is the same 64 bytes.
"""

import gc
import socket
import sys
from time import sleep_ms, ticks_diff, ticks_us

PAYLOAD = bytes(range(64))
TOPIC = b"greenhouse/temperature"
_COUNTER = b"$SYS/broker/publish/messages/received"


class Uwish:
    """An app that has met the gateway's peer. uwish sets TCP_NODELAY by itself, and encrypts."""

    def __init__(self, store, control_port):
        import uwish
        from uwish import log

        log.level = log.ERROR
        self.app = uwish.App("device", ("sensor",), uwish.FileStore(store))
        self.control = socket.socket()
        self.control.connect(socket.getaddrinfo("127.0.0.1", int(control_port))[0][-1])
        peers = []
        while not peers:
            self.app.poll(100)
            peers = list(self.app.peer)
        self.peer = peers[0]
        self.rest()
        self.speaks = "uwish " + uwish.__version__

    def rest(self):
        """Leave nothing to be said but the messages."""
        for _ in range(20):
            self.app.poll(1)

    def each(self, n):
        """Every message goes to the network by a turn of its own."""
        app = self.app
        while n:
            if app.peer.send(self.peer, PAYLOAD) == 200:
                n -= 1
            app.poll(0)

    def every8(self, n):
        """Eight messages, then one turn; N is a multiple of eight."""
        app = self.app
        sent = 0
        while sent < n:
            for _ in range(8):
                if app.peer.send(self.peer, PAYLOAD) == 200:
                    sent += 1
            app.poll(0)

    def barrier(self, total):
        """Until the gateway has counted `total` frames."""
        while self.app.stats.sent < total:
            self.app.poll(10)
        self.control.write(b"w" + total.to_bytes(4, "big"))
        self.control.read(1)


class Umqtt:
    """A client of a broker. `umqtt.simple` writes each message to its socket at once, in four
    pieces. It leaves TCP_NODELAY off, so the kernel makes larger segments of them: `each` is that.
    `nodelay` has it set."""

    def __init__(self, port, ca=None):
        from umqtt.simple import MQTTClient

        self.tcp = None
        security = {}
        if ca:
            import ssl

            sys.modules["ussl"] = self  # this umqtt.simple asks for it by MicroPython's old name
            with open(ca, "rb") as file:
                params = {"cert_reqs": ssl.CERT_REQUIRED, "cadata": file.read()}
            params["server_hostname"] = "localhost"
            security = {"ssl": True, "ssl_params": params}
        # A broker has each client once: the listener's port tells them apart.
        self.client = MQTTClient("device" + port, "127.0.0.1", int(port), **security)
        self.client.connect()
        self.tcp = self.tcp or self.client.sock
        self.speaks = " ".join(self.client.sock.cipher()) if ca else "TCP"

    def wrap_socket(self, sock, **params):
        """As `ssl.wrap_socket`, and remember the socket inside."""
        import ssl

        self.tcp = sock
        return ssl.wrap_socket(sock, **params)

    def rest(self):
        """Nothing is to be said but the messages."""

    def each(self, n):
        client = self.client
        while n:
            client.publish(TOPIC, PAYLOAD)
            n -= 1

    def nodelay(self, n):
        self._nodelay(1)
        self.each(n)

    def barrier(self, total):
        """Until the broker has answered a ping: it takes a client's packets one after the other."""
        self.client.ping()
        # Or the last of them would wait for an acknowledgement that the broker's system delays.
        self._nodelay(1)
        self.client.wait_msg()
        self._nodelay(0)

    def counted(self, n):
        """Wait until the broker says that it has received N messages from everybody."""
        counts = []
        self.client.set_callback(lambda topic, message: counts.append(int(message)))
        self.client.subscribe(_COUNTER)
        while n not in counts:
            self.client.wait_msg()
            sleep_ms(1)

    def _nodelay(self, on):
        self.tcp.setsockopt(6, 1, on)  # IPPROTO_TCP, TCP_NODELAY


def heap(run, n):
    """The bytes of heap that a run takes."""
    gc.disable()
    held = gc.mem_alloc()
    run(n)
    held = gc.mem_alloc() - held
    gc.enable()
    return held


def main(name, *args):
    racer = Uwish(*args) if name == "uwish" else Umqtt(*args)
    print(racer.speaks)
    total = 0
    while True:
        order = sys.stdin.readline().split()
        if not order:
            return
        name, n = order[0], int(order[1])
        run = getattr(racer, name.replace("heap_", ""))
        total += n
        racer.rest()
        gc.collect()
        start = ticks_us()
        held = heap(run, n) if name.startswith("heap_") else run(n) or 0
        racer.barrier(total)
        print(ticks_diff(ticks_us(), start), held)


main(*sys.argv[1:])
