"""The raw prompt, for programs such as mpremote (MicroPython's documentation, "The raw REPL mode").

Code comes as it is, then Ctrl-D; or, after Ctrl-E "A" Ctrl-A, in a window that keeps the sender
from writing faster than it is read. Output, Ctrl-D, traceback, Ctrl-D is the answer.
"""

from . import bus, execute
from .console import CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E, get, put, put_bytes

_BANNER = "raw REPL; CTRL-B to exit\n"
_EOF = "\x04"
_WINDOW = 128  # bytes, as on an ESP32


def serve():
    """False: on to the friendly prompt; True: soft reset."""
    put(_BANNER)
    line = _prompt()
    while True:
        c = get()
        if c == CTRL_A:
            if line == b"\x05A":
                if _paste() == execute.RESET:
                    return True
            elif len(line) == 2 and line[0] == CTRL_E:
                put_bytes(b"R\x00")
            else:
                put(_BANNER)
            line = _prompt()
        elif c == CTRL_B:
            put("\n")
            return False
        elif c == CTRL_C:
            line = bytearray()
        elif c == CTRL_D:
            put("OK")
            if not line:
                put("\n")
                return True
            if execute.source(line, mark=_EOF) == execute.RESET:
                return True
            line = _prompt()
        else:
            line.append(c)


def _prompt():
    put(">")
    bus.tell("prompt")
    return bytearray()


def _paste():
    put_bytes(b"R\x01" + bytes((_WINDOW & 255, _WINDOW >> 8)) + b"\x01")
    code = bytearray()
    left = _WINDOW
    while True:
        c = get()
        if c == CTRL_C or c == CTRL_D:
            break
        code.append(c)
        left -= 1
        if left == 0:
            put("\x01")
            left = _WINDOW
    put(_EOF)
    if c == CTRL_C:
        put(_EOF + "KeyboardInterrupt: \n" + _EOF)
        return execute.NORMAL
    return execute.source(code, mark=_EOF)
