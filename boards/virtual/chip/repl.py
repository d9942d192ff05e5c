"""The friendly prompt, for people: a line editor with backspace, blocks and paste mode (Ctrl-E)."""

import sys

from . import bus, execute
from .console import CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E, get, put

RAW = 1
RESET = 2

_BACKSPACE = (8, 127)
_ESCAPE = 27


def banner():
    """What a board says of itself before its first prompt."""
    version = sys.version.partition("; ")[2]
    return version + '; virtual board with uwish sim\nType "help()" for more information.\n'


def serve():
    """RAW: on to the raw prompt; RESET: soft reset."""
    put(banner())
    while True:
        put(">>> ")
        bus.tell("prompt")
        text, end = _line(">>> ")
        if end == CTRL_A and not text:
            put("\n")
            return RAW
        if end == CTRL_B and not text:
            put("\n" + banner())
        elif end == CTRL_D and not text:
            put("\n")
            return RESET
        elif end == CTRL_E and not text:
            put("\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== ")
            text = _paste()
            if text and execute.source(text.encode()) == execute.RESET:
                return RESET
        elif end == CTRL_C:
            put("\n")
        elif text:
            text = _block(text)
            if text and execute.source(text.encode(), "single") == execute.RESET:
                return RESET


def _line(prompt):
    """(the line, the control character that ended it)."""
    text = bytearray()
    while True:
        c = get()
        if c == 13 or c == 10:
            put("\n")
            return text.decode(), 13
        if c == CTRL_C or (c <= CTRL_E and not text):
            return text.decode(), c
        if c in _BACKSPACE:
            if text:
                text = text[:-1]
                put("\b \b")
        elif c == _ESCAPE:
            _skip_sequence()
        elif c == 9:
            text.extend(b"    ")
            put("    ")
        elif c >= 32:
            text.append(c)
            # Bytes of one character that come one by one are one character again at the other end.
            sys.stdout.buffer.write(bytes((c,)))


def _skip_sequence():
    # Arrow keys and their like do nothing here.
    if get() in b"[O":
        while not 64 <= get() <= 126:
            pass


def _block(text):
    """The whole statement that begins with the line `text`; None after Ctrl-C."""
    if not _opens_block(text):
        return text
    lines = [text]
    while True:
        put("... ")
        line, end = _line("... ")
        if end == CTRL_C:
            put("\n")
            return None
        if not line.strip() and not _is_open("\n".join(lines)):
            return "\n".join(lines) + "\n"
        lines.append(line)
        if not _opens_block(lines[0], True) and not _is_open("\n".join(lines)):
            return "\n".join(lines) + "\n"


def _opens_block(text, header_only=False):
    stripped = text.rstrip()
    is_header = stripped.endswith(":") or stripped.startswith("@")
    return is_header or (not header_only and _is_open(stripped))


def _is_open(text):
    depth = 0
    for c in text:
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
    return depth > 0 or text.endswith("\\")


def _paste():
    """What is typed up to Ctrl-D; None after Ctrl-C."""
    text = bytearray()
    while True:
        c = get()
        if c == CTRL_C:
            put("\n")
            return None
        if c == CTRL_D:
            put("\n")
            return text.decode()
        if c == 13:
            text.append(10)
            put("\n=== ")
        else:
            text.append(c)
            sys.stdout.buffer.write(bytes((c,)))
