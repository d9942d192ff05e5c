"""Makes one module of many: each module costs a dict, a table of names and an entry in the dict of
every module that imports it.
"""

import ast

from .program import top_level
from .scopes import ModuleNames, bound, local_name


def merge(program, root, apart):
    """Put everything that `root` imports when it is loaded into `root`, but not the modules in
    `apart`. Returns the names of the modules that are gone."""
    group = _group(program, root, apart)
    names = _Names(program, group)
    body, imports = [], {}
    for module in group:
        tree = _Merging(program, module, root, names, imports).visit(program.modules[module])
        body += tree.body
    for module in program.modules:
        if module not in group:
            program.modules[module] = _Outside(program, module, root, names).visit(
                program.modules[module]
            )
    for module in group:
        del program.modules[module]
    program.modules[root] = ast.Module(body, [])
    ast.fix_missing_locations(program.modules[root])
    return [module for module in group if module != root]


def _group(program, root, apart):
    # In the order in which they are to run: what is imported goes first.
    done = []

    def add(module):
        for node in top_level(program.modules[module].body):
            if isinstance(node, ast.ImportFrom):
                for alias, base, is_module in program.imported(module, node):
                    needed = f"{base}.{alias.name}" if is_module else base
                    if needed in program.modules and needed not in (*apart, *done, module):
                        add(needed)
        if module not in done:
            done.append(module)

    add(root)
    return done


class _Names:
    """How everything that the modules of `group` define is called in the merged one."""

    def __init__(self, program, group):
        self.program = program.imports_now()  # they are about to go
        self.group = group
        self._taken = {}  # merged name: (module, name)
        self._merged = {}  # (module, name): merged name
        self._external = {}  # what is imported from elsewhere: merged name
        for module in group:
            own = bound(program.modules[module]) - _imported_names(program.modules[module])
            for name in sorted(own):
                self._merged[module, name] = self._take(module, name)
        for module in group:
            for key, local in self._imported(module):
                if key not in self._external:
                    self._external[key] = self._take(key[0], local)
                self._merged[module, local] = self._external[key]

    def _imported(self, module):
        # (what it is, how it is called) of all that `module` always imports from out of the group.
        for node in self.program.modules[module].body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield (alias.name,), local_name(alias)
            elif isinstance(node, ast.ImportFrom):
                for alias, base, is_module in self.program.imported(module, node):
                    home = f"{base}.{alias.name}" if is_module else base
                    if home not in self.group:
                        yield (base, alias.name), local_name(alias)

    def _take(self, home, name):
        merged = name
        if merged in self._taken:
            merged = home.rpartition(".")[2].strip("_") + "_" + name
        while merged in self._taken:
            merged += "_"
        self._taken[merged] = (home, name)
        return merged

    def of(self, module, name):
        """The merged name of what `module` calls `name`, imports followed; None when that is not
        in the group."""
        while (module, name) not in self._merged:
            step = self.program.origin(module, name)
            if step is None:
                return None
            module, name = step
        return self._merged[module, name]


def _imported_names(tree):
    # Without those that are imported in `try` or `if`: they are the module's own.
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(local_name(alias) for alias in node.names)
    return names


class _Merging(ModuleNames):
    # A module on its way into `root`.

    def __init__(self, program, module, root, names, imports):
        super().__init__()
        self._program = program
        self._module = module
        self._root = root
        self._names = names
        self._imports = imports  # what the merged module has imported already
        self._modules = {}  # imported name: the module of the group that it stands for
        self._conditional = False

    def visit_Try(self, node):
        outer, self._conditional = self._conditional, True
        self.generic_visit(node)
        self._conditional = outer
        return node

    visit_If = visit_Try

    def replace(self, name, node):
        new = self._names.of(self._module, name) or name
        if new != name and self.hidden(new):
            raise ValueError(f"{self._module}: {new!r} is a local name as well: rename it")
        return new

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and not self.hidden(node.value.id):
            module = self._modules.get(node.value.id)
            if module:
                merged = self._names.of(module, node.attr)
                if merged is None:
                    raise ValueError(f"{self._module}: there is no {module}.{node.attr}")
                return ast.Name(merged, node.ctx)
        return self.generic_visit(node)

    def visit_Import(self, node):
        if self.inner:
            return node
        if self._conditional:
            for alias in node.names:
                _call(alias, self._names.of(self._module, local_name(alias)))
            return node
        left = []
        for alias in node.names:
            if self._note((alias.name,), alias, local_name(alias)):
                left.append(alias)
        node.names = left
        return node if left else None

    def visit_ImportFrom(self, node):
        done = []
        for alias, base, is_module in self._program.imported(self._module, node):
            local = alias.asname or alias.name
            home = f"{base}.{alias.name}" if is_module else base
            if home in self._names.group:
                if self.inner and not is_module:
                    raise ValueError(
                        f"{self._module}: {alias.name} is here already: import it above"
                    )
                if is_module:
                    self._modules[local] = home
                continue
            if self.inner or self._conditional:
                if not self.inner:
                    _call(alias, self._names.of(self._module, local))
                done.append(self._program.import_from(self._root, base, [alias]))
                continue
            if not is_module and base in self._program.modules and self._names.of(base, alias.name):
                continue
            if self._note((base, alias.name), alias, local):
                done.append(self._program.import_from(self._root, base, [alias]))
        return done

    def _note(self, key, alias, local):
        # True when this import is the first of its kind.
        merged = self._names.of(self._module, local)
        _call(alias, merged)
        first = key not in self._imports
        self._imports[key] = merged
        return first


class _Outside(ModuleNames):
    # A module that stays: what it imports from the group now comes from `root`.

    def __init__(self, program, module, root, names):
        super().__init__()
        self._program = program
        self._module = module
        self._root = root
        self._names = names
        self._modules = {}

    def visit_ImportFrom(self, node):
        done = []
        for alias, base, is_module in self._program.imported(self._module, node):
            local = alias.asname or alias.name
            if is_module and f"{base}.{alias.name}" in self._names.group:
                self._modules[local] = f"{base}.{alias.name}"
                package, _, leaf = self._root.rpartition(".")
                new = ast.alias(leaf, local if local != leaf else None)
                done.append(self._program.import_from(self._module, package, [new]))
                continue
            merged = None
            if base in self._program.modules and not is_module:
                merged = self._names.of(base, alias.name)
            if merged:
                new = ast.alias(merged, local if local != merged else None)
                done.append(self._program.import_from(self._module, self._root, [new]))
            else:
                done.append(self._program.import_from(self._module, base, [alias]))
        return done

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id in self._modules:
            merged = self._names.of(self._modules[node.value.id], node.attr)
            node.attr = merged or node.attr
        return self.generic_visit(node)


def _call(alias, name):
    alias.asname = name if name != alias.name else None
