"""The fleet for programs, and once for people: JSON lines, or the table as it is now."""

import json
import select
import time

from ..control import NotRunning
from ..errors import Failure
from .source import Source
from .table import table
from .view import View

_RETRY_S = 0.5
_ANSWER_S = 10


def print_once(state, console, order, style, name):
    """All devices as a table, as long as it takes."""
    request = {} if name is None else {"name": name}
    view = View()
    for message in _first_turn(state, request):
        view.take(message)
    now = time.time()
    console.print(table(view.sorted(order, now), now, console.width, style))


def json_once(state, write, name):
    """A line for each device, by alias."""
    request = {"whole": True} if name is None else {"whole": True, "name": name}
    for message in _first_turn(state, request):
        _write_message(message, write)


def json_lines(state, write, every_s, name):
    """A line for each device, then one for each that changes, at most one every `every_s` seconds
    for the same; for ever. NotRunning when there is no gateway at the beginning."""
    request = {"whole": True, "every_s": every_s}
    if name is not None:
        request["name"] = name
    source = Source(state, **request)
    while True:
        write(_line("gateway", time.time(), running=True))
        while (messages := source.read()) is not None:
            for message in messages:
                _write_message(message, write)
            select.select([source], [], [])
        source.close()
        write(_line("gateway", time.time(), running=False))
        source = _come_back(state, request)


def _come_back(state, request):
    while True:
        time.sleep(_RETRY_S)
        try:
            return Source(state, **request)
        except NotRunning:
            pass


def _first_turn(state, request):
    source = Source(state, **request)
    try:
        deadline = time.monotonic() + _ANSWER_S
        whole = False
        while not whole:
            ready = select.select([source], [], [], max(0, deadline - time.monotonic()))[0]
            messages = source.read() if ready else None
            if messages is None:
                raise Failure("the gateway gave no answer: is it stopping, or busy?")
            yield from messages
            whole = any("totals" in message for message in messages)
    finally:
        source.close()


def _write_message(message, write):
    for device in message["devices"]:
        write(_line("device", message["time"], **device))
    for uid in message.get("gone", ()):
        write(_line("gone", message["time"], uid=uid))


def _line(event, time, **fields):
    return json.dumps({"event": event, "time": round(time, 3), **fields})
