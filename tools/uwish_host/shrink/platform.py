"""What is known before a board starts: that it is a board."""

import ast


class OnBoard(ast.NodeTransformer):
    """Keeps the branch that MicroPython takes, and leaves out what is for tools that read code.
    `native`: the board runs native code, so nobody has to try whether it does."""

    def __init__(self, native):
        self._native = native

    def visit_Try(self, node):
        self._filled(node)
        tried = node.body[0]
        if isinstance(tried, ast.ImportFrom) and "_viper" in ast.unparse(tried):
            return node.body if self._native else node.handlers[0].body
        return node

    def visit_If(self, node):
        self.generic_visit(node)
        known = _is_micropython(node.test)
        if known is None:
            return node
        return node.body if known else node.orelse

    def visit_Assign(self, node):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return None if names == ["__all__"] else self.generic_visit(node)

    def visit_Expr(self, node):
        # Docstrings; mpy-cross would drop them, but not from an empty body.
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def _filled(self, node):
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    visit_FunctionDef = visit_ClassDef = visit_ExceptHandler = _filled


def for_board(program, native):
    """Apply it to every module of a Program. Of native code (`…_viper`) and its plain twin
    (`…_plain`) one is left."""
    for module in list(program.modules):
        if module.endswith("_plain" if native else "_viper"):
            del program.modules[module]
        else:
            program.modules[module] = OnBoard(native).visit(program.modules[module])


def _is_micropython(test):
    # `implementation.name == "micropython"`, or with !=
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    if not ast.unparse(test.left).endswith("implementation.name"):
        return None
    if ast.unparse(test.comparators[0]) != "'micropython'":
        return None
    if isinstance(test.ops[0], ast.Eq):
        return True
    return False if isinstance(test.ops[0], ast.NotEq) else None
