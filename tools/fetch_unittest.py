"""Fetch the `unittest` module for MicroPython from PyPI.

`micropython-unittest` is published as a source archive without a setup.py, which pip refuses; this
downloads the archive, checks it against the SHA-256 pinned here, and unpacks its one module.
"""

import argparse
import hashlib
import sys
import tarfile
import tempfile
from pathlib import Path

from pypi_simple import PyPISimple

PROJECT = "micropython-unittest"
ARCHIVE = "micropython-unittest-0.4.tar.gz"
SHA256 = "83b4a65c44b2f6382bc3dd8fbbe002b5679dbfc3744b99eaa59802e6fd14cf67"
MEMBER = "micropython-unittest-0.4/unittest.py"


def fetch(target):
    """Write the pinned module to the file `target`; SystemExit says why when that is impossible."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / ARCHIVE
        _download(archive)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if digest != SHA256:
            raise SystemExit(
                f"{ARCHIVE} has SHA-256 {digest}, expected {SHA256}: nothing was installed"
            )
        with tarfile.open(archive) as tar:
            source = tar.extractfile(MEMBER).read()
    target.parent.mkdir(parents=True, exist_ok=True)
    # Complete or absent: make takes the file's existence as proof that it is good.
    partial = target.with_suffix(".partial")
    partial.write_bytes(source)
    partial.replace(target)


def _download(archive):
    try:
        with PyPISimple() as client:
            for package in client.get_project_page(PROJECT).packages:
                if package.filename == ARCHIVE:
                    client.download_package(package, archive)
                    return
    except OSError as error:  # requests' and urllib3's errors are OSErrors
        raise SystemExit(f"{ARCHIVE} could not be downloaded from PyPI: {error}") from None
    raise SystemExit(f"PyPI's {PROJECT} has no file {ARCHIVE} any more")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "target", type=Path, help="where to write it, e.g. build/micropython/unittest.py"
    )
    fetch(parser.parse_args().target)


if __name__ == "__main__":
    sys.exit(main())
