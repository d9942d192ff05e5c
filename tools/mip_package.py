"""Write lib/package.json, the list of files that mip installs, from what is in lib/uwish."""

import argparse
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIB = ROOT / "lib"
PACKAGE_JSON = LIB / "package.json"


def package():
    """What lib/package.json should hold: URLs relative to it (mip understands them since 1.24)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    files = sorted(path.relative_to(LIB).as_posix() for path in LIB.glob("uwish/**/*.py"))
    listing = {
        "urls": [[name, name] for name in files],
        "deps": [],
        "version": project["version"],
    }
    return render(listing)


def render(listing):
    """One file a line, so that a diff of package.json reads like a diff of the folder."""
    urls = ",\n".join(f"    {json.dumps(pair)}" for pair in listing["urls"])
    deps = json.dumps(listing["deps"])
    version = json.dumps(listing["version"])
    return f'{{\n  "urls": [\n{urls}\n  ],\n  "deps": {deps},\n  "version": {version}\n}}\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when it is stale")
    check = parser.parse_args().check
    current = PACKAGE_JSON.read_text() if PACKAGE_JSON.exists() else ""
    if current == package():
        return 0
    if check:
        print("lib/package.json is stale: run `make package`", file=sys.stderr)
        return 1
    PACKAGE_JSON.write_text(package())
    return 0


if __name__ == "__main__":
    sys.exit(main())
