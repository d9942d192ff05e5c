"""What leaves this repository: mip's list, manifest, .mpy files, wheel; and what never may."""

import ast
import glob
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy
import pytest
from micropython_runner import environment

ROOT = Path(__file__).resolve().parent.parent
LIB = ROOT / "lib"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def library():
    """Every source file of the device library, relative to lib/."""
    return sorted(file.relative_to(LIB).as_posix() for file in LIB.glob("uwish/**/*.py"))


def run_manifest(manifest):
    """The files a firmware build would freeze, and the metadata, as MicroPython's tools read it."""
    frozen = []
    said = {}

    def package(name, files=None, base_path=".", opt=None):
        folder = manifest.parent / base_path
        found = sorted((folder / name).glob("**/*.py"))
        frozen.extend(file.relative_to(folder).as_posix() for file in found)

    exec(manifest.read_text(), {"package": package, "metadata": said.update})
    return frozen, said


def repository_files():
    """Every file git tracks or would add; in an unpacked archive, every file that was not made."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {".git", "build", "node_modules", "uplot", "__pycache__", "uwish.egg-info"}
    files = [file for file in ROOT.glob("**/*") if file.is_file()]
    return [file for file in files if made.isdisjoint(file.relative_to(ROOT).parts)]


def test_mip_installs_exactly_the_library():
    listing = json.loads((LIB / "package.json").read_text())
    assert [source for _, source in listing["urls"]] == library(), "run `make package`"
    assert all(target == source for target, source in listing["urls"])
    assert listing["deps"] == []


def test_the_tool_for_mips_list_agrees():
    tool = [sys.executable, ROOT / "tools" / "mip_package.py", "--check"]
    assert subprocess.run(tool).returncode == 0


def test_the_frozen_manifest_names_exactly_the_library():
    frozen, _ = run_manifest(LIB / "manifest.py")
    assert frozen == library()


def test_one_version_everywhere():
    _, metadata = run_manifest(LIB / "manifest.py")
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert metadata["version"] == PROJECT["version"]
    assert json.loads((LIB / "package.json").read_text())["version"] == PROJECT["version"]
    assert newest.group(1) == PROJECT["version"]


@pytest.mark.parametrize("arch", mpy.ARCHITECTURES)
def test_every_module_compiles(arch, tmp_path):
    def compiled(name):
        target = tmp_path / name
        mpy.compile_file(LIB / name, target, arch)
        return target.read_bytes()

    with ThreadPoolExecutor() as pool:
        files = dict(zip(library(), pool.map(compiled, library()), strict=True))
    # "M", then .mpy version 6: what MicroPython 1.24 and later load.
    assert {data[:2] for data in files.values()} == {b"M\x06"}


@pytest.mark.parametrize("arch", mpy.ARCHITECTURES)
def test_what_a_board_gets_compiles_and_is_smaller(arch, tmp_path):
    files = mpy.compile_library(tmp_path / arch, arch)
    names = {file.relative_to(tmp_path / arch).as_posix() for file in files}
    assert {"uwish/__init__.mpy", "uwish/app.mpy", "uwish/senml.mpy", "uwish/log.mpy"} <= names
    assert len(names) < len(library()) * 2 / 3
    assert {file.read_bytes()[:2] for file in files} == {b"M\x06"}


def test_a_module_that_does_not_compile_is_named(tmp_path):
    with pytest.raises(mpy.CompileError, match=r"uwish/status.py for no-such-arch"):
        mpy.compile_file(LIB / "uwish" / "status.py", tmp_path / "x.mpy", "no-such-arch")


def test_the_wheel_holds_both_packages(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    made = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("lib", "tools"):
        shutil.copytree(ROOT / name, source / name, ignore=made)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*pip, "-w", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tools = ROOT / "tools"
    # Links to firmware/ and boards/ are followed, as setuptools does.
    found = glob.glob("uwish_host/**/*.py", root_dir=tools, recursive=True)
    host = {Path(name).as_posix() for name in found}
    assert {name for name in names if name.endswith(".py")} == {*library(), *host}
    assert "uwish_host/cli.py" in names
    page = ("templates/fleet.html", "static/style.css", "static/uplot/uPlot.iife.min.js")
    assert {f"uwish_host/web/{name}" for name in page} <= names


def secrets_of_this_machine():
    """What must stand in no file: this machine's folders, and the hosts of package registries."""
    folders = {str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 1}
    # Put together here, so that this file does not hold them itself.
    registries = {"pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com"}
    starts = "|".join(rf"(?<![\w./-]){re.escape(folder)}(?![\w-])" for folder in folders)
    hosts = "|".join(re.escape(host) for host in registries)
    return re.compile(rf"{starts}|{hosts}|\"resolved\": *\"http")


def test_no_file_names_this_machine_or_a_registry():
    pattern = secrets_of_this_machine()
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in repository_files()
        if (match := pattern.search(file.read_bytes().decode(errors="replace")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        f"open('{ROOT}/build')",
        f"cd {Path.home()}",
        "https://" + "pypi" + ".org/simple",
        '"resolved": ' + '"https://x"',
    ],
)
def test_the_search_for_them_finds_them(text):
    assert secrets_of_this_machine().search(text)


# Processes that other parts start, and no person.
WORKERS = {
    *("tools/uwish_host/bench/fleet.py", "tools/uwish_host/bench/served.py"),
    *("tools/uwish_host/power_worker.py", "tools/uwish_host/sim/launch.py"),
    "host_tests/cable.py",
}


def scripts():
    """Every Python file of the host side that people start by itself."""
    return [
        file.relative_to(ROOT)
        for folder in ("tools", "host_tests")
        for file in sorted((ROOT / folder).glob("**/*.py"))
        if not file.name.startswith("test_") and "node_modules" not in file.parts
        if file.relative_to(ROOT).as_posix() not in WORKERS
        if any(
            isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
            for node in ast.parse(file.read_text()).body
        )
    ]


@pytest.mark.parametrize("script", scripts(), ids=str)
def test_every_script_explains_itself(script):
    if script.name == "run_unittest.py":
        command = ["micropython", script]
    elif script.parts[:2] == ("tools", "uwish_host"):
        command = ["python", "-m", ".".join(script.with_suffix("").parts[1:])]
    else:
        command = ["python", script]
    assert_explains(Path(sys.executable).with_name(command[0]), *command[1:])


def test_the_command_explains_itself():
    assert_explains(Path(sys.executable).with_name("uwish"))


def test_ci_explains_itself():
    assert_explains("bash", ".ci/run")


def assert_explains(*command):
    done = subprocess.run(
        [*command, "--help"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # How to call it: argparse's and click's words, or a synopsis with the script's own name.
    name = Path(str(command[-1])).name
    assert re.search(rf"^usage: |^ +(?:\S+ )*\S*{re.escape(name)} ", done.stdout, re.I | re.M)


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert phony == {line.split()[1] for line in shown.splitlines() if line.startswith("  make ")}
