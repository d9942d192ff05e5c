"""The firmware's beginning: put the stand-ins in place, mount "/", run boot.py and main.py, serve
the prompt. One interpreter process is one life between two resets, soft ones included.
"""

import gc
import os
import sys

import vfs

from . import bus, execute, raw_repl, repl
from .console import put
from .flash import Flash

_MODULES = ("machine", "network", "esp32", "socket", "time", "micropython", "sys", "os")
_DRIVERS = ("dht", "onewire", "ds18x20", "neopixel")  # frozen into stock firmware


def run(namespace):
    """Never returns: a reset ends the process. `namespace` is that of __main__."""
    about = bus.ask("boot")
    flash = Flash(about["blocks"], int(sys.argv[2]), int(sys.argv[3]))
    _install_stand_ins()
    vfs.umount("/")  # the host's files: nothing on a board sees them
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    _mount(flash)
    namespace.clear()
    namespace["__name__"] = "__main__"
    execute.namespace = namespace
    gc.collect()
    _start_program(about["raw"])
    _serve(about["raw"])


def _start_program(raw):
    """boot.py and main.py, as in ports/esp32/main.c: main.py runs neither after a boot.py that
    failed, nor after a soft reset from the raw prompt."""
    try:
        ending = execute.file_if_exists("boot.py")
        if ending == execute.NORMAL and not raw:
            ending = execute.file_if_exists("main.py")
        if ending == execute.RESET:
            _soft_reset(raw)
    except KeyboardInterrupt:
        pass  # one more, after the one that ended it


def _serve(raw):
    while True:
        try:
            if raw:
                if raw_repl.serve():
                    _soft_reset(True)
                raw = False
            else:
                if repl.serve() == repl.RESET:
                    _soft_reset(False)
                raw = True
        except KeyboardInterrupt:
            pass


def _soft_reset(raw):
    put("MPY: soft reboot\n")
    bus.halt("soft-reset", raw)


def _install_stand_ins():
    for name in _MODULES + _DRIVERS:
        own = "chip." + name
        __import__(own)
        sys.modules[name] = sys.modules["u" + name] = sys.modules[own]


def _mount(flash):
    """Mount the file system, made anew on blank flash only, as stock firmware does."""
    if flash.is_blank():
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
        with open("boot.py", "w") as f:
            f.write("# This file is executed on every boot (including wake-boot from deepsleep)\n")
        bus.tell("formatted")
    else:
        try:
            vfs.mount(vfs.VfsLfs2(flash), "/")
        except OSError:
            put("The filesystem appears to be corrupted. Erase the flash and put files anew.\n")
            bus.tell("corrupted")
            return
    os.chdir("/")
