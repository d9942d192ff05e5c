"""Private names become short; what others say stays."""

from small_program import program, run, text

from uwish_host.shrink.keep import kept
from uwish_host.shrink.rename import rename
from uwish_host.shrink.supply import short_names

SOURCE = """
    total = 0
    elapsed_split = 5

    class Public:
        def __init__(self, size):
            self._room = size
            self.visible = size

        def grow(self, amount):
            self._room = helper(self._room, amount=amount, unused_one=1)
            return self._room

        def _shrink(self, amount_taken):
            self._room -= amount_taken
            return self._room

        def less(self):
            return self._shrink(2)

    class Inner:
        size_here = 7

        def __init__(self):
            self._own = []
            self.reachable = 1

        @property
        def twice(self):
            return self.reachable * 2

        def fill(self, thing):
            self._own.append(thing)
            return len(self._own)

    class Heir(Inner):
        def fill(self, thing):
            self._own.append(0)
            return Inner.fill(self, thing) + self.size_here

    def helper(base_value, amount, unused_one):
        global total
        total = total + amount
        lengthy_local = base_value + amount
        return lengthy_local

    def run():
        public = Public(10)
        heir = Heir()
        heir.reachable = 4
        made = [public.grow(3), public.less(), heir.fill(1), heir.twice]
        made.append(getattr(public, "visible"))
        return made, total, elapsed_split
    """


def renamed(source=SOURCE):
    made = program({"pkg.top": source})
    functions = rename(made, fixed={"pkg"}, keep=kept(made, {"Public", "run"}))
    return made, functions


def test_program_does_the_same(tmp_path):
    before = run(program({"pkg.top": SOURCE}), tmp_path / "before", "pkg.top").run()
    made, _ = renamed()
    assert run(made, tmp_path / "after", "pkg.top").run() == before == ([13, 11, 9, 8, 10], 3, 5)


def test_public_names_and_keywords_stay():
    made = text(renamed()[0], "pkg.top")
    for name in ("class Public:", "def grow(self, amount)", "visible", "amount=amount", "def run("):
        assert name in made


def test_private_names_are_gone():
    made = text(renamed()[0], "pkg.top")
    for name in ("helper", "_room", "Inner", "_shrink", "base_value", "reachable", "amount_taken"):
        assert name not in made


def test_functions_in_a_traceback_can_be_told():
    made, functions = renamed()
    assert {"helper", "Public._shrink"} <= {long for longs in functions.values() for long in longs}
    assert all(f"def {short}(" in text(made, "pkg.top") for short in functions)


def test_attributes_of_the_interpreter_stay():
    made = text(renamed()[0], "pkg.top")
    assert ".append(" in made


def test_no_name_hides_a_builtin(tmp_path):
    source = (
        "def many("
        + ", ".join(f"argument_{i}" for i in range(5))
        + "):\n    return len([abs(argument_4)])\n"
    )
    made, _ = renamed(source.replace("many", "run"))
    assert run(made, tmp_path, "pkg.top").run(1, 2, 3, 4, -5) == 1


def test_short_names_are_all_different_and_none_is_a_keyword():
    found = [name for name, _ in zip(short_names(), range(4000), strict=False)]
    assert len(set(found)) == 4000
    assert all(name.isidentifier() for name in found)
