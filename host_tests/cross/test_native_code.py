"""The native code of the library as an ESP32-C3 runs it: words of 32 bits, where the unix port has
64. Tests that pass on both interpreters pass on it too, and nothing outside of a buffer is touched
(see host_tests/rv32)."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LIBRARY = TESTS.parent / "lib" / "uwish"

# Folders are searched for these, one process for each line.
CASES = (
    "portable/test_compat.py",
    "portable/test_crypto_gcm.py",
    "portable/test_crypto_ed25519.py",
    "heap/test_crypto_limbs.py",
    "portable/test_senml*.py",
    "heap/test_senml_native.py",
    "portable/test_bson*.py",
    "portable/test_record*.py",
    "portable/test_sendbuf*.py",
    "portable/test_session*.py",
    "portable/test_peers*.py",
    "portable/test_app_sending.py",
)
WITHOUT = (
    "DeviceTest.test_leaves",  # CPython with native code: it says that there is none
    "LimbsTest.test_products",  # half a minute; the others have the extremes
    "NumberTest.test_same_bytes_as_the_plain_code",  # minutes; one more has the limits
)


@cache
def run(case):
    """(exit status, output) of the tests in these files."""
    files = sorted(map(str, TESTS.glob(case)))
    assert files, f"there is no {case}"
    command = [sys.executable, TESTS / "rv32" / "on_rv32.py", *files, "--without", *WITHOUT]
    done = subprocess.run(
        command, cwd=TESTS.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, done.stdout


def calls(output):
    """{"module.function": how often it was called}"""
    return {name: int(n) for name, n in re.findall(r"^\[calls\] (\S+) (\d+)$", output, re.M)}


@pytest.mark.parametrize("case", CASES)
def test_on_words_of_32_bits(case):
    status, output = run(case)
    assert status == 0, output
    assert any(calls(output).values()), "no native code ran"


def test_every_native_function_was_among_them():
    total = {}
    for case in CASES:
        for name, count in calls(run(case)[1]).items():
            total[name] = total.get(name, 0) + count
    defined = set()
    for path in LIBRARY.rglob("*_viper.py"):
        module = ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts)
        names = re.findall(r"^@micropython\.viper\ndef (\w+)", path.read_text("utf-8"), re.M)
        defined.update(f"{module}.{name}" for name in names)
    assert defined
    assert {name for name, count in total.items() if count} == defined


def test_what_it_notices():
    status, output = run("rv32/what_it_notices.py")
    assert status == 0, output
