"""Programs of the system that a measurement needs, and what it ran on."""

import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path


class Missing(Exception):
    """A tool is not there; the text says what to do."""


def require(tool, package):
    """The path of `tool`, installed from Debian's `package` when that is possible."""
    found = _find(tool)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"bench: installing Debian's {package}", file=sys.stderr, flush=True)
        _apt_get("update")
        with _no_service_starts():
            _apt_get("install", "--yes", "--no-install-recommends", package)
        found = _find(tool)
    if not found:
        raise Missing(f"{tool} is missing: sudo apt-get install {package}")
    return found


def version(tool, option):
    """The first number with dots in what `tool` says of itself."""
    done = subprocess.run([tool, option], capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found.group() if found else "unknown"


def machine():
    """Processor and system, as one line."""
    model = platform.machine()
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} x {model}, {platform.system()} {platform.release()}"


def _find(tool):
    return shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/usr/local/sbin")


def _apt_get(*command):
    subprocess.run(
        ["apt-get", "-qq", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )


@contextmanager
def _no_service_starts():
    # Debian starts what it installs, unless this answers 101 (invoke-rc.d(8)).
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
