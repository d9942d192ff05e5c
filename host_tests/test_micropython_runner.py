"""From a unittest file through MicroPython to pytest's verdict: no trouble may look green."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import micropython_runner as runner
import pytest
from micropython_runner_pytest import Report, methods_of

HERE = Path(__file__).resolve().parent


@pytest.fixture
def report(tmp_path):
    """Run a test file under MicroPython; `size`: how many methods its source is said to show."""

    def report(source, size=None, **limits):
        source = "import unittest\n" + textwrap.dedent(source)
        file = tmp_path / "test_it.py"
        file.write_text(source)
        names = methods_of(source)
        run = runner.run("host_tests/run_unittest.py", file, *names, **limits)
        return Report(run, len(names) if size is None else size, len(names), "4m", 1)

    return report


def test_outcomes_are_told_apart(report):
    got = report(
        """
        class A(unittest.TestCase):
            def test_good(self):
                print("no newline at the end", end="")
            def test_wrong(self):
                self.assertEqual(1, 2)
            def test_left_out(self):
                raise unittest.SkipTest("no such sensor")
        """
    )
    assert got.of("A.test_good")[0] == "pass"
    outcome, output = got.of("A.test_wrong")
    assert outcome == "failed under MicroPython"
    assert "AssertionError: 1 vs (expected) 2" in output
    assert got.of("A.test_left_out") == ("skip", "no such sensor\n")
    assert got.flaw is None


@pytest.mark.parametrize(
    "body",
    [
        "def setUp(self): raise OSError(5)",
        "def tearDown(self): raise OSError(5)",
        "def tearDown(self): raise SystemExit(0)",
        "def test_b(self): raise SystemExit(0)",
        "def test_b(self): bytearray(8000000)",
        "def test_b(self):\n        micropython.heap_lock()\n        bytearray(100)",
    ],
)
def test_every_kind_of_error_fails_and_the_next_class_still_runs(report, body):
    got = report(
        f"""
import micropython
class A(unittest.TestCase):
    {body}
    def test_a(self): pass
class B(unittest.TestCase):
    def test_after(self): self.assertEqual([0] * 100, [0] * 100)
"""
    )
    failing = "A.test_b" if "test_b" in body else "A.test_a"
    assert got.of(failing)[0] == "failed under MicroPython"
    assert got.of("B.test_after")[0] == "pass"
    assert got.flaw is None


def test_methods_of_one_class_share_no_state(report):
    got = report(
        """
        class A(unittest.TestCase):
            def test_a(self):
                self.assertFalse(hasattr(self, "seen"))
                self.seen = True
            def test_b(self):
                self.assertFalse(hasattr(self, "seen"))
                self.seen = True
        """
    )
    assert [got.of(name)[0] for name in ("A.test_a", "A.test_b")] == ["pass", "pass"]


def test_an_import_error_fails_every_test(report):
    got = report("import no_such_module\nclass A(unittest.TestCase):\n    def test_a(self): pass")
    outcome, output = got.of("A.test_a")
    assert outcome == "MicroPython ended with status 1 (heap 4m) before this test began"
    assert "no module named 'no_such_module'" in output


def test_a_process_that_dies_fails_the_test_it_was_in(report):
    got = report(
        """
        import os
        class A(unittest.TestCase):
            def test_a(self): os.system("kill -9 $PPID")
        """
    )
    assert got.of("A.test_a")[0] == "MicroPython ended with status -9 (heap 4m) within this test"


def test_the_time_limit_ends_a_hung_test(report):
    got = report(
        "class A(unittest.TestCase):\n    def test_a(self):\n        while True: pass",
        time_limit_s=1,
    )
    assert got.of("A.test_a")[0].startswith(
        "MicroPython was killed after its time limit of 1 s within"
    )


def test_a_run_that_does_not_reach_its_end_is_a_flaw(report):
    got = report(
        """
        import os
        class A(unittest.TestCase):
            def test_a(self): pass
        class B(unittest.TestCase):
            def test_b(self): os.system("kill -9 $PPID")
        """
    )
    assert "status -9" in got.flaw


def test_methods_that_the_source_does_not_show_are_a_flaw(report):
    got = report("class A(unittest.TestCase):\n    def test_a(self): pass", size=2)
    assert "MicroPython found 1 test methods, the source shows 2" in got.flaw


def test_the_heap_limit_is_real(report):
    source = "class A(unittest.TestCase):\n    def test_a(self): bytearray(150000)"
    assert report(source, heap="300k").of("A.test_a")[0] == "pass"
    assert report(source, heap="120k").of("A.test_a")[0] == "failed under MicroPython"


@pytest.mark.parametrize(
    ("text", "heap"),
    [
        ("# heapsize: 200k\n", "200k"),
        ('"""Doc."""\n\n\n\n# heapsize: 96k\n', "96k"),
        ('"""Doc."""\n\n\n\n\n# heapsize: 96k\n', runner.DEFAULT_HEAP),
        ("", runner.DEFAULT_HEAP),
    ],
)
def test_a_file_names_its_heap_in_its_first_five_lines(tmp_path, text, heap):
    file = tmp_path / "test_it.py"
    file.write_text(text)
    assert runner.heap_of(file) == heap


def test_methods_are_read_off_the_source_with_those_of_base_classes():
    source = """
class Shared:
    def test_shared(self): pass
    def helper(self): pass
class A(Shared, unittest.TestCase):
    def test_own(self): pass
class B(A):
    def test_own(self): pass
class Other:
    def test_nothing(self): pass
"""
    assert sorted(methods_of(source)) == [
        "A.test_own",
        "A.test_shared",
        "B.test_own",
        "B.test_shared",
    ]


@pytest.mark.parametrize(
    ("test", "in_ci", "status"),
    [
        ("def test_it(): pass", "true", 0),
        ("def test_it(): assert False", "", 1),
        ("import pytest\ndef test_it(): pytest.skip()", "", 0),
        ("import pytest\ndef test_it(): pytest.skip()", "true", 1),
        ("import pytest\npytest.skip(allow_module_level=True)", "true", 1),
    ],
)
def test_a_skip_is_a_failure_in_ci_only(tmp_path, test, in_ci, status):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    # A passing test beside it, so that "no tests ran" does not stand for the status looked for.
    (tmp_path / "test_it.py").write_text(test)
    (tmp_path / "test_good.py").write_text("def test_good(): pass")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "CI": in_ci, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("a skipped test is a failure" in done.stdout) == bool("skip" in test and in_ci)
    assert f"CPython: {1 if 'skip' in test else 2} tests" in done.stdout
