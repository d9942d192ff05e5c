"""The device of the budget probe, under MicroPython: it starts from a prepared store, connects,
sends frames, and prints what the heap holds at each stage, as `NAME BYTES` lines.

    micropython -X heapsize=1m budget_probe_device.mpy STORE FRAMES MODE

MODE `sample` collects garbage after every turn of the handshake, to see the most that is alive at
once; MODE `run` leaves the collector alone: it is what a board does. All bytes but `base` (the
interpreter and this file) are counted without `base`.
"""

import gc
import sys


def held():
    gc.collect()
    return gc.mem_alloc()


def main(store, frames, sampling):
    base = held()
    print("base", base)
    import uwish

    print("imported", held() - base)
    make = uwish.App
    files = uwish.FileStore(store)
    print("loaded", held() - base)
    app = make("device", ("sensor",), files)
    print("made", held() - base)
    peak = connect(app, sampling)
    for _ in range(20):
        app.poll(1)
    if sampling:
        print("peak", peak - base)
    print("connected", held() - base)
    send(app, frames)
    print("after", held() - base)
    print("usable", gc.mem_alloc() + gc.mem_free())
    from uwish.crypto import PROFILE

    print("fast", int(PROFILE == "fast"))
    app.close()
    print("end 0")


def connect(app, sampling):
    peak = 0
    while not app.stats.handshakes:
        app.poll(0 if sampling else 100)
        if sampling:
            peak = max(peak, held())
    while not online(app):
        app.poll(10)
    return peak


def online(app):
    for peer in app.peer:
        return peer
    return None


def send(app, frames):
    payload = bytes(64)
    peer = online(app)
    accepted = 0
    while app.stats.sent < frames:
        if accepted < frames and app.peer.send(peer, payload) == 200:
            accepted += 1
        app.poll(0)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "sample")
