"""How many machine instructions an operation takes, counted by valgrind's callgrind.

Counts repeat where times do not. The device (`count_device.py`) talks to a real gateway over
loopback and marks the beginning and the end of what is to be counted, so that neither the start of
the interpreter nor the connection is in a count. The kernel's work is not counted either.
"""

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import workplace
from report import INSTRUCTIONS, Row

TITLE = "instructions for one, library as .mpy -O3 (beside: as .py)"
# MicroPython's `micropython.stack_use()`: the device's mark.
_MARK = "mp_micropython_stack_use"
_TIME_LIMIT_S = 300

# name: how many are counted together, how often, what it is, must, aim
OPERATIONS = {
    "handshake": (1, 3, "handshake, fast: lost to online, DH value included", 850e6, 650e6),
    "reading": (300, 5, "64-byte reading to socket: pack, send, poll", 90e3, 65e3),
    "reading8": (320, 5, "  the same, every 8 one poll", 90e3, 65e3),
    "frame": (300, 5, "  64-byte frame, packed before: send, poll", None, None),
    "frame8": (320, 5, "  the same, every 8 one poll", None, None),
    "pack1": (300, 5, "  packing alone", None, None),
    "received": (200, 5, "64-byte frame received", None, None),
    "ping": (200, 5, "ping received and answered", None, None),
    "idle": (500, 5, "poll with nothing to do", None, None),
    "refusal": (1000, 5, "send refused with 507", None, None),
    "handshake_small": (1, 3, "handshake, small profile", None, None),
}
_ASKED = "asked"  # what asking the gateway costs, in these two:
_ASKING = ("received", "ping")


def measure(names, say):
    """The rows of `names`; `say` is told of progress."""
    common = [name for name in names if name != "handshake_small"]
    runs = []
    if common:
        runs += [
            ("mpy", common, workplace.COMPILED, "fast"),
            ("py", common, workplace.ROOT / "lib", "fast"),
        ]
    if "handshake_small" in names:
        runs.append(("small", ["handshake"], workplace.COMPILED, "small"))
    found = {}
    with ThreadPoolExecutor() as pool:
        futures = {run[0]: pool.submit(_count, *run) for run in runs}
        for run, future in futures.items():
            found[run] = future.result()
            say(f"counted {len(found[run])} operations ({run})")
    for name in names:
        _, _, title, must, aim = OPERATIONS[name]
        if name == "handshake_small":
            row = Row(name, title, INSTRUCTIONS, found["small"]["handshake"])
        else:
            row = Row(name, title, INSTRUCTIONS, found["mpy"][name], must, aim)
            row.beside[".py"] = Row(name, title, INSTRUCTIONS, found["py"][name]).shown
        yield row


def _count(run, names, library, profile):
    """{name: [instructions of one, for each repeat]}, all counted in one process."""
    if any(name in _ASKING for name in names):
        names = [_ASKED, *names]
    plan = [(name, *OPERATIONS.get(name, (200, 5))[:2]) for name in names]
    folder = workplace.BUILD / f"counts.{run}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with workplace.gateway(run) as (store, control_port, _):
        order = ",".join(f"{name}:{n}:{repeats}" for name, n, repeats in plan)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--dump-before={_MARK}"]
            + [f"--callgrind-out-file={folder / 'out'}"]
            + workplace.micropython("count_device", store, control_port, order),
            cwd=workplace.ROOT,
            env=workplace.environment(library, profile),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT_S,
        )
    if done.returncode:
        raise SystemExit(f"bench: the device failed ({run}):\n{done.stdout}{done.stderr}")
    # Each repeat begins and ends with a mark, and callgrind writes down what was since the last.
    counts = _dumps(folder)[1::2]
    if len(counts) != sum(repeats for _, _, repeats in plan):
        raise SystemExit(f"bench: callgrind wrote {len(counts)} counts: is {_MARK} in this build?")
    found = {}
    for name, n, repeats in plan:
        found[name] = [count / n for count in counts[:repeats]]
        del counts[:repeats]
    asked = min(found.pop(_ASKED, [0]))
    for name in _ASKING:
        if name in found:
            found[name] = [count - asked for count in found[name]]
    return found


def _dumps(folder):
    files = sorted(folder.glob("out.*"), key=lambda file: int(file.suffix[1:]))
    return [int(re.search(r"^totals: (\d+)", file.read_text(), re.M).group(1)) for file in files]
