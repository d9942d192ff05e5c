"""Which tests run where: portable/ on both interpreters, heap/ on MicroPython, the rest on CPython.

The last lines of every run say how many ran on each. With CI set in the environment a skipped test
is a failure, and a test that only passed when it was run again (`--reruns`, .ci/run) is shown with
what it failed of.
"""

import os
from pathlib import Path

import loopback
import pytest
import secrets_watch
from micropython_runner_pytest import MicroPythonFile

HERE = Path(__file__).resolve().parent
BOTH = HERE / "portable"
MICROPYTHON_ONLY = HERE / "heap"

# What deploy compiles is kept from one test to the next, and apart from the user's own.
os.environ.setdefault("UWISH_CACHE", str(HERE.parent / "build" / "cache"))


def pytest_collect_file(file_path, parent):
    """Collect portable tests a second time, for MicroPython."""
    if file_path.parent == BOTH and file_path.match("test_*.py"):
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(module_path, parent):
    """Keep CPython from importing what only MicroPython can run."""
    if module_path.parent == MICROPYTHON_ONLY:
        return MicroPythonFile.from_parent(parent, path=module_path)
    return None


class Tally:
    """Which tests ran where: each node id once, however many reports (set-up, call) it has.

    An expected failure (xfail) counts as skipped.
    """

    def __init__(self):
        self.micropython = set()
        self.interop = set()
        self.cpython = set()
        self.skipped = set()
        self.again = []

    def pytest_runtest_logreport(self, report):
        if report.outcome == "rerun":
            self.again.append((report.nodeid, report.longreprtext))
        elif report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call" or report.failed:
            for kind in ("micropython", "interop"):
                if kind in report.keywords:
                    getattr(self, kind).add(report.nodeid)
                    return
            self.cpython.add(report.nodeid)

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped.add(report.nodeid)

    @property
    def skip_in_ci(self):
        return bool(os.environ.get("CI")) and bool(self.skipped)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        if self.skip_in_ci and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.again:
            terminalreporter.section("run again")
            for nodeid, text in self.again:
                terminalreporter.line(f"RERUN {nodeid}", yellow=True)
                terminalreporter.line(text)
        files = len({nodeid.partition("::")[0] for nodeid in self.micropython})
        terminalreporter.section("where the tests ran")
        terminalreporter.line(
            f"MicroPython: {len(self.micropython)} tests in {files} files"
            f" · CPython: {len(self.cpython)} tests"
            f" · real wish-core: {len(self.interop)} tests"
            f" · skipped: {len(self.skipped)}"
        )
        if self.skip_in_ci:
            terminalreporter.line("FAILED: with CI set, a skipped test is a failure", red=True)


@pytest.hookimpl(trylast=True)  # after pytest-rerunfailures has connected to the first process
def pytest_configure(config):
    if os.environ.get("PYTEST_XDIST_WORKER"):
        # Free ports, broadcasts and multicasts of tests that run at once do not meet.
        loopback.enter_fresh_namespace()
    config.pluginmanager.register(Tally(), "tally")
    secrets_watch.pytest_configure(config)


def pytest_unconfigure(config):
    # What pytest-rerunfailures leaves open in a worker.
    connection = getattr(getattr(config, "failures_db", None), "sock", None)
    if connection and os.environ.get("PYTEST_XDIST_WORKER"):
        connection.close()
