"""Each unittest method of a file as a pytest item under MicroPython, in one process a file.

The methods are read off the source (a heap test cannot be imported by CPython). The process starts
when the first item of a file is due and runs those methods of the file that were selected; each
item then looks up its own outcome.
"""

import ast
import re

import micropython_runner as runner
import pytest

_SCRIPT = "host_tests/run_unittest.py"
# Not anchored at the line's start: what a test prints need not end with a newline.
_MARK = re.compile(r"\[(found|begin|pass|fail|skip|end)\] (\S+)$", re.MULTILINE)


class MicroPythonFile(pytest.File):
    """One test file. `time_limit_s` bounds its process."""

    time_limit_s = runner.TIME_LIMIT_S
    _report = None

    def collect(self):
        names = methods_of(self.path.read_text())
        if not names:
            raise self.CollectError(f"{self.path}: no unittest.TestCase with a test method")
        self.size = len(names)
        for name in names:
            item = MicroPythonItem.from_parent(self, name=f"{name}[micropython]", test=name)
            item.add_marker("micropython")
            yield item

    def report(self, again=False):
        """The outcome of the file's one process, started by the first item that asks, and once
        more `again`."""
        if self._report is None or again:
            chosen = [item.test for item in self.session.items if item.parent is self]
            path = self.path.relative_to(runner.ROOT)
            heap = runner.heap_of(self.path)
            run = runner.run(_SCRIPT, path, *chosen, heap=heap, time_limit_s=self.time_limit_s)
            self._report = Report(run, self.size, len(chosen), heap, self.time_limit_s)
        return self._report


class MicroPythonItem(pytest.Item):
    """One test method."""

    def __init__(self, *, test, **kwargs):
        super().__init__(**kwargs)
        self.test = test

    def runtest(self):
        # What pytest-rerunfailures counts: without it there is no second run.
        report = self.parent.report(again=getattr(self, "execution_count", 1) > 1)
        outcome, output = report.of(self.test)
        if outcome == "skip":
            pytest.skip(output.strip())
        if outcome != "pass":
            raise MicroPythonFailure(f"{outcome}\n{output}")
        if report.flaw:
            raise MicroPythonFailure(report.flaw)

    def repr_failure(self, excinfo, style=None):
        if excinfo.errisinstance(MicroPythonFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, f"{self.test} [micropython]"


class MicroPythonFailure(Exception):
    """A test failed inside MicroPython: the text says it all, the host's traceback nothing."""


class Report:
    """What run_unittest.py printed, by method; `flaw`: a sentence when the run was unsound."""

    def __init__(self, run, size, chosen, heap, time_limit_s):
        if run.status is None:
            self._ending = f"MicroPython was killed after its time limit of {time_limit_s} s"
        else:
            self._ending = f"MicroPython ended with status {run.status} (heap {heap})"
        self._output = run.output
        self._methods = {}
        counts = {}
        begun = 0
        for mark in _MARK.finditer(run.output):
            kind, value = mark.groups()
            if kind in ("found", "end"):
                counts[kind] = int(value)
            elif kind == "begin":
                begun = mark.end()
                self._methods[value] = "unfinished", begun, len(run.output)
            else:
                self._methods[value] = kind, begun, mark.start()
        self.flaw = self._find_flaw(run, size, chosen, counts)

    def _find_flaw(self, run, size, chosen, counts):
        if counts.get("found", size) != size:
            return (
                f"MicroPython found {counts['found']} test methods, the source shows {size}: "
                "a test class must stand in its file with all the classes it inherits tests from"
            )
        failed = any(outcome == "fail" for outcome, _, _ in self._methods.values())
        if counts.get("end") != chosen or run.status != int(failed):
            ran = counts.get("end", "no end")
            return f"{self._ending}, with {ran} of {chosen} tests run\n{self._output}"
        return None

    def of(self, name):
        """("pass", "fail", "skip" or a sentence, what was printed meanwhile) for one method."""
        if name not in self._methods:
            return f"{self._ending} before this test began", self._output
        outcome, start, end = self._methods[name]
        if outcome == "unfinished":
            outcome = f"{self._ending} within this test"
        elif outcome == "fail":
            outcome = "failed under MicroPython"
        return outcome, self._output[start:end].lstrip("\n")


def methods_of(source):
    """`Class.method` for every test method of every TestCase in `source`, without importing it."""
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    names = []
    for cls in classes.values():
        family = _family(cls, classes)
        if any(
            ast.unparse(base) in ("unittest.TestCase", "TestCase")
            for c in family
            for base in c.bases
        ):
            methods = [
                node.name for c in family for node in c.body if isinstance(node, ast.FunctionDef)
            ]
            tests = dict.fromkeys(m for m in methods if m.startswith("test"))
            names.extend(f"{cls.name}.{m}" for m in tests)
    return names


def _family(cls, classes):
    """`cls` and all classes of the same file it inherits from."""
    family = [cls]
    for c in family:
        family.extend(classes[b.id] for b in c.bases if isinstance(b, ast.Name) and b.id in classes)
    return family
