"""The short names, best first."""

import itertools
import keyword
import string

# In every MicroPython's ROM at the same place, because .mpy files name them by number (.mpy version
# 6): in memory they cost nothing, in a file a byte or two. Without those that the compiler itself
# looks for: const, micropython, super.
_IN_ROM = (
    "abs all any append args bool builtins bytearray bytecode bytes callable chr classmethod "
    "clear close copy count dict dir divmod end endswith eval exec extend find format "
    "from_bytes get getattr globals hasattr hash id index insert int isalpha isdigit "
    "isinstance islower isspace issubclass isupper items iter join key keys len list little "
    "locals lower lstrip main map next object open ord pop popitem pow print range read "
    "readinto readline remove replace repr reverse rfind rindex round rsplit rstrip self send "
    "sep set setattr setdefault sort sorted split start startswith staticmethod step stop str "
    "strip sum throw to_bytes tuple type update upper value values write zip "
)


def short_names():
    """All of them; none is a keyword."""
    yield from _IN_ROM.split()
    for length in itertools.count(1):
        # Capitals first: few local names start with one.
        for letters in itertools.product(string.ascii_letters, repeat=length - 1):
            for first in string.ascii_uppercase:
                name = first + "".join(letters)
                if not keyword.iskeyword(name):
                    yield name
