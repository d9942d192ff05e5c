"""Which names of a module are its own, as Python's scopes have it (language reference, 4.2)."""

import ast

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(node):
    """The names that a function, a class body, a comprehension or a module binds itself."""
    names, outer = set(), set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        names.update(argument.arg for argument in arguments(node))
    if isinstance(node, _COMPREHENSIONS):
        body = [generator.target for generator in node.generators]
    else:
        body = node.body if isinstance(node.body, list) else [node.body]
    for child in body:
        _bind(child, names, outer)
    return names - outer


def arguments(function):
    """All arguments of a function, as ast.arg, in order."""
    args = function.args
    every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [argument for argument in every if argument is not None]


def _bind(node, names, outer):
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        outer.update(node.names)
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        names.add(node.id)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        names.update(local_name(alias) for alias in node.names)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        names.add(node.name)
    if isinstance(node, _SCOPES):
        if not isinstance(node, ast.Lambda):
            names.add(node.name)
        return
    if isinstance(node, _COMPREHENSIONS):
        return
    for child in ast.iter_child_nodes(node):
        _bind(child, names, outer)


def local_name(alias):
    """What an `import` or `from … import` binds."""
    return alias.asname or alias.name.partition(".")[0]


class ModuleNames(ast.NodeTransformer):
    """Visits a module; `replace(name, node)` is asked for each place where a name of the module, or
    a builtin, stands, and returns the name to put there, or an expression when the place is one.
    `inner` holds the scopes around that place, innermost last: ("function" or "class", the names
    that it binds, its own name)."""

    def __init__(self):
        self.inner = []

    def replace(self, name, node):
        return name

    def called(self, node):
        """The name of a function or class at the place where it is defined."""
        return node.name if self.hidden(node.name) else self.replace(node.name, node)

    def hidden(self, name):
        """Does a function around this place have its own `name`?"""
        functions = [names for kind, names, _ in self.inner if kind != "class"]
        own = self.inner[-1][1] if self.inner and self.inner[-1][0] == "class" else ()
        return name in own or any(name in names for names in functions)

    def visit_Name(self, node):
        if self.hidden(node.id):
            return node
        new = self.replace(node.id, node)
        if isinstance(new, ast.expr):
            return ast.copy_location(new, node)
        node.id = new
        return node

    def visit_Global(self, node):
        node.names = [self.replace(name, node) for name in node.names]
        return node

    def visit_FunctionDef(self, node):
        node.name = self.called(node)
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        args = node.args
        args.defaults = [self.visit(one) for one in args.defaults]
        args.kw_defaults = [one and self.visit(one) for one in args.kw_defaults]
        self._enter("function", node)
        node.body = self._statements(node.body)
        self.inner.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        node.name = self.called(node)
        node.bases = [self.visit(one) for one in node.bases]
        self._enter("class", node)
        node.body = self._statements(node.body)
        self.inner.pop()
        return node

    def visit_Lambda(self, node):
        self._enter("function", node)
        node.body = self.visit(node.body)
        self.inner.pop()
        return node

    def _comprehension(self, node):
        self._enter("function", node)
        self.generic_visit(node)
        self.inner.pop()
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _enter(self, kind, node):
        self.inner.append((kind, bound(node), getattr(node, "name", "")))

    def _statements(self, body):
        done = []
        for statement in body:
            new = self.visit(statement)
            if isinstance(new, list):
                done.extend(new)
            elif new is not None:
                done.append(new)
        return done or [ast.Pass()]
