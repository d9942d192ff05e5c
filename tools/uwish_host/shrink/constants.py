"""Puts the value of each `const` where its name stands, over the borders of modules.

mpy-cross does that inside one module for names with an underscore; every other constant is an entry
in its module's dict and in the dict of each module that imports it.
"""

import ast
import operator

from .program import top_level
from .scopes import ModuleNames

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}


def inline_constants(program, public):
    """Replace all constants; the modules in `public` keep theirs for others to import."""
    values = {}
    for module in _by_dependence(program):
        _collect(program, module, values)
    # All is looked up before anything changes: imports are about to go.
    seen = {module: _visible(program, module, values) for module in program.modules}
    cleaners = [_Cleaner(program, module, values, public) for module in program.modules]
    for cleaner in cleaners:
        tree = program.modules[cleaner.module]
        if not is_native(tree):
            tree = _Inliner(*seen[cleaner.module]).visit(tree)
            program.modules[cleaner.module] = cleaner.visit(tree)


def is_native(tree):
    """Does this module hold viper code? There a constant of 32 bits must stay an expression, since
    as a number it does not fit a board's small int."""
    return any(isinstance(node, ast.Attribute) and node.attr == "viper" for node in ast.walk(tree))


def _by_dependence(program):
    # A constant is defined before it is imported.
    done = []

    def add(module):
        if module in done:
            return
        for node in top_level(program.modules[module].body):
            if isinstance(node, ast.ImportFrom):
                for _, base, is_module in program.imported(module, node):
                    if base in program.modules and not is_module and base != module:
                        add(base)
        if module not in done:
            done.append(module)

    for module in program.modules:
        add(module)
    return done


def _collect(program, module, values):
    names, _ = _visible(program, module, values)
    for node in top_level(program.modules[module].body):
        expression = _constant(node)
        if expression is not None:
            value = _evaluate(expression, names)
            names[node.targets[0].id] = values[module, node.targets[0].id] = value


def _constant(node):
    # The expression in `NAME = const(expression)`.
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        call = node.value
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("const", "micropython.const"):
            return call.args[0]
    return None


def _evaluate(node, names):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.operand, names))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left, names), _evaluate(node.right, names))
    raise ValueError(f"line {node.lineno}: not a constant: {ast.unparse(node)}")


def _visible(program, module, values):
    # ({name: value}, {name of an imported module: the module}) that code in `module` sees.
    names = {name: value for (home, name), value in values.items() if home == module}
    modules = {}
    for node in ast.walk(program.modules[module]):
        if isinstance(node, ast.ImportFrom):
            for alias, base, is_module in program.imported(module, node):
                local = alias.asname or alias.name
                if is_module:
                    modules[local] = {
                        name: value
                        for (home, name), value in values.items()
                        if home == f"{base}.{alias.name}"
                    }
                elif base in program.modules:
                    home = program.definition(base, alias.name)
                    if home in values:
                        names[local] = values[home]
    return names, modules


class _Inliner(ModuleNames):
    def __init__(self, names, modules):
        super().__init__()
        self._names = names
        self._modules = modules
        self._here = set()  # what functions import themselves

    def visit_ImportFrom(self, node):
        if self.inner:
            self._here.update(alias.asname or alias.name for alias in node.names)
        return node

    def visit_Name(self, node):
        inside = node.id in self._here and node.id in self._names
        if inside and isinstance(node.ctx, ast.Load):
            return _literal(self._names[node.id])
        return super().visit_Name(node)

    def replace(self, name, node):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and name in self._names:
            return _literal(self._names[name])
        return name

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name):
            name = node.value.id
            members = self._modules.get(name, {})
            if node.attr in members and (name in self._here or not self.hidden(name)):
                return _literal(members[node.attr])
        return self.generic_visit(node)


class _Cleaner(ast.NodeTransformer):
    # Takes away definitions and imports of what stands inline now. A public module keeps its own
    # constants, and defines those that it passes on from others, which then need not be loaded.

    def __init__(self, program, module, values, public):
        self.module = module
        self._values = values
        self._public = module in public
        self._imports = {}  # where each imported name is defined, {id of an ast.alias: …}
        for node in ast.walk(program.modules[module]):
            if isinstance(node, ast.ImportFrom):
                for alias, base, is_module in program.imported(module, node):
                    home = (base, alias.name)
                    if base in program.modules and not is_module:
                        home = program.definition(base, alias.name)
                    self._imports[id(alias)] = home

    def visit_Assign(self, node):
        if _constant(node) is None:
            return node
        if not self._public:
            return None
        name = node.targets[0].id
        return _definition(name, self._values[self.module, name])

    def visit_ImportFrom(self, node):
        left, done = [], []
        for alias in node.names:
            home = self._imports[id(alias)]
            if home in self._values and self._public:
                done.append(_definition(alias.asname or alias.name, self._values[home]))
            elif home not in self._values and alias.name != "const":
                left.append(alias)
        node.names = left
        return [node, *done] if left else done

    def visit_Try(self, node):
        self.generic_visit(node)
        return node if node.body else None


def _definition(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], _literal(value), lineno=0)


def _literal(value):
    return ast.parse(repr(value), mode="eval").body
