"""Fetch one module for MicroPython from a source archive on PyPI.

Such archives have no setup.py, or one for a Python of long ago, and pip refuses them. So this
downloads an archive, checks it against a pinned SHA-256, and unpacks one file.
"""

import argparse
import hashlib
import tarfile
import tempfile
from pathlib import Path

from pypi_simple import PyPISimple


def main(description, *pinned):
    """A command that fetches what is `pinned` (project, archive, sha256, member) into the file that
    its argument names."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("target", type=Path, help="the file to write")
    fetch(*pinned, parser.parse_args().target)


def fetch(project, archive, sha256, member, target):
    """Write `member` of the PyPI project's `archive` to the file `target`; SystemExit says why when
    that is impossible."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / archive
        _download(project, archive, file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != sha256:
            raise SystemExit(
                f"{archive} has SHA-256 {digest}, expected {sha256}: nothing was installed"
            )
        with tarfile.open(file) as tar:
            source = tar.extractfile(member).read()
    target.parent.mkdir(parents=True, exist_ok=True)
    # Complete or absent: make takes the file's existence as proof that it is good.
    partial = target.with_suffix(".partial")
    partial.write_bytes(source)
    partial.replace(target)


def _download(project, archive, file):
    try:
        with PyPISimple() as client:
            for package in client.get_project_page(project).packages:
                if package.filename == archive:
                    client.download_package(package, file)
                    return
    except OSError as error:  # requests' and urllib3's errors are OSErrors
        raise SystemExit(f"{archive} could not be downloaded from PyPI: {error}") from None
    raise SystemExit(f"PyPI's {project} has no file {archive} any more")
