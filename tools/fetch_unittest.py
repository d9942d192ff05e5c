"""Fetch the `unittest` module for MicroPython from PyPI, which the portable tests run with."""

from pypi_archive import main

PROJECT = "micropython-unittest"
ARCHIVE = "micropython-unittest-0.4.tar.gz"
SHA256 = "83b4a65c44b2f6382bc3dd8fbbe002b5679dbfc3744b99eaa59802e6fd14cf67"
MEMBER = "micropython-unittest-0.4/unittest.py"

if __name__ == "__main__":
    main(__doc__, PROJECT, ARCHIVE, SHA256, MEMBER)
