"""What `import micropython` finds while tests run on a C3's machine code: its `viper` replaces a
function by what mpy-cross makes of it for that processor. Only on the path of `on_rv32.py`."""

import builtins
import sys

from native_code import Program
from processor import Processor

# The types of viper's annotations, which CPython looks up where a function is defined.
for _name in ("ptr", "ptr8", "ptr16", "ptr32", "uint"):
    setattr(builtins, _name, None)

_processor = Processor()
_files = {}

calls = {}  # "module.function": how many times it was called


def const(value):
    """As MicroPython's."""
    return value


def viper(function):
    """The machine code of `function`, in the processor."""
    path = sys.modules[function.__module__].__file__
    if path not in _files:
        _files[path] = _processor.load(Program(path), function.__globals__)
    run = _files[path][function.__name__]
    name = f"{function.__module__}.{function.__name__}"
    calls[name] = 0

    def native(*arguments):
        calls[name] += 1
        return run(arguments)

    return native
