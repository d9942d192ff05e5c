"""A HAProxy of the test's own, with the configuration that we ship."""

import os
import shutil
import subprocess
from pathlib import Path

from mqtt_broker import HOST, free_port, until

EXAMPLE = Path(__file__).resolve().parents[2] / "tools" / "examples" / "fleet"
CONFIGURATION = EXAMPLE / "haproxy.cfg"
_GIVE_UP_S = 60
_NOWHERE = "127.0.0.1:9"  # nothing listens there


def haproxy_path():
    """Debian's program, or what to do about it."""
    found = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "haproxy is missing: sudo apt-get install haproxy"
    return found


def environment(listen, addresses):
    """What the configuration takes from there; up to three gateways."""
    gateways = {f"UWISH_GATEWAY_{n}": address for n, address in enumerate(addresses, 1)}
    nowhere = {f"UWISH_GATEWAY_{n}": _NOWHERE for n in (1, 2, 3)}
    return {**os.environ, "UWISH_LISTEN": listen, **nowhere, **gateways}


class Haproxy:
    """It listens at `transport`, for the gateways at `addresses` (HOST:PORT)."""

    def __init__(self, folder, addresses):
        folder.mkdir()
        listen = f"{HOST}:{free_port()}"
        self.transport = f"wish://{listen}"
        self._log = folder / "log"
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(
                [haproxy_path(), "-db", "-f", str(CONFIGURATION)],
                env=environment(listen, addresses),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(lambda: self._listens(listen), "HAProxy")

    def close(self):
        """End it."""
        self._process.terminate()
        self._process.wait(_GIVE_UP_S)

    def log(self):
        """All it has said."""
        return self._log.read_text()

    def _listens(self, listen):
        assert self._process.poll() is None, self.log()
        port = f":{int(listen.rpartition(':')[2]):04X}"
        # Looked up and not tried: a connection would be one more for a gateway.
        with open("/proc/self/net/tcp") as table:
            return any(
                fields[1].endswith(port) and fields[3] == "0A"
                for fields in map(str.split, table.readlines()[1:])
            )
