"""The device of the budget probe, under MicroPython: it starts from a prepared store, connects,
sends frames, and prints what the heap holds at each stage, as `NAME BYTES` lines.

    micropython -X heapsize=1m -m budget_probe_device STORE FRAMES MODE

MODE `sample` collects garbage after every turn of the handshake, to see the most that is alive at
once; `run` leaves the collector alone, as a board does. `base` is the interpreter and this file;
the other bytes are counted without it. `peak` is what the handshake holds over `connected`.
"""

import gc
import sys


def held():
    """Bytes in use, garbage not counted."""
    gc.collect()
    return gc.mem_alloc()


def main(store, frames, sampling):
    base = held()
    print("base", base)
    import uwish

    print("imported", held() - base)
    App = uwish.App
    files = uwish.FileStore(store)
    print("loaded", held() - base)
    app = App("device", ("sensor",), files)
    print("made", held() - base)
    peak = connect(app, sampling)
    peer = online(app)
    connected = held()
    print("connected", connected - base)
    if sampling:
        print("peak", peak - connected)
    send(app, peer, frames)
    print("drift", held() - connected)
    app.close()


def connect(app, sampling):
    """Poll until the gateway's peer is there; the most that was held between two polls."""
    peak = 0
    while not online(app):
        app.poll(0 if sampling else 100)
        if sampling:
            peak = max(peak, held())
    for _ in range(10):
        app.poll(1)
    return peak


def online(app):
    for peer in app.peer:
        return peer
    return None


def send(app, peer, frames):
    payload = bytes(64)
    accepted = 0
    while app.stats.sent < frames:
        if accepted < frames and app.peer.send(peer, payload) == 200:
            accepted += 1
        app.poll(0)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "sample")
