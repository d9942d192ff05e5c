"""How a fleet sends: frames made when they are due, or made ahead.

Making a frame (copy, envelope, AES-GCM) costs a simulated device about what taking it costs the
gateway. So where the gateway's limit is looked for, frames are made ahead by the same code, and
only handed to the network then.
"""

import time

_TURN_S = 0.001  # the longest wait between two looks at what is due
_LAST_S = 10  # for what is still in the devices' buffers
_ROUND = 8  # frames of a device in a round, when they go as fast as they can


def send(fleet, online, rate, seconds):
    """Each device in its turn; with a rate of 0 all that the network takes."""
    began = time.monotonic()
    end = began + seconds
    sent = full = at = 0
    while (now := time.monotonic()) < end and online:
        if not rate:
            free = [device for device in online if not device.blocked]
            for device in free:
                for _ in range(_ROUND):
                    sent += device.online and device.send(_stamp())
                _flush(device)
            fleet.turn(0 if free else _TURN_S)
            continue
        # Who could not keep up for long does not make up for it in one go.
        due = min(int((now - began) * rate) - sent - full, 4 * len(online))
        while due > 0:
            device = online[at]
            at = at + 1 if at + 1 < len(online) else 0
            # On its way before the next one is made, or it would wait for that one's arithmetic.
            for _ in range(-(-due // len(online))):
                due -= 1
                if device.online:
                    if device.send(_stamp()):
                        sent += 1
                    else:
                        full += 1
            _flush(device)
        fleet.turn(min(_TURN_S, len(online) / rate))
    took = time.monotonic() - began
    # What was accepted counts as sent, so it must get its chance to arrive.
    _finish(fleet, lambda: any(device.online and not device.flush() for device in online))
    return {"sent": sent, "full": full, "seconds": took}


def make(online, count):
    """`count` frames of all together, the same number of each, nearly."""
    for number, device in enumerate(online):
        of_it = count // len(online) + (number < count % len(online))
        device.make_ahead(of_it, bytes(8))
    return {"count": count}


def play(fleet, online, rate, seconds):
    """What was made ahead, each device in its turn, for so long; what is left of it then goes at
    once, because nothing else can be said before."""
    began = time.monotonic()
    end = began + seconds
    total = sum(device.ahead for device in online)
    released = at = 0
    while (now := time.monotonic()) < end and released < total:
        due = min(int((now - began) * rate), total) - released
        touched = {}
        for _ in range(due):
            device = online[at]
            at = at + 1 if at + 1 < len(online) else 0
            device.release()
            touched[device] = None
        released += due
        for device in touched:
            if not device.blocked:
                _flush(device)
        fleet.turn(_TURN_S / 2)
    took = time.monotonic() - began
    left = sum(device.ahead for device in online)
    for device in online:
        for _ in range(device.ahead):
            device.release()
        _flush(device)
    _finish(fleet, lambda: any(device.online and device.ahead for device in online))
    return {"sent": total - left, "seconds": took}


def _flush(device):
    if device.online:
        device.flush()


def _finish(fleet, more):
    stop = time.monotonic() + _LAST_S
    while more() and time.monotonic() < stop:
        fleet.turn(_TURN_S)


def _stamp():
    return time.monotonic_ns().to_bytes(8, "big")
