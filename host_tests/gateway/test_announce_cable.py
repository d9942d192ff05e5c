"""A gateway with two networks, and a device at the other end of the cables: separate machines, as
far as Linux's networking can tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cable import CABLES

import uwish
from uwish.documents import build_document
from uwish_host.contacts_file import Contact
from uwish_host.state import State

HERE = Path(__file__).resolve().parent
CABLE = HERE.parent / "cable.py"
PORT = 37009
GIVE_UP_S = 150


def test_it_is_announced_on_each_network_with_its_address_there(tmp_path):
    state = State(tmp_path / "gateway")
    state.initialise()
    identity = state.identity()
    device = uwish.App("device", protocols=("sensor",), store=uwish.FileStore(tmp_path / "device"))
    device.identity.create("device")
    device.identity.import_(build_document("gateway", identity.uid, identity.public))
    with state.changing_contacts() as contacts:
        public = device._node.identity.public
        contacts[device.uid] = Contact(public, "device")
    device.close()

    gateway = [
        "gateway",
        "--state",
        state.directory,
        "--listen",
        f":{PORT}",
        "--json",
        "--no-store",
    ]
    done = subprocess.run(
        [
            *(sys.executable, CABLE),
            *(sys.executable, "-m", "uwish_host", *gateway),
            "--",
            *(sys.executable, HERE / "at_the_other_end.py", tmp_path / "device"),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=GIVE_UP_S,
    )
    assert done.returncode == 0, done.stderr
    said = list(objects(done.stdout))
    ours = [address for _, address, _ in CABLES]
    found = next(line for line in said if "announced" in line)
    assert found["announced"] == dict.fromkeys(ours, PORT)
    assert found["hosts"][0] in [f"wish://{address}:{PORT}" for address in ours]
    assert [identity.uid.hex() in url for url in found["peers"]] == [True]
    events = {line["event"]: line for line in said if "event" in line}
    assert events["announcing"]["addresses"] == ours
    assert events["online"]["peer"]["alias"] == "device"


def objects(text):
    """The JSON objects in `text`: two processes write there, so two may share a line."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        found, end = decoder.raw_decode(text)
        yield found
        text = text[end:]
