"""The modules of a program as syntax trees, and what their imports mean."""

import ast
from copy import deepcopy

_IMPORTING = (ast.Import, ast.ImportFrom, ast.If, ast.Try)  # as top_level goes through them


class Program:
    """`sources`: {module name: source text}; `packages`: the names among them that are packages.
    The trees in `modules` are changed in place by the steps of this package."""

    def __init__(self, sources, packages):
        self.modules = {name: ast.parse(text, name) for name, text in sources.items()}
        self.packages = set(packages)

    def imports_now(self):
        """A Program that goes on knowing what is imported where, whatever becomes of this one."""
        copy = Program({}, self.packages)
        for name, tree in self.modules.items():
            body = [node for node in tree.body if isinstance(node, _IMPORTING)]
            copy.modules[name] = ast.Module(deepcopy(body), [])
        return copy

    def package_of(self, module):
        """The package that relative imports in `module` start from."""
        return module if module in self.packages else module.rpartition(".")[0]

    def base(self, module, node):
        """The absolute name that an ast.ImportFrom in `module` imports from."""
        if not node.level:
            return node.module
        parts = self.package_of(module).split(".")
        parts = parts[: len(parts) - node.level + 1]
        return ".".join(parts + ([node.module] if node.module else []))

    def import_from(self, module, base, aliases):
        """An ast.ImportFrom for `module`, relative when it can be: that is shorter in memory."""
        package = self.package_of(module)
        if base == package:
            return ast.ImportFrom(None, aliases, 1)
        if base.startswith(package + "."):
            return ast.ImportFrom(base[len(package) + 1 :], aliases, 1)
        top, level = package, 1
        while "." in top:
            top, level = top.rpartition(".")[0], level + 1
            if base == top:
                return ast.ImportFrom(None, aliases, level)
            if base.startswith(top + "."):
                return ast.ImportFrom(base[len(top) + 1 :], aliases, level)
        return ast.ImportFrom(base, aliases, 0)

    def imported(self, module, node):
        """[(alias, base, is the alias itself a module of the program?), …] of an ImportFrom."""
        base = self.base(module, node)
        return [(alias, base, f"{base}.{alias.name}" in self.modules) for alias in node.names]

    def origin(self, module, name):
        """(module, name) that `module` imports its `name` from; None when it is not imported from
        the program."""
        for node in top_level(self.modules[module].body):
            if isinstance(node, ast.ImportFrom):
                for alias, base, is_module in self.imported(module, node):
                    if (alias.asname or alias.name) == name and base in self.modules:
                        return None if is_module else (base, alias.name)
        return None

    def definition(self, module, name):
        """(module, name) where `name` of `module` is defined, imports followed."""
        step = self.origin(module, name)
        return self.definition(*step) if step else (module, name)


def top_level(body):
    """The statements that run when a module is imported, those inside `if` and `try` included."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try)):
            for part in ("body", "orelse", "finalbody"):
                yield from top_level(getattr(node, part, ()))
            for handler in getattr(node, "handlers", ()):
                yield from top_level(handler.body)
