"""What every measurement needs: the compiled code, a gateway to talk to, nothing but loopback."""

import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parents[1] / "tools")]

import fetch_umqtt  # noqa: E402
import loopback  # noqa: E402
import micropython_runner as runner  # noqa: E402
import mpy  # noqa: E402
from system_tools import Missing  # noqa: E402

ROOT = runner.ROOT
BUILD = ROOT / "build" / "bench"
UMQTT = ROOT / "build" / "micropython" / "umqtt" / "simple.py"  # `make bench` fetches it
UMQTT_VERSION = fetch_umqtt.VERSION
COMPILED = BUILD / "mpy"  # lib/uwish
_OTHERS = BUILD / "others"  # umqtt, and the scripts that run in a device
_SCRIPTS = ("count_device", "speed_device")
PROFILES = ("fast", "small")
# Roomy for everybody, and the same: this build's objects are twice as large as an ESP32's.
HEAP = "300k"


def isolate():
    """Leave every network but loopback, for good; Missing when the system forbids it."""
    if loopback.only_loopback():
        return
    try:
        loopback.enter_fresh_namespace()
    except OSError as error:
        raise Missing(
            f"no network namespace ({error.strerror}): run as root, or allow unprivileged user "
            "namespaces, or use a container with --network none"
        ) from None


def compile_all():
    """Everything as a board would load it: .mpy, -O3."""
    mpy.compile_library(COMPILED, "x64")
    shutil.rmtree(_OTHERS, ignore_errors=True)
    for name in _SCRIPTS:
        mpy.compile_file(HERE / f"{name}.py", _OTHERS / f"{name}.mpy", "x64")
    if UMQTT.exists():
        mpy.compile_file(UMQTT, _OTHERS / "umqtt" / "simple.mpy", "x64")
    for profile in PROFILES:
        folder = BUILD / profile
        folder.mkdir(exist_ok=True)
        (folder / "uwish_board.py").write_text(f'dh_profile = "{profile}"\n')


def environment(library, profile="fast"):
    """For MicroPython: `library`, the key exchange of `profile`, umqtt and the scripts. Paths are
    relative and short, as on a board: each module's takes heap."""
    folders = [library, BUILD / profile, _OTHERS]
    names = [str(folder.relative_to(ROOT)) for folder in folders]
    return {"MICROPYPATH": ":".join([*names, ".frozen"])}


def micropython(script, *args):
    """The command that runs one of the compiled scripts; its working directory is ROOT."""
    path = [runner.micropython(), "-X", f"heapsize={HEAP}", "-m", script]
    return [*path, *map(str, args)]


def micropython_version():
    """As the interpreter tells it."""
    command = [runner.micropython(), "-c", "import sys; print(sys.version.partition('; ')[2])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def gateway(name):
    """Start a gateway: (the store of its device, its control port, its process id)."""
    store = BUILD / f"{name}.store"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, HERE / "gateway.py", store],
        stdin=subprocess.PIPE,  # it ends when this does
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise SystemExit("bench: the gateway does not start")
        yield str(store.relative_to(ROOT)), int(port), process.pid
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def free_port():
    """A TCP port that nobody listens on; nobody else is in this namespace."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]
