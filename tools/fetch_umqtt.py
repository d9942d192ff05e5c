"""Fetch the `umqtt.simple` module for MicroPython from PyPI, which `make bench` compares with."""

from pypi_archive import main

PROJECT = "micropython-umqtt-simple"
VERSION = "1.3.4"
SHA256 = "b6a2520239e3992c63a7de9370ee9b3d9d27819a90359c521f1c0f7ccab8d12f"
_NAME = f"micropython-umqtt.simple-{VERSION}"

if __name__ == "__main__":
    main(__doc__, PROJECT, f"{_NAME}.tar.gz", SHA256, f"{_NAME}/umqtt/simple.py")
