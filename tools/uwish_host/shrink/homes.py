"""Tells the package's loader where the merged modules are now."""

import ast


def retarget(program, package, gone, root):
    """In `package`: `_HOMES`, a dict of public names and their modules, and `_PARTS`, the modules
    in the order in which they are loaded, without those that nobody imports any more."""
    leaf = root.rpartition(".")[2]
    leaves = {name[len(package) + 1 :] for name in gone}
    for node in program.modules[package].body:
        name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else None
        if name == "_HOMES":
            for value in node.value.values:
                value.value = leaf if value.value in leaves else value.value
        elif name == "_PARTS":
            wanted = _imported(program) - set(gone)
            parts = node.value.value.split()
            node.value.value = " ".join(p for p in parts if f"{package}.{p}" in wanted)


def _imported(program):
    # The modules that something in the program imports.
    found = set()
    for module, tree in program.modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias, base, is_module in program.imported(module, node):
                    found.add(f"{base}.{alias.name}" if is_module else base)
    return found
