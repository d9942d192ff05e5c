"""Gives private names short ones: every name that MicroPython has not seen before is kept in memory
for good, once, and is looked up in a table that doubles whenever it is full.

Names of modules, attributes and arguments share one supply of short ones, since they never meet. An
attribute with an underscore is known to its class only and takes whatever no other of that class
has; any other attribute is called the same everywhere, because a tree does not tell whose it is.
"""

import ast
from collections import Counter

from .scopes import ModuleNames, arguments, bound, local_name
from .supply import short_names


def rename(program, fixed, keep, always=()):
    """Shorten the names in all modules but those in `fixed`. Names in `keep` stay as they are, and
    the arguments of methods of classes whose names stay. The best names are for the modules in
    `always`, which every device loads. Returns {short name of a function:
    [what it was called, with its class]}, for tracebacks."""
    private = {name: tree for name, tree in program.modules.items() if name not in fixed}
    spoken = {node.attr for node in _walk(program.modules, ast.Attribute)}
    named = {node.id for node in _walk(program.modules, ast.Name)}
    shared, own = _attributes(private, keep)
    first = _spoken_in({name: tree for name, tree in private.items() if name in always})
    attributes = _assign(shared, spoken, first)
    names = _assign(_names(private, keep), named, first)
    classes = {}
    for owner, counted in own.items():
        classes[owner] = _assign(counted, spoken | set(attributes.values()))
    functions = {}
    for module, tree in private.items():
        renaming = _Renaming(program, module, private, attributes, classes, names, keep, functions)
        program.modules[module] = renaming.visit(tree)
    return {short: sorted(longs) for short, longs in sorted(functions.items())}


def _walk(modules, kind):
    for tree in modules.values():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield node


def _spoken_in(modules):
    attributes = {node.attr for node in _walk(modules, ast.Attribute)}
    return attributes.union(*(bound(tree) for tree in modules.values()))


def _assign(counted, taken, first=()):
    # The most used names get the shortest, after those in `first`: the best names are few.
    free = (name for name in short_names() if name not in taken)
    longs = [name for name, _ in counted.most_common()]
    return dict(zip(sorted(longs, key=lambda name: name not in first), free, strict=False))


def _is_private(name, keep):
    return name not in keep and not (name.startswith("__") and name.endswith("__"))


def _attributes(modules, keep):
    # Only what these modules define: the attributes of other objects are not theirs to name.
    # Counters: of those that are called the same everywhere, and {(module, class): its own}.
    defined, used, own = set(), Counter(), {}
    for node in _walk(modules, ast.Attribute):
        used[node.attr] += 1
        if isinstance(node.ctx, ast.Store):
            defined.add(node.attr)
    classes = {}
    for module, tree in modules.items():
        for node in _walk({module: tree}, ast.ClassDef):
            classes[module, node.name] = node
            defined |= bound(node)
    defined = {name for name in defined if _is_private(name, keep)}
    own = {key: _own(node, defined) for key, node in classes.items()}
    reached = Counter(name for counted in own.values() for name in counted.elements())
    bases = [base for node in classes.values() for base in node.bases]
    related = {base.id for base in bases if isinstance(base, ast.Name)}
    for key, node in classes.items():
        for name in list(own[key]):
            if reached[name] != used[name] or node.bases or node.name in related:
                del own[key][name]
    alone = {name for counted in own.values() for name in counted}
    return Counter({name: used[name] + 1 for name in sorted(defined - alone)}), own


def _own(node, defined):
    # {attribute with an underscore: how often this class reaches for it in itself}
    return Counter(
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute)
        and child.attr in defined
        and child.attr[0] == "_"
        and ast.unparse(child.value) == "self"
    )


def _names(modules, keep):
    # What the modules define; what they import belongs to others.
    found = Counter()
    for tree in modules.values():
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                imported.update(local_name(alias) for alias in node.names)
        for name in sorted(bound(tree) - imported):
            if _is_private(name, keep):
                found[name] += 1
    return found


class _Renaming(ModuleNames):
    def __init__(self, program, module, private, attributes, classes, names, keep, functions):
        super().__init__()
        self._program = program
        self._module = module
        self._private = private
        self._attributes = attributes
        self._classes = classes
        self._names = names
        self._keep = keep
        self._functions = functions
        self._class = ""
        self._own = {}  # the attributes of the class that this place is in

    def replace(self, name, node):
        return self._names.get(name, name)

    def called(self, node):
        return self._attribute(node.name) if self._in_class() else super().called(node)

    def visit_Name(self, node):
        if self._in_class() and node.id in self.inner[-1][1]:
            node.id = self._attribute(node.id)
            return node
        return super().visit_Name(node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        node.attr = self._attribute(node.attr)
        return node

    def visit_ClassDef(self, node):
        outer = self._own, self._class
        self._own, self._class = self._classes.get((self._module, node.name), {}), node.name + "."
        node = super().visit_ClassDef(node)
        self._own, self._class = outer
        return node

    def visit_Import(self, node):
        for alias in node.names:
            self._import(alias, alias.name)
        return node

    def visit_ImportFrom(self, node):
        for alias, base, is_module in self._program.imported(self._module, node):
            private = base in self._private and not is_module
            self._import(alias, self._names.get(alias.name, alias.name) if private else alias.name)
        return node

    def visit_FunctionDef(self, node):
        name = node.name
        public = self._class[:-1] in self._keep and (name[0] != "_" or name[-1] == "_")
        long = self._class + node.name
        node = super().visit_FunctionDef(node)
        if not long.endswith(node.name):
            self._functions.setdefault(node.name, set()).add(long)
        if not public:
            _rename_arguments(node, self._keep)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def _import(self, alias, name):
        local = local_name(alias)
        if not self.inner:
            local = self._names.get(local, local)
        alias.name = name
        alias.asname = local if local != name.partition(".")[0] else None

    def _attribute(self, name):
        return self._own.get(name) or self._attributes.get(name, name)

    def _in_class(self):
        return bool(self.inner) and self.inner[-1][0] == "class"


def _rename_arguments(function, keep):
    # After its body has got its new names: an argument may not hide any of them.
    taken = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    short = (name for name in short_names() if name not in taken)
    table = {}
    for argument in arguments(function):
        if argument.arg not in keep:
            table[argument.arg] = argument.arg = next(short)
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            node.id = table.get(node.id, node.id)
