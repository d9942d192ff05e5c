"""Native code that sees the bytes of a str without making a bytes object of it (for `cbor.py`)."""

import micropython


@micropython.viper
def is_ascii(text, n: int) -> bool:
    # True when the first n bytes of text are ASCII. With n = len(text), the number of characters
    # of a str, they are then all its bytes.
    p = ptr8(text)
    i = 0
    while i < n:
        if p[i] > 127:
            return False
        i += 1
    return True
