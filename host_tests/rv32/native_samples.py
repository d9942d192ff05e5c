"""A few viper functions that `what_it_notices.py` looks at."""
# ruff: noqa: F821, SIM103 (types of viper, and what it can return)

import micropython


@micropython.viper
def product(a: int, b: int) -> int:
    return a * b


@micropython.viper
def shifted_right(words: ptr32, n: int) -> int:
    return words[0] >> n


@micropython.viper
def store(buf: ptr8, at: int, value: int):
    buf[at] = value


@micropython.viper
def word_at(buf: ptr8, off: int) -> int:
    words = ptr32(int(buf) + off)
    return words[0]


@micropython.viper
def is_first(a, b) -> bool:
    if a is b:
        return True
    return False
