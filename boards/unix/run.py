"""The virtual device: the real library, firmware and sensors of this machine, under MicroPython.

    micropython -X heapsize=384k boards/unix/run.py --state DIR --export
    micropython -X heapsize=384k boards/unix/run.py --state DIR --contact FILE \\
        --transport wish://127.0.0.1:37009 --interval 1 --frames 10 --json

`README.md` beside it tells more. Exit status: 0 when it did what it was asked to, 1 when it could
not (one sentence says why), 2 for wrong arguments.
"""

import sys


def main():
    """The exit status."""
    here = __file__.rpartition("/")[0] or "."
    # Behind what MICROPYPATH names, so that compiled code there goes before its sources.
    for folder in ("/../../lib", "/../../firmware", ""):
        sys.path.append(here + folder)
    import virtual_device

    return virtual_device.main()


sys.exit(main())
