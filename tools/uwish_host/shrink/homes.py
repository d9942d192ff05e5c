"""Tells the package's loader where the merged modules are now."""

import ast


def retarget(program, package, gone, root):
    """In `package`: `_HOMES`, a dict of public names and their modules, and `_PARTS`, the modules
    in the order in which they are loaded."""
    leaf = root.rpartition(".")[2]
    leaves = {name[len(package) + 1 :] for name in gone}
    for node in program.modules[package].body:
        name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else None
        if name == "_HOMES":
            for value in node.value.values:
                value.value = leaf if value.value in leaves else value.value
        elif name == "_PARTS":
            parts = node.value.value.split()
            node.value.value = " ".join(part for part in parts if part not in leaves)
