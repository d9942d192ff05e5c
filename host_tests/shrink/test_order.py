"""The names used most come first."""

import ast

from uwish_host.shrink.frequency import order_names

MANY = "\n".join(f"    x.name_{i}" for i in range(200))


def test_most_used_names_stand_in_front():
    tree = ast.parse(f"def f(x):\n{MANY}\n    x.often\n    x.often\n")
    order_names(tree)
    first = ast.unparse(tree.body[0])
    assert first.startswith("__name__ or __name__.often.")
    assert first.count(".") <= 128


def test_module_with_few_names_is_left_alone():
    tree = ast.parse("def f(x):\n    return x.y\n")
    order_names(tree)
    assert len(tree.body) == 1


def test_statement_does_nothing():
    tree = ast.parse(f"def f(x):\n{MANY}\n")
    order_names(tree)
    space = {"__name__": "m"}
    exec(compile(ast.fix_missing_locations(tree), "m", "exec"), space)
    assert set(space) == {"__name__", "__builtins__", "f"}
