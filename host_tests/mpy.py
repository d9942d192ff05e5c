"""Compile lib/uwish to .mpy files, as a board loads them; the folder structure is kept."""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "lib"), str(ROOT / "tools")]

from uwish_host.board import compile as compiler  # noqa: E402
from uwish_host.board.compile import CompileError  # noqa: E402

LIB = ROOT / "lib"
# x64: the unix port of the tests; xtensawin: ESP32, S2, S3; rv32imc: ESP32-C3, C6.
ARCHITECTURES = ("x64", "xtensawin", "rv32imc")


def compile_file(source, target, arch):
    """Compile one file for `arch`; CompileError in mpy-cross's own words when that fails."""
    name = source.relative_to(ROOT).as_posix() if ROOT in source.parents else source.name
    compiler.compile_file(source, target, arch, name)


def compile_library(out, arch):
    """Compile all of lib/uwish into the folder `out`, emptied before; returns the files made."""
    if out.exists():
        shutil.rmtree(out)
    sources = {file.relative_to(LIB).as_posix(): file for file in sorted(LIB.glob("uwish/**/*.py"))}
    return list(compiler.compile_all(arch, out, sources).values())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder to fill (what is in it is removed)")
    parser.add_argument(
        "--arch",
        default="x64",
        help=f"one of {', '.join(ARCHITECTURES)}, or another of mpy-cross's",
    )
    args = parser.parse_args()
    try:
        files = compile_library(args.out, args.arch)
    except CompileError as error:
        print(f"mpy: {error}", file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in files)
    print(f"mpy: {len(files)} files, {size} bytes, for {args.arch} in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
