"""Makes the library smaller for boards: out of readable sources, sources for mpy-cross only.

MicroPython keeps for every module a dict and a table of names, for every constant that is imported
somewhere an entry in each dict, and for every name its text. On a board that has 110 KB for
everything, the way a library is laid out for its readers would cost a third of that. So a build
for boards takes six steps, each of which leaves what the program does as it was:

    platform    what is only for other interpreters is left out
    constants   the value of a `const` stands where its name stood, over the borders of modules
    merge       modules that are always loaded together become one
    texts       the sentences of exceptions are read from flash when one is raised
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
from .texts import move_sentences

PACKAGE = "uwish"
# What docs/API.md and the firmware import by name.
PUBLIC = {"uwish", "uwish.log", "uwish.status"}
CLASSES = {
    *("App", "PeerApi", "IdentityApi", "Peer", "Pin", "Stats", "FileStore", "MemoryStore"),
    "Discovery",
    *("Document", "Pack"),
}
# Names in modules that are merged into others, for which the firmware still asks there.
FACES = {"uwish.compat": ("elapsed", "tick_add")}
# Each becomes one module with all that it loads and those before it have not. Not one for all: what
# only loading needs is as much as a third of the module, and cannot be given back before its end.
ROOTS = (
    *("uwish.connection", "uwish.app", "uwish.senml", "uwish.calls", "uwish.handshake"),
    *("uwish.discovery", "uwish.starting", "uwish.crypto.ed25519", "uwish.crypto.dh_small"),
)
RESIDENT = ROOTS[:2]  # in memory as long as there is an App
# What a device loads that starts, connects and sends; names stay in memory for good.
ALWAYS = RESIDENT + (
    *("uwish.calls", "uwish.handshake", "uwish.crypto.ed25519", "uwish.crypto.group15"),
    *("uwish.starting", "uwish.naming", "uwish.identity", "uwish.flash"),
)
# Not on a board, or loaded for one board and not for another.
_HOST_ONLY = ("uwish._sockets", "uwish.crypto.host", "uwish.answering")
_CHOICES = ("uwish.crypto.dh_fast", "uwish.crypto.dh_small")


class Shrunk:
    """`texts`: {path: source text}; `functions`: {short name: [Class.method, …]}, which of them a
    traceback may mean. The same sources always make the same names."""

    def __init__(self, texts, functions):
        self.texts = texts
        self.functions = functions


def shrink(texts, native=True):
    """`texts`: {path: source text} of the library, `uwish/…`, and of what is to run beside it, all
    below `lib/` or not; `native`: the board runs native code. A Shrunk, with fewer files;
    ValueError, with the module's name, for what these steps cannot do."""
    paths = {_module(path): path for path in texts}
    sources = {module: texts[path] for module, path in paths.items() if module not in _HOST_ONLY}
    packages = {module for module, path in paths.items() if path.endswith("/__init__.py")}
    program = Program(sources, packages)
    for_board(program, native)
    leaves = {module for module, tree in program.modules.items() if is_native(tree)}
    beside = {module for module in program.modules if module.partition(".")[0] != PACKAGE}
    inline_constants(program, PUBLIC)
    homes = {}
    for root in ROOTS:
        apart = {*PUBLIC, *beside, *leaves, *_CHOICES, *ROOTS} - {root}
        merged = merge(program, root, apart)
        retarget(program, PACKAGE, merged, root)
        homes.update(dict.fromkeys(merged, root))
    move_sentences(program, RESIDENT, PACKAGE + ".sentences")
    fixed = set(program.modules) & (PUBLIC | beside | leaves)
    keep = kept(program, CLASSES, beside).union(*FACES.values())
    functions = rename(program, fixed, keep, ALWAYS)
    for module in set(program.modules) - leaves:
        order_names(program.modules[module])
    made = {}
    for module, tree in program.modules.items():
        path = paths.get(module) or paths[PACKAGE].replace("__init__", module.rpartition(".")[2])
        made[path] = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    for module, faced in FACES.items():
        if module in homes:
            made[paths[module]] = f"from {homes[module]} import {', '.join(faced)}\n"
    return Shrunk(made, functions)


def _module(path):
    parts = path.removeprefix("lib/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
