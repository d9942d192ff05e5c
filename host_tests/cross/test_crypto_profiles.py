"""Which key exchange and which leaves a device gets: by its heap, its files and its own choice."""

import os
import shutil
import subprocess

import micropython_runner as runner
import pytest

REPORT = """
import sys
import uwish.crypto as crypto
k = crypto.KeyExchange()
o = crypto.KeyExchange()
crypto.run(o.prepare())
secret = crypto.run(k.agree(o.public, True))
assert crypto.run(o.agree(k.public, False)) == secret
seed = crypto.random(32)
public = crypto.run(crypto.public_key(seed))
assert crypto.run(crypto.verify(public, secret, crypto.run(crypto.sign(seed, public, secret))))
plain = [name for name in sys.modules if name.endswith("_plain") and "crypto" in name]
print(crypto.PROFILE, len(plain))
"""
BROKEN = "def this is no Python\n"  # what native code is to a compiler without an emitter


@pytest.fixture
def library(tmp_path):
    """A copy of the library to take files from."""
    lib = tmp_path / "lib"
    shutil.copytree(runner.ROOT / "lib" / "uwish", lib / "uwish")
    return lib


def report(folder, heap="1m"):
    """[profile, "native" or "plain"] of a device with the library in `folder`; it shakes hands."""
    done = subprocess.run(
        [runner.micropython(), "-X", f"heapsize={heap}", "-c", REPORT],
        env={**os.environ, "MICROPYPATH": f"{folder}:.frozen"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=runner.TIME_LIMIT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    profile, plain = done.stdout.split()
    return [profile, {"0": "native", "2": "plain"}[plain]]


def test_room_decides(library):
    assert report(library, "1m") == ["fast", "native"]
    assert report(library, "90k") == ["small", "native"]


@pytest.mark.parametrize("profile", ["small", "fast"])
def test_the_board_decides(library, profile):
    (library / "uwish_board.py").write_text(f'dh_profile = "{profile}"\n')
    for heap in ("1m", "160k"):
        assert report(library, heap)[0] == profile


def test_a_board_module_without_a_choice(library):
    (library / "uwish_board.py").write_text("led = 2\n")
    assert report(library, "1m")[0] == "fast"


@pytest.mark.parametrize("name", ["dh_fast.py", "_limbs_viper.py"])
def test_fast_files_left_out(library, name):
    (library / "uwish" / "crypto" / name).unlink()
    assert report(library) == ["small", "native"]


def test_no_native_code(library):
    for file in (library / "uwish" / "crypto").glob("*_viper.py"):
        file.write_text(BROKEN)
    assert report(library) == ["small", "plain"]
