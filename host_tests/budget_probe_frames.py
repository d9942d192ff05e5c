"""How many machine words a call of each function of the library needs for its locals.

MicroPython keeps a call's locals and temporaries on the C stack up to 11 words, exception handlers
(3 words each) included; beyond that it takes them from the heap, at every call. The interpreter
tells the numbers itself with `-v -v -v`, which prints the bytecode it compiles.
"""

import re
import subprocess

import micropython_runner as runner

ON_STACK = 11
_HANDLER = 3
_IMPORT = "import uwish\nuwish.App, uwish.FileStore\n"
_BLOCK = re.compile(r"^File lib/uwish/(\S+)\.py, code block '(\S+)' ", re.MULTILINE)
_STATE = re.compile(r"^\(N_STATE (\d+)\)\n\(N_EXC_STACK (\d+)\)", re.MULTILINE)


def words():
    """{"module.function": words}; the most of them for functions of one name in one module."""
    done = subprocess.run(
        [runner.micropython(), "-v", "-v", "-v", "-X", "heapsize=4m", "-c", _IMPORT],
        cwd=runner.ROOT,
        env=runner.environment(),
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode(errors="replace")
    found = {}
    for block in _BLOCK.finditer(text):
        state = _STATE.search(text, block.end())
        size = int(state.group(1)) + _HANDLER * int(state.group(2))
        name = f"{block.group(1)}.{block.group(2)}"
        found[name] = max(size, found.get(name, 0))
    return found
