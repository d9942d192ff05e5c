"""Makes the library smaller for boards: out of readable sources, sources for mpy-cross only.

MicroPython keeps for every module a dict and a table of names, for every constant that is imported
somewhere an entry in each dict, and for every name its text. On a board that has 110 KB for
everything, the way a library is laid out for its readers would cost a third of that. So a build
for boards takes five steps, each of which leaves what the program does as it was:

    platform    what is only for other interpreters is left out
    constants   the value of a `const` stands where its name stood, over the borders of modules
    merge       modules that are always loaded together become one
    rename      private names become short, and public ones stay
    frequency   the names that are used most get the numbers that take one byte

Modules and names that others import keep their names: `PUBLIC`, and the classes in `CLASSES`.
"""

import ast

from .constants import inline_constants, is_native
from .frequency import order_names
from .homes import retarget
from .keep import kept
from .merge import merge
from .platform import for_board
from .program import Program
from .rename import rename

PACKAGE = "uwish"
# What docs/API.md and the firmware import by name.
PUBLIC = {"uwish", "uwish.log", "uwish.status"}
CLASSES = {
    *("App", "PeerApi", "IdentityApi", "Peer", "Pin", "Stats", "FileStore", "MemoryStore"),
    *("Document", "Pack"),
}
# Names in modules that are merged into others, for which the firmware still asks there.
FACES = {"uwish.compat": ("elapsed", "tick_add")}
# Each becomes one module with all that it loads and those before it have not. Not one for all: what
# only loading needs is as much as a third of the module, and cannot be given back before its end.
ROOTS = ("uwish.connection", "uwish.app", "uwish.senml")
# Not on a board, or loaded for one board and not for another.
_HOST_ONLY = ("uwish._sockets", "uwish.crypto.host")
_CHOICES = ("uwish.crypto.dh_fast", "uwish.crypto.dh_small")


class Shrunk:
    """`texts`: {path: source text}; `names`: {short name: [what it stands for]}, for tracebacks."""

    def __init__(self, texts, names):
        self.texts = texts
        self.names = names


def shrink(texts):
    """`texts`: {path: source text} of the library, `uwish/…`, and of what is to run beside it, all
    below `lib/` or not. A Shrunk, with fewer files; ValueError, with the module's name, for what
    these steps cannot do."""
    paths = {_module(path): path for path in texts}
    sources = {module: texts[path] for module, path in paths.items() if module not in _HOST_ONLY}
    packages = {module for module, path in paths.items() if path.endswith("/__init__.py")}
    program = Program(sources, packages)
    native = {module for module, tree in program.modules.items() if is_native(tree)}
    twins = {module for module in program.modules if module.endswith("_plain")}
    beside = {module for module in program.modules if module.partition(".")[0] != PACKAGE}
    for_board(program)
    inline_constants(program, PUBLIC)
    homes = {}
    for root in ROOTS:
        apart = {*PUBLIC, *beside, *native, *twins, *_CHOICES, *ROOTS} - {root}
        merged = merge(program, root, apart)
        retarget(program, PACKAGE, merged, root)
        homes.update(dict.fromkeys(merged, root))
    fixed = set(program.modules) & (PUBLIC | beside | native | twins)
    keep = kept(program, CLASSES, beside).union(*FACES.values())
    names = rename(program, fixed, keep)
    for module in set(program.modules) - native:
        order_names(program.modules[module])
    made = {}
    for module, tree in program.modules.items():
        made[paths[module]] = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    for module, faced in FACES.items():
        if module in homes:
            made[paths[module]] = f"from {homes[module]} import {', '.join(faced)}\n"
    return Shrunk(made, names)


def _module(path):
    parts = path.removeprefix("lib/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
