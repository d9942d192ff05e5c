"""Many modules become one that does the same."""

import pytest
from small_program import program, run, text

from uwish_host.shrink.merge import merge

PARTS = {
    "pkg.a": """
        from os import sep as separator

        def name():
            return "a"

        def both():
            return name() + separator
        """,
    "pkg.b": """
        import os
        from . import a
        from .a import name as other_name

        def name():
            return "b" + a.name() + other_name() + os.sep
        """,
    "pkg.lazy": """
        from . import b
        from .a import both

        def say():
            return b.name() + both()
        """,
    "pkg.top": """
        from .a import both
        from .b import name

        def say():
            from .lazy import say

            return say() + name() + both()
        """,
}


def test_merged_module_does_what_the_many_did(tmp_path):
    before = run(program(PARTS), tmp_path / "before", "pkg.top")
    said = run_say(before, program(PARTS), tmp_path / "before")
    made = program(PARTS)
    gone = merge(made, "pkg.top", apart=set())
    assert sorted(gone) == ["pkg.a", "pkg.b"]
    assert sorted(made.modules) == ["pkg", "pkg.lazy", "pkg.top"]
    assert run_say(None, made, tmp_path / "after") == said == "baa/a/baa/a/"


def run_say(_, made, folder):
    # What is imported inside a function needs the path while it runs.
    import sys

    run(made, folder, "pkg.top")
    sys.path.insert(0, str(folder))
    try:
        import importlib

        return importlib.import_module("pkg.top").say()
    finally:
        sys.path.remove(str(folder))
        from small_program import forget

        forget()


def test_module_apart_stays_and_is_imported():
    made = program(PARTS)
    assert merge(made, "pkg.top", apart={"pkg.a"}) == ["pkg.b"]
    assert "from .a import" in text(made, "pkg.top")


def test_import_in_try_keeps_its_shape(tmp_path):
    sources = {
        "pkg.chosen": """
            try:
                from nowhere import answer
            except ImportError:
                from .plain import answer
            """,
        "pkg.plain": "answer = 42",
        "pkg.top": "from .chosen import answer as got\nanswer = 1\nsum = got + answer",
    }
    made = program(sources)
    merge(made, "pkg.top", apart={"pkg.plain"})
    assert run(made, tmp_path, "pkg.top").sum == 43


def test_import_inside_a_function_of_what_is_merged_is_refused():
    sources = {
        "pkg.a": "x = 1",
        "pkg.top": "from .a import x\n\ndef f():\n    from .a import x\n    return x",
    }
    with pytest.raises(ValueError, match="pkg.top: x is here already"):
        merge(program(sources), "pkg.top", apart=set())


def test_attribute_that_a_merged_module_lacks_is_refused():
    sources = {"pkg.a": "x = 1", "pkg.top": "from . import a\ny = a.z"}
    with pytest.raises(ValueError, match="pkg.top: there is no pkg.a.z"):
        merge(program(sources), "pkg.top", apart=set())
