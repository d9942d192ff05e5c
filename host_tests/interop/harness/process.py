"""A child process that ends with the tests, and waiting for what it does."""

import ctypes
import os
import signal
import subprocess
import time

import loopback

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_POLL_S = 0.01
_STOP_S = 30

# Looked up here: between fork and exec nothing may be imported.
_prctl = ctypes.CDLL(None).prctl


def start(command, **popen):
    """A Popen of `command` that gets SIGKILL should this process die without having ended it.

    RuntimeError outside a loopback-only network namespace: neither wish-core nor what talks to it
    is to run where there is a network.
    """
    command = [str(part) for part in command]
    loopback.require_loopback(os.path.basename(command[0]))
    return subprocess.Popen(command, preexec_fn=_die_with_parent, **popen)


def end(process, kill=False):
    """End exactly this `process`: SIGTERM, and SIGKILL when it takes too long; or at once, like a
    power cut. Its exit status."""
    if process.poll() is None:
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def wait_until(condition, timeout, what):
    """The first true value of `condition()`, asked over and over; TimeoutError that names `what`
    after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout} s")
        time.sleep(_POLL_S)


def _die_with_parent():
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
