"""What kill -9 under load costs: never more than the frames that may wait to be written."""

import json
import os
import select
import sqlite3
import subprocess
import sys
import time

import cbor2
import pytest
from gateway_world import GIVE_UP_S, Device

import uwish
from uwish_host.contacts_file import Contact
from uwish_host.state import State

WAIT = 50  # frames, at most, before devices are not read from
FRAME = 64 + 140  # bytes on the wire, at least
READ = 16384  # what may be read at once before that is noticed


@pytest.fixture
def device(tmp_path):
    state = State(tmp_path)
    state.initialise()
    made = Device(tx_size=8192)
    with state.changing_contacts() as contacts:
        contacts[made.app.uid] = Contact(made.app._node.identity.public, "lamp")
    yield made
    made.app.close()


def test_no_more_is_lost_than_may_wait(tmp_path, device):
    # A flush so far away that only the limit makes it write.
    limits = ("--max-unwritten", str(WAIT), "--flush-ms", "60000")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uwish_host", "gateway", "--json", "--workers", "0"),
            *("--no-announce", "--state", str(tmp_path), "--listen", "127.0.0.1:0", *limits),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
    )
    try:
        listening = json.loads(process.stdout.readline())
        own = State(tmp_path).identity()
        device.app.identity.import_(own.document(), (listening["transport"],))
        device.app.peer.pin(device.app.uid, own.uid, uwish.ANY_HOST, "always")
        said = bytearray()
        end = time.monotonic() + GIVE_UP_S
        number = 0
        while said.count(b'"event": "frame"') < 40 * WAIT:
            assert time.monotonic() < end, "waited in vain"
            while device.online and device.send(reading(number)) == 200:
                number += 1
            device.app.poll(1)
            while select.select([process.stdout], [], [], 0)[0]:
                said += os.read(process.stdout.fileno(), 1 << 16)
        process.kill()
        said += process.stdout.read()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    told = said.count(b'"event": "frame"')
    db = sqlite3.connect(tmp_path / "readings.db")
    try:
        stored = [value for (value,) in db.execute("SELECT value FROM reading ORDER BY id")]
    finally:
        db.close()
    assert stored == list(range(len(stored)))
    assert told - len(stored) <= WAIT + READ // FRAME


def reading(number):
    """64 bytes that say it."""
    frame = cbor2.dumps([{0: "number", 2: number, 1: ""}])
    return cbor2.dumps([{0: "number", 2: number, 1: "u" * (64 - len(frame))}])
