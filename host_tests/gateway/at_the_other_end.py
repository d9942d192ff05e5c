"""What a device at the other end of a cable finds (test_announce_cable.py): one line of JSON.

    python at_the_other_end.py STORE

With the identity and the contacts in STORE it waits until the gateway has announced itself on every
cable, and then until it is online there, with nothing to go by but what it hears.
"""

import json
import socket
import sys
import time

from cable import CABLES

import uwish
from uwish.announcement import PORT, Announcement

GIVE_UP_S = 60


def announced():
    """{source: port} of the announcements heard, when each cable has brought one."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(GIVE_UP_S)
        sock.bind(("", PORT))
        while len(found) < len(CABLES):
            data, source = sock.recvfrom(2000)
            said = Announcement()
            assert said.read(data, 0, len(data))
            transport = f"wish://{source[0]}:{said.port}".encode()
            assert transport in data, (source, data)
            found[source[0]] = said.port
    return found


def online(store):
    """The peer (its url) that a device gets by listening, and where it was heard."""
    app = uwish.App("device", protocols=("sensor",), store=uwish.FileStore(store))
    discovery = app.discover()
    deadline = time.monotonic() + GIVE_UP_S
    peers = []
    while not peers and time.monotonic() < deadline:
        app.poll(100)
        peers = [peer.url() for peer in app.peer]
    hosts = [address for _, _, address in discovery]
    app.close()
    return {"peers": peers, "hosts": hosts}


print(json.dumps({"announced": announced(), **online(sys.argv[1])}))
