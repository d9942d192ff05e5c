"""A device for interoperability tests: MicroPython and the public API, driven by JSON lines.

    micropython -X heapsize=256k device.py CONFIGURATION

CONFIGURATION is JSON: name, protocols, store (a directory, null for memory), settings (more
arguments of uwish.App). A command is a line on stdin, replies and events are lines on stdout
(harness/json_process.py says how they look). The end of stdin is the order to end.
"""

import gc
import json
import select
import sys
import time
from binascii import hexlify, unhexlify

import uwish
import uwish.log

POLL_MS = 10  # a command waits no longer than this


def main():
    configuration = json.loads(sys.argv[1])
    app = make_app(configuration)
    commands = {
        "import": lambda c: app.identity.import_(c["document"], c["transports"]),
        "pin": lambda c: app.peer.pin(app.uid, c["ruid"], c["rhid"], c["policy"], c["priority"]),
        "unpin": lambda c: app.peer.unpin(app.uid, c["ruid"], c["rhid"]),
        "pins": lambda c: [pin_dict(pin) for pin in app.peer.pins()],
        "send": lambda c: app.peer.send(peers[c["url"]], c["payload"]),
        "burst": lambda c: burst(app, peers[c["url"]], c["first"], c["count"]),
        "nap": lambda c: time.sleep_ms(c["milliseconds"]),
        "discover": lambda c: app.discover() and None,
        "heard": lambda c: discovery_dict(app.discover()),
        "stats": lambda c: stats_dict(app.stats),
        "memory": lambda c: {"used": gc.mem_alloc(), "free": gc.mem_free()},
    }
    stdin = select.poll()
    stdin.register(sys.stdin, select.POLLIN)
    while True:
        app.poll(POLL_MS)
        if stdin.poll(0):
            line = sys.stdin.readline()
            if not line:
                break
            obey(commands, json.loads(line))
    app.close()


peers = {}  # url: Peer, of all that were ever online


def make_app(configuration):
    uwish.log.level = uwish.log.INFO
    uwish.log.sink = lambda text: emit({"event": "log", "text": text})
    directory = configuration["store"]
    store = uwish.FileStore(directory) if directory else uwish.MemoryStore()
    app = uwish.App(
        configuration["name"],
        tuple(configuration["protocols"]),
        store=store,
        **configuration["settings"],
    )
    if app.uid is None:
        app.identity.create(configuration["name"])

    @app.on("ready")
    def ready():
        emit({"event": "ready"})

    @app.on("online")
    def online(peer):
        peers[peer.url()] = peer
        emit({"event": "online", "peer": peer_dict(peer)})

    @app.on("offline")
    def offline(peer):
        emit({"event": "offline", "peer": peer_dict(peer)})

    @app.on("frame")
    def frame(peer, data):
        emit({"event": "frame", "peer": peer_dict(peer), "data": bytes(data)})

    @app.on("drain")
    def drain():
        emit({"event": "drain"})

    emit(
        {
            "event": "started",
            "uid": app.uid,
            "hid": app.hid,
            "sid": app.sid,
            "document": app.identity.export(),
        }
    )
    return app


def obey(commands, command):
    try:
        arguments = {name: from_json(value) for name, value in command.items()}
        data = commands[command["op"]](arguments)
        emit({"reply": command["id"], "data": data})
    except Exception as e:
        emit({"reply": command["id"], "error": repr(e)})


def burst(app, peer, first, count):
    """Send `count` frames of 64 bytes in a row, each its number 16 times, or until one is refused:
    how many were accepted, and the last status."""
    accepted = 0
    status = uwish.OK
    while accepted < count and status == uwish.OK:
        status = app.peer.send(peer, (first + accepted).to_bytes(4, "big") * 16)
        if status == uwish.OK:
            accepted += 1
    return {"accepted": accepted, "status": status}


def peer_dict(peer):
    return {
        "luid": peer.luid,
        "ruid": peer.ruid,
        "rhid": peer.rhid,
        "rsid": peer.rsid,
        "protocol": peer.protocol,
        "url": peer.url(),
        "text": str(peer),
    }


def pin_dict(pin):
    return {
        "luid": pin.luid,
        "ruid": pin.ruid,
        "rhid": pin.rhid,
        "policy": pin.policy,
        "priority": pin.priority,
    }


def discovery_dict(discovery):
    return {
        "hosts": list(discovery),
        "strangers": discovery.strangers,
        "malformed": discovery.malformed,
    }


def stats_dict(stats):
    found = {}
    for name in dir(stats):
        value = getattr(stats, name)
        if not name.startswith("_") and isinstance(value, (int, str, list)):
            found[name] = value
    return found


def emit(message):
    print(json.dumps(to_json(message)))


def to_json(value):
    if isinstance(value, bytes):
        return {"$hex": str(hexlify(value), "utf-8")}
    if isinstance(value, dict):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def from_json(value):
    if isinstance(value, dict) and "$hex" in value:
        return unhexlify(value["$hex"])
    return value


main()
