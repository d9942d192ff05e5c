"""Numbers the names of a module by how often its functions use them.

A function names a global or an attribute by its place in the module's table, in one byte for the
first 128 places and in two for the rest; mpy-cross fills the table in the order of first use.
"""

import ast
from collections import Counter

from .scopes import ModuleNames

_ONE_BYTE = 128
# Before our statement mpy-cross has put in what every module has: its name, `<module>`, __name__.
_TAKEN = 6


def order_names(tree):
    """Put a statement in front that names the most used ones, and does nothing."""
    counting = _Counting()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            counting.visit(node)
    often = [name for name, _ in counting.used.most_common(_ONE_BYTE - _TAKEN)]
    if len(counting.used) > len(often):
        chain = ".".join(["__name__", *(name for name in often if name != "__name__")])
        tree.body.insert(0, ast.parse("__name__ or " + chain).body[0])


class _Counting(ModuleNames):
    # Counts what is in the table: globals, attributes, names of functions and of arguments.

    def __init__(self):
        super().__init__()
        self.used = Counter()

    def replace(self, name, node):
        self.used[name] += 1
        return name

    def called(self, node):
        return node.name

    def visit_Attribute(self, node):
        self.used[node.attr] += 1
        return self.generic_visit(node)

    def visit_FunctionDef(self, node):
        self.used.update(argument.arg for argument in node.args.args)
        self.used[node.name] += 1
        return super().visit_FunctionDef(node)

    visit_AsyncFunctionDef = visit_FunctionDef
