"""Small programs, put through the steps and run before and after."""

import ast
import importlib
import sys
import textwrap

from uwish_host.shrink.program import Program


def program(sources, packages=("pkg",)):
    """A Program of {module: text}; the package itself is empty unless given."""
    texts = {name: textwrap.dedent(text) for name, text in {"pkg": "", **sources}.items()}
    return Program(texts, packages)


def text(program, module):
    """The source of a module as it is now."""
    return ast.unparse(ast.fix_missing_locations(program.modules[module]))


def run(program, folder, module):
    """Write the program to `folder` and import `module` of it, afresh."""
    for name in program.modules:
        path = folder / (
            name.replace(".", "/") + ("/__init__.py" if name in program.packages else ".py")
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(program, name))
    forget()
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(module)
    finally:
        sys.path.remove(str(folder))
        forget()


def forget():
    """Take the small program out of sys.modules."""
    for name in [name for name in sys.modules if name.split(".")[0] == "pkg"]:
        del sys.modules[name]
