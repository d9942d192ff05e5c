"""A device under MicroPython against a gateway in this process, to measure what the library costs.

`Bench` compiles the library as a board gets it, prepares a store (identity, contact, pin), starts
the 64-bit interpreter of build/venv on `budget_probe_device.py` and gives back what it printed. The
gateway is the library's own server role, on loopback. budget_probe_table.py is the command.
"""

import socket
import subprocess
import threading
from pathlib import Path

import micropython_runner as runner
import mpy

import uwish
from uwish import crypto
from uwish.connection import CLOSED, Connection
from uwish.identity import Identity
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats

OUT = runner.ROOT / "build" / "budgets"
FRAMES = 100
PROFILES = ("small", "fast")
ROOMY = "1m"
_DEVICE = "budget_probe_device"
_TIME_LIMIT_S = 120


class Gateway:
    """One connection of the library in its server role on a listening socket; counts frames."""

    def __init__(self, own):
        self.received = 0
        self.device = None  # (uid, public key) of who may come in
        self._own = own
        stats = Stats()
        service = Service("gateway", ("sensor",))
        self._connection = Connection(0, service, self, SendBuffer(256, 1), stats, 4096, 200)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self):
        """Wait for one device."""
        self._thread.start()

    def stop(self):
        """The device has ended, whether it ever called or not: how many frames there were."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(_TIME_LIMIT_S)
        self._listener.close()
        return self.received

    # What a connection asks and tells its owner

    def authorise(self, connection, uid):
        connection.public = self.device[1]
        return uid == self.device[0]

    def accepts(self, connection):
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        pass

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        self.received += 1

    def _serve(self):
        try:
            sock, _ = self._listener.accept()
            with sock:
                self._converse(sock)
        except OSError:
            pass  # nobody called, or the device died of a heap too small

    def _converse(self, sock):
        c = self._connection
        c.answer(self._own, crypto.KeyExchange(), 0)
        while c.state != CLOSED:
            data = sock.recv(4096)
            if not data:
                return
            off = 0
            while off < len(data) and c.state != CLOSED:
                c.receive(data, off, len(data) - off, 0)
                off += c.taken
                self._answer(c, sock)

    def _answer(self, c, sock):
        while c.step():
            pass
        c.write()
        window = c.window
        if window.end:
            sock.sendall(window.buf[window.start : window.end])
            c.sent(window.end - window.start, 0)


class Bench:
    """Compiled code and a device's store in `folder`. `sizes`: bytes of each .mpy, by module."""

    def __init__(self, folder=OUT):
        self.folder = folder
        self.output = ""  # of the last run, for messages
        self._own = Identity.create("gateway")
        self.sizes = self._compile()

    def run(self, profile, heap=ROOMY, mode="run"):
        """What a device in `heap` bytes (written `100k`) measured, as {name: int}; None when it
        failed or when not all of its frames arrived."""
        gateway = Gateway(self._own)
        self._provision(gateway)
        gateway.start()
        # Relative and short, as on a board: each module's path takes heap. `profile` is a folder.
        path = f"lib:probe:{profile}"
        done = subprocess.run(
            [runner.micropython(), "-X", f"heapsize={heap}", "-m", _DEVICE]
            + ["store", str(FRAMES), mode],
            cwd=self.folder,
            env={"MICROPYPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIME_LIMIT_S,
        )
        received = gateway.stop()
        self.output = done.stdout
        if done.returncode or received != FRAMES:
            return None
        return {name: int(value) for name, value in map(str.split, done.stdout.splitlines())}

    def smallest(self, profile, low=40, high=400):
        """The smallest heap, in KiB, in which a device connects and its frames arrive."""
        while high - low > 1:
            middle = (low + high) // 2
            if self.run(profile, f"{middle}k"):
                high = middle
            else:
                low = middle
        return high

    def _provision(self, gateway):
        store = self.folder / "store"
        for file in store.glob("*"):
            file.unlink()
        app = uwish.App("device", ("sensor",), uwish.FileStore(str(store)))
        app.identity.create("device")
        own = app._node.identity
        gateway.device = own.uid, own.public
        transport = f"wish://127.0.0.1:{gateway.port}"
        app.identity.import_(self._own.document(), (transport,))
        app.peer.pin(app.uid, self._own.uid, uwish.ANY_HOST, "always")
        app.close()

    def _compile(self):
        library = self.folder / "lib"
        files = mpy.compile_library(library, "x64")
        probe = Path(__file__).with_name(f"{_DEVICE}.py")
        mpy.compile_file(probe, self.folder / "probe" / f"{_DEVICE}.mpy", "x64")
        for profile in PROFILES:
            board = self.folder / f"{profile}.py"
            board.write_text(f'dh_profile = "{profile}"\n')
            mpy.compile_file(board, self.folder / profile / "uwish_board.mpy", "x64")
        names = [file.relative_to(library).with_suffix("").as_posix() for file in files]
        return {name: file.stat().st_size for name, file in zip(names, files, strict=True)}
