"""The architecture of uwish, as a table and as a test that reads the imports of every file.

A module may import from the layers below its own and from its own layer, but never upwards and
never in a circle.
"""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import micropython_runner as runner
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lib" / "uwish"

# From the lowest to the highest. A new file must be given its place here.
LAYERS = (
    ("leaves", "status compat _sockets _plain _viper _cbor_viper"),
    ("numbers and words", "phases reasons reason_texts stats log"),
    # One interface: what is in the package is its own business, and imports leaves only.
    ("crypto", "crypto"),
    ("cbor", "cbor cbor_number cbor_records senml"),
    ("formats", "bson bson_writer record sendbuf replies naming service announcement"),
    ("pools", "pins pin contacts addresses contact_changes sightings peer_text peers"),
    ("rules", "documents signer identity handshake answering session connection scheduler finder"),
    ("edges", "net reach memory_store flash store discovery"),
    ("turning wheels", "line dialer heirs calls node"),
    ("application", "pin_changes peer_api identity_api starting app"),
    ("public names", "__init__"),
)

# Who may use crypto: what is encrypted, signed or drawn at random, and nobody else.
CRYPTO_USERS = {
    *("documents", "signer", "identity", "handshake", "answering", "session", "connection"),
    *("dialer", "calls"),
}

# Time, input and output come from outside; only the edges and the application ask for them.
EDGES = {"net", "reach", "flash", "store", "discovery", "app"}
OUTSIDE = {"socket", "time", "asyncio", "machine", "network", "os", "select"}
# Even those must not load it just by being imported: a program that only polls never pays for it.
ONLY_WHEN_USED = {"asyncio"}
# Besides them the crypto back-ends may ask the operating system for random bytes.
CRYPTO_MAY = {"os", "cryptography"}

# Never in the library: `typing` costs heap for nothing, the others are the host's or stand above.
NEVER_IN_LIBRARY = {"typing", "uwish_host", "firmware", "boards"}
NEVER_ON_BOARD = {"typing", "uwish_host"}

RANK = {name: rank for rank, (_, names) in enumerate(LAYERS) for name in names.split()}


class Import:
    """One import: `external` (a top-level module) or `internal` (a module of uwish) is set."""

    def __init__(self, line, external=None, internal=None, at_import=True):
        self.line = line
        self.external = external
        self.internal = internal
        self.at_import = at_import


def imports_of(source, package):
    """Every import in `source`, those inside functions too.

    `package`: where relative imports start, ("uwish",) or ("uwish", "crypto").
    """
    tree = ast.parse(source)
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    inside = {n for function in functions for n in ast.walk(function)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += (node.module or "").split(".") if node.module else []
            # `from . import x` names a module, `from .x import y` a name of one.
            names = [[*base, a.name] for a in node.names] if base in ([], ["uwish"]) else [base]
        else:
            continue
        for name in names:
            if name[0] == "uwish":
                internal = name[1] if len(name) > 1 else "__init__"
                found.append(Import(node.lineno, None, internal, node not in inside))
            else:
                external = re.sub("^u(?=socket$|time$|asyncio$|os$|select$)", "", name[0])
                found.append(Import(node.lineno, external, None, node not in inside))
    return found


def faults(module, imports):
    """What is wrong with the imports of `module` (a name of LAYERS), as sentences."""
    may = CRYPTO_MAY if module == "crypto" else OUTSIDE if module in EDGES else set()
    said = []
    for i in imports:
        if i.external is not None:
            if i.external in NEVER_IN_LIBRARY:
                said.append(f"line {i.line}: imports {i.external}, which nothing in lib/uwish may")
            elif i.external in (OUTSIDE | CRYPTO_MAY) - may:
                said.append(f"line {i.line}: imports {i.external}, which is for the edges only")
            elif i.external in ONLY_WHEN_USED and i.at_import:
                said.append(
                    f"line {i.line}: loads {i.external} for everybody: import it when it is used"
                )
        elif i.internal not in RANK:
            said.append(
                f"line {i.line}: imports uwish.{i.internal}: say in LAYERS where it belongs"
            )
        elif RANK[i.internal] > RANK[module]:
            said.append(f"line {i.line}: imports uwish.{i.internal}, which is in a higher layer")
        elif i.internal == "crypto" and module != "crypto" and module not in CRYPTO_USERS:
            said.append(f"line {i.line}: imports uwish.crypto, but is not in CRYPTO_USERS")
        elif module == "__init__" and i.at_import and RANK[i.internal] > 0:
            said.append(
                f"line {i.line}: makes `import uwish` load uwish.{i.internal}:"
                " import it when it is used"
            )
    return said


def module_of(file):
    """The name under which LAYERS knows a file of lib/uwish, and the package it is in."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return parts[0], ("uwish", *parts[:-1])


def library_files():
    return sorted(PACKAGE.glob("**/*.py"))


@pytest.mark.parametrize("file", library_files(), ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_imports_point_downwards(file):
    module, package = module_of(file)
    assert module in RANK, f"{module}: say in LAYERS (host_tests/test_imports.py) where it belongs"
    assert faults(module, imports_of(file.read_text(), package)) == []


def test_no_module_imports_itself_through_others():
    graph = {}
    for file in library_files():
        module, package = module_of(file)
        needs = {i.internal for i in imports_of(file.read_text(), package) if i.internal}
        graph.setdefault(module, set()).update(needs - {module})
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail("import circle: " + " -> ".join(error.args[1]))


@pytest.mark.parametrize("interpreter", [sys.executable, runner.micropython()], ids=["c", "micro"])
def test_importing_uwish_loads_leaves_only(interpreter, tmp_path):
    script = tmp_path / "load.py"
    script.write_text("import uwish, sys\nfor name in sys.modules: print(name)")
    env = {**runner.environment(), "PYTHONPATH": "lib"}
    done = subprocess.run(
        [interpreter, script], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[2] for name in done.stdout.split() if name.startswith("uwish.")}
    assert {name for name in loaded if RANK[name] > 0} == set()
    assert "uwish" in done.stdout.split()


def board_files():
    return [
        file
        for folder in ("firmware", "boards")
        for file in sorted((ROOT / folder).glob("**/*.py"))
    ]


def test_code_for_boards_imports_no_host_code():
    found = [
        f"{file.relative_to(ROOT)}:{i.line}: {i.external}"
        for file in board_files()
        for i in imports_of(file.read_text(), ())
        if i.external in NEVER_ON_BOARD
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        (
            "bson",
            "from .session import Session",
            "imports uwish.session, which is in a higher layer",
        ),
        ("bson", "from . import session", "imports uwish.session, which is in a higher layer"),
        (
            "bson",
            "from uwish.session import Session",
            "imports uwish.session, which is in a higher",
        ),
        ("bson", "import uwish.session", "imports uwish.session, which is in a higher layer"),
        (
            "bson",
            "def f():\n    from .app import App",
            "line 2: imports uwish.app, which is in a higher",
        ),
        ("session", "from uwish import App", "imports uwish.App: say in LAYERS where it belongs"),
        ("session", "import uwish", "imports uwish.__init__, which is in a higher layer"),
        ("pins", "from . import crypto", "imports uwish.crypto, but is not in CRYPTO_USERS"),
        ("pins", "from .crypto import sha256", "imports uwish.crypto, but is not in CRYPTO_USERS"),
        ("session", "import time", "imports time, which is for the edges only"),
        (
            "session",
            "def f():\n    import utime",
            "line 2: imports time, which is for the edges only",
        ),
        ("session", "from os import urandom", "imports os, which is for the edges only"),
        ("net", "import cryptography.x", "imports cryptography, which is for the edges only"),
        ("crypto", "import socket", "imports socket, which is for the edges only"),
        ("app", "import uwish_host.cli", "imports uwish_host, which nothing in lib/uwish may"),
        ("net", "from typing import Any", "imports typing, which nothing in lib/uwish may"),
        ("app", "import asyncio", "loads asyncio for everybody: import it when it is used"),
        ("__init__", "from .app import App", "makes `import uwish` load uwish.app"),
    ],
)
def test_the_rule_bites(module, source, fault):
    said = faults(module, imports_of(source, ("uwish",)))
    assert len(said) == 1
    assert fault in said[0]


@pytest.mark.parametrize(
    ("module", "package", "source"),
    [
        ("session", ("uwish",), "from . import crypto\nfrom .bson import Cursor\nimport struct"),
        ("app", ("uwish",), "import time\nfrom .net import Net"),
        (
            "crypto",
            ("uwish", "crypto"),
            "import os\nfrom ..compat import const\nfrom .gcm import x",
        ),
        ("app", ("uwish",), "async def run():\n    import asyncio"),
        ("__init__", ("uwish",), "from .status import OK\ndef f():\n    from .app import App"),
    ],
)
def test_the_rule_lets_the_rest_through(module, package, source):
    assert faults(module, imports_of(source, package)) == []
