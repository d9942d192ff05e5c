"""Devices that say something at a gateway which is a process."""

import contextlib

import cbor2
from device_online import Device


@contextlib.contextmanager
def online(gateway, state, **options):
    """A device at a gateway of the test's own."""
    device = Device(gateway, state, **options)
    with contextlib.closing(device.app):
        yield device


def say(device, data):
    device.app.peer.send(device.online[0], data)
    device.app.poll(5)


def reading(value, name="greenhouse/t", unit="Cel"):
    return cbor2.dumps([{0: name, 1: unit, 2: value}])
