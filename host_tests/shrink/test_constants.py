"""Constants go where their names stood, and only there."""

import pytest
from small_program import program, run, text

from uwish_host.shrink.constants import inline_constants

LEAF = """
    const = int
    RED = const(3)
    BLUE = const(RED << 4 | 1)
    """


def inlined(sources, public=()):
    made = program(sources)
    inline_constants(made, set(public))
    return made


def test_value_stands_where_the_imported_name_stood(tmp_path):
    made = inlined({"pkg.leaf": LEAF, "pkg.user": "from .leaf import BLUE\nseen = BLUE + 1"})
    assert text(made, "pkg.user") == "seen = 49 + 1"
    assert "BLUE" not in text(made, "pkg.leaf")
    assert run(made, tmp_path, "pkg.user").seen == 50


def test_value_stands_where_an_attribute_of_a_module_stood():
    made = inlined({"pkg.leaf": LEAF, "pkg.user": "from . import leaf\nseen = leaf.RED"})
    assert "seen = 3" in text(made, "pkg.user")


def test_name_imported_under_another_name_and_handed_on():
    sources = {
        "pkg.leaf": LEAF,
        "pkg.between": "from .leaf import RED",
        "pkg.user": "from .between import RED as stop\nseen = stop",
    }
    assert text(inlined(sources), "pkg.user") == "seen = 3"


def test_local_name_like_a_constant_stays():
    source = """
        from .leaf import RED

        def f(RED):
            return RED

        def g():
            return [RED for _ in range(2)]
        """
    made = text(inlined({"pkg.leaf": LEAF, "pkg.user": source}), "pkg.user")
    assert "return RED" in made
    assert "[3 for _" in made


def test_function_that_imports_it_itself(tmp_path):
    source = """
        def f():
            from .leaf import RED
            return RED

        def g():
            from . import leaf
            return leaf.BLUE
        """
    made = inlined({"pkg.leaf": LEAF, "pkg.user": source})
    user = run(made, tmp_path, "pkg.user")
    assert user.f() == 3
    assert "return 49" in text(made, "pkg.user")


def test_public_module_keeps_its_constants_and_those_it_hands_on(tmp_path):
    sources = {"pkg.leaf": LEAF, "pkg.face": "from .leaf import RED\nOWN = 1"}
    made = inlined(sources, public={"pkg.face"})
    assert "import" not in text(made, "pkg.face")
    assert run(made, tmp_path, "pkg.face").RED == 3


def test_viper_code_is_left_alone():
    source = """
        import micropython
        from .leaf import RED

        @micropython.viper
        def f(a):
            return RED
        """
    assert "return RED" in text(inlined({"pkg.leaf": LEAF, "pkg.native": source}), "pkg.native")


def test_constant_that_is_none_is_refused_with_its_line():
    with pytest.raises(ValueError, match="line 2: not a constant: f()"):
        inlined({"pkg.leaf": "\nX = const(f())"})
