"""Our gateway, as the command `uwish gateway` that a user starts."""

import os
import subprocess
import sys
from pathlib import Path

from .json_process import JsonProcess
from .ports import free_port

ROOT = Path(__file__).resolve().parents[3]
UWISH = [sys.executable, "-m", "uwish_host"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(ROOT / "lib"), str(ROOT / "tools"))),
}
_COMMAND_S = 60


class Gateway(JsonProcess):
    """`uwish gateway` with its state in `directory`; started again there, it is the same gateway.
    It listens on `host`, and announces itself unless that is loopback.

    Its events are those of `uwish gateway --json`, ids and data as hex text: online, offline
    (`peer`), frame (`peer`, `data`), closed (`reason`), ... (uwish_host.events lists them).
    """

    def __init__(self, directory, port=None, host="127.0.0.1"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.state = self.directory / "state"
        self.port = port or free_port()
        super().__init__(
            "gateway",
            [
                *UWISH,
                "gateway",
                "--listen",
                f"{host}:{self.port}",
                "--state",
                self.state,
                "--json",
            ],
            self.directory / "gateway.log",
            first="listening",
            env=ENVIRONMENT,
        )
        self.uid = bytes.fromhex(self.first["uid"])
        self.hid = bytes.fromhex(self.first["hid"])
        self.sid = bytes.fromhex(self.first["sid"])
        self.protocol = self.first["protocols"][0]
        self.document = bytes.fromhex(self.first["document"])

    def add(self, document):
        """Let the identity of this document in."""
        path = self.directory / "contact.bson"
        path.write_bytes(document)
        self.uwish("device", "add", path)

    def send(self, peer, payload):
        """Send a frame to a peer (as an event had it) by `uwish send`."""
        self.uwish("send", peer["url"], "--hex", payload.hex())

    def uwish(self, *arguments):
        """Run another `uwish` command on this gateway's state; what it printed."""
        done = subprocess.run(
            [*UWISH, *map(str, arguments), "--state", str(self.state)],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _ask_to_end(self, popen):
        popen.terminate()
