"""The wires from the interpreter to the rest of the board: the broker at the other end.

A question is one line of JSON, `[number, name, value]`, and so is its answer: `[number, value]`, or
`[number, null, errno or text]` for an OSError. Number 0 wants no answer. Ctrl-C may break in at any
bytecode; then the answer to the question that was dropped is passed over by its number.
"""

import json
import sys
import time

_file = open(int(sys.argv[1]), "r+b")
_number = 0


def ask(name, value=None):
    """The broker's answer; OSError when it says so. Ends the process when the broker is gone."""
    global _number
    _number += 1
    number = _number
    _send([number, name, value])
    while True:
        answer = _receive()
        if answer and answer[0] == number:
            if len(answer) > 2:
                raise OSError(answer[2])
            return answer[1]


def tell(name, value=None):
    """Say something that has no answer."""
    _send([0, name, value])


def tell_line(line):
    """The same for a line made before, where nothing may be allocated."""
    _file.write(line)


def halt(name, value=None):
    """Say something after which the broker ends this process: a reset, sleep, the power."""
    while True:
        try:
            tell(name, value)
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            pass


def _send(message):
    try:
        _file.write(json.dumps(message) + "\n")
    except OSError:
        raise SystemExit from None


def _receive():
    line = _file.readline()
    if not line:
        raise SystemExit
    try:
        return json.loads(line)
    except ValueError:
        return None  # the rest of a line that Ctrl-C broke
