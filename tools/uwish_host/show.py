"""Events for people: a line for each, a line for each reading; colours on a terminal only.

Every text that comes from a device is made harmless first: it cannot steer the terminal.
"""

import time

from rich.console import Console
from rich.text import Text

from .names import printable

_MAX_NAME = 40  # characters to which names are filled up
_MAX_VALUE = 300  # characters of a value that is no reading

_STYLES = {
    "listening": "bold",
    "online": "green",
    "offline": "yellow",
    "refused": "red",
    "friend_request": "bold yellow",
    "closed": "yellow",
    "warning": "bold red",
    "lost": "bold red",
}


class Show:
    """Writes each event to `stream` (stdout by default); colours when that is a terminal, or as
    `colours` says. `per_s` is for output.Reporter: nobody reads more."""

    per_s = 200

    def __init__(self, stream=None, colours=None, clock=time.localtime):
        # A line stays a line: what wraps it is the terminal, and a pipe gets it whole.
        self._console = Console(
            file=stream, force_terminal=colours, highlight=False, soft_wrap=True, markup=False
        )
        self._clock = clock

    def __call__(self, event, fields):
        lines = getattr(self, "_" + event)(fields)
        stamp = time.strftime("%H:%M:%S", self._clock())
        for line in lines:
            text = Text.assemble((stamp, "dim"), "  ", (f"{event:<9}", _STYLES.get(event, "")))
            text.append("  ")
            text.append_text(line if isinstance(line, Text) else Text(line))
            self._console.print(text)

    # One method for each event; each yields its lines.

    def _listening(self, fields):
        yield f"{fields['address']} as {printable(fields['alias'])} {fields['uid']}"
        yield f"app {printable(fields['name'])}, protocols {', '.join(fields['protocols'])}"
        yield _may_connect(fields["contacts"])

    def _announcing(self, fields):
        where = ", ".join(fields["addresses"]) or "nowhere: this machine has no network"
        yield f"on {where}" + (f", as {fields['name']}" if fields["name"] else "")

    def _page(self, fields):
        yield fields["url"]

    def _connected(self, fields):
        yield Text.assemble(
            (printable(fields["alias"]), "cyan"),
            f" from {fields['address']}, handshake {fields['handshake_ms']} ms",
        )

    def _online(self, fields):
        yield _peer(fields["peer"], fields["peer"]["rhid"][:6])

    _offline = _online

    def _frame(self, fields):
        return _content(fields)

    def _sent(self, fields):
        for line in _content(fields):
            yield Text.assemble((f"{fields['status']}  ", "bold"), line)

    def _closed(self, fields):
        counts = f"{fields['received']} frames received, {fields['sent']} sent"
        if fields["dropped"]:
            counts += f", {fields['dropped']} dropped"
        yield f"{_who(fields)}: {fields['text']} ({counts})"

    def _refused(self, fields):
        more = f"; {fields['untold']} more not shown" if fields["untold"] else ""
        yield f"{_who(fields)}: {fields['phase']}: {fields['text']}{more}"

    def _metrics(self, fields):
        yield fields["url"]

    def _friend_request(self, fields):
        yield f"{printable(fields['alias'])} at {fields['address']} asks to be let in"
        yield f"uwish device approve {fields['uid'][:12]}"

    def _contacts(self, fields):
        yield _may_connect(fields["count"])

    def _mqtt(self, fields):
        wait = _count(fields["waiting"], "frame waits", "frames wait")
        yield f"connected to {printable(fields['broker'])}, {wait}"

    def _lost(self, fields):
        yield f"{fields['count']} events were not shown: too many to be read"

    def _warning(self, fields):
        yield printable(fields["text"])

    def _stopping(self, fields):
        yield f"telling {_count(fields['connections'], 'connection', 'connections')}"

    def _stopped(self, fields):
        yield ", ".join(f"{count} {name}" for name, count in fields["totals"].items())


def _count(number, one, many):
    return f"{number} {one if number == 1 else many}"


def _may_connect(number):
    if number == 0:
        return "no device may connect: uwish device add"
    return f"{_count(number, 'device', 'devices')} may connect"


def _content(fields):
    """A line for each reading of a frame; one line when it has none."""
    if fields["format"] != "senml":
        shown = fields["data"] if fields["value"] is None else _value(fields["value"])
        if len(shown) > _MAX_VALUE:
            shown = shown[:_MAX_VALUE] + "…"
        yield _peer(fields["peer"], f"{fields['format']} ({fields['size']} bytes) {shown}")
        return
    names = [printable(reading["name"]) for reading in fields["value"]]
    width = min(max(map(len, names)), _MAX_NAME)
    for name, reading in zip(names, fields["value"], strict=True):
        yield Text.assemble(
            (printable(fields["peer"]["alias"]), "cyan"),
            f"  {name:<{width}}  ",
            (_value(reading["value"]), "bold"),
            f" {printable(reading['unit'])}" if reading["unit"] else "",
            (f"  {_moment(reading['time'])}", "dim"),
        )


def _peer(peer, what):
    return Text.assemble(
        (printable(peer["alias"]), "cyan"),
        f"  {printable(peer['name'])}/{printable(peer['protocol'])}  {what}",
    )


def _who(fields):
    if fields["alias"] is not None:
        name = printable(fields["alias"])
    else:
        name = fields["ruid"] or "a stranger"
    return f"{name} at {fields['address']}"


def _value(value):
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(str(value))


def _moment(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
