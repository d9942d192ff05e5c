"""Takes the sentences of exceptions out of memory: they are read from flash when one is raised.

`raise ValueError("a sentence")` becomes `raise ValueError(sentence(n))`, and the sentences go to a
module of their own, which is given back at once. Only callers' mistakes raise here, so flash is
read when somebody is at work, not while a device runs.
"""

import ast

_SHORTEST = 20  # characters: below that the call costs as much as the text
_FUNCTION = """
def sentence(n):
    from . import {leaf}
    text = {leaf}.TEXTS[n]
    del {leaf}
    forget_module("{module}")
    return text
"""


def move_sentences(program, modules, texts):
    """Take the sentences out of `modules` into the new module `texts`. The first of `modules`, in
    which `forget_module` is, gets the function `sentence`, and the others import it."""
    home = modules[0]
    moving = _Moving()
    for module in modules:
        before = moving.moved
        program.modules[module] = moving.visit(program.modules[module])
        if moving.moved > before and module != home:
            line = program.import_from(module, home, [ast.alias("sentence")])
            program.modules[module].body.insert(0, line)
    function = _FUNCTION.format(leaf=texts.rpartition(".")[2], module=texts)
    program.modules[home].body += ast.parse(function).body
    program.modules[texts] = ast.parse(f"TEXTS = {tuple(moving.texts)!r}")


class _Moving(ast.NodeTransformer):
    def __init__(self):
        self.texts = []
        self.moved = 0
        self._raising = False

    def visit_Raise(self, node):
        self._raising = True
        self.generic_visit(node)
        self._raising = False
        return node

    def visit_Constant(self, node):
        text = node.value
        if not self._raising or not isinstance(text, str) or len(text) < _SHORTEST:
            return node
        self.moved += 1
        if text not in self.texts:
            self.texts.append(text)
        return ast.parse(f"sentence({self.texts.index(text)})", mode="eval").body
