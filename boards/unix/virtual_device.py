"""The virtual device: firmware, library and this machine's sensors, steered by a command line and
told about in lines on standard output. `run.py` starts it.
"""

import argparse
import gc
import json
import os
import select
import sys
from binascii import hexlify

import builder
import config
import uwish_board
from agent import now_ms

import uwish
import uwish.log
from uwish.compat import elapsed

_STEP_MS = 250  # how soon the end of standard input, or a signal, is noticed
_FLUSH_MS = 3000  # at most, at the end, for frames that the network has not taken yet


def arguments():
    """What the command line says. argparse ends the process, with status 2, when it is wrong."""
    parser = argparse.ArgumentParser(description="A virtual uwish device.")
    parser.add_argument(
        "--state", default="build/device", help="folder with identity, contacts, pins"
    )
    parser.add_argument("--name", default=uwish_board.NAME, help="what the device is called")
    parser.add_argument("--protocol", default="sensor", help="the protocol it speaks")
    parser.add_argument(
        "--export", action="store_true", help="print its public document in hex, and end"
    )
    # Not the document itself: MicroPython takes no argument of more than 255 bytes.
    parser.add_argument(
        "--contact", help="file with the gateway's document, raw or hex; - is stdin"
    )
    parser.add_argument("--transport", help="where the gateway is: wish://HOST:PORT")
    parser.add_argument(
        "--rhid", help="pin this host of the gateway's identity only (64 hex digits)"
    )
    parser.add_argument("--interval", type=float, default=10.0, help="seconds between readings")
    parser.add_argument("--frames", type=int, default=0, help="end after so many accepted frames")
    parser.add_argument("--seconds", type=float, default=0.0, help="end after so many seconds")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    parser.add_argument("--json", action="store_true", help="print each event as a line of JSON")
    return parser.parse_args()


def configuration(args):
    """The configuration that the arguments amount to, checked like one from a file."""
    if (args.transport or args.rhid) and not args.contact:
        raise ValueError("--transport and --rhid belong to a --contact")
    settings = config.defaults(uwish_board)
    settings["name"] = args.name
    settings["protocol"] = args.protocol
    settings["interval_s"] = args.interval
    if args.contact:
        settings["gateway"] = {
            "document": read_document(args.contact),
            "transports": [args.transport] if args.transport else [],
            "rhid": args.rhid,
        }
    config.check(settings)
    return settings


def read_document(path):
    """The identity document in the file, in hex."""
    if path == "-":
        return sys.stdin.readline().strip()
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError:
        raise ValueError("there is no file " + path) from None
    # As BSON it starts with its length, below 64 K, so that its third byte is no hex digit.
    if data[2:3] == b"\0":
        return str(hexlify(data), "ascii")
    return str(data, "ascii").strip()


def make_folder(path):
    """Make `path` and the folders it lies in; ValueError when that cannot be."""
    parent = path.rpartition("/")[0]
    if parent:
        make_folder(parent)
    try:
        os.mkdir(path)
    except OSError:
        try:
            os.listdir(path)  # it is there already
        except OSError:
            raise ValueError("the folder %s cannot be made" % path) from None


class Output:
    """Prints what happens, for people or as lines of JSON."""

    def __init__(self, as_json):
        self._json = as_json

    def event(self, event, **detail):
        """One line: `event` and what belongs to it."""
        if self._json:
            rest = json.dumps(detail)[1:]
            print('{"event": "%s"%s%s' % (event, ", " if detail else "", rest))
        else:
            print(event + "".join([" %s=%s" % (key, detail[key]) for key in sorted(detail)]))

    def log(self, line):
        """A line of the library's log."""
        self.event("log", text=line)

    def report(self, event, detail):
        """What an Agent tells (firmware/agent.py)."""
        if event == "frame":
            self.event("frame", bytes=detail.length, records=detail.count)
        elif event == "setting":
            name, outcome = detail
            if isinstance(outcome, str):
                self.event("refused", name=name, reason=outcome)
            else:
                self.event("setting", name=name, value=outcome)
        elif event == "failed":
            self.event("failed", reason=str(detail))
        else:
            self.event(event, peer=str(detail), url=detail.url())


class EndOfInput:
    """Tells when standard input has ended; whatever comes before is thrown away."""

    def __init__(self):
        self._poller = select.poll()
        self._poller.register(sys.stdin, select.POLLIN)

    def reached(self):
        """True once it has."""
        while self._poller.poll(0):
            if not sys.stdin.read(1):
                return True
        return False


def work(args, agent):
    """Run the agent until it has done what the arguments ask for, or is interrupted (SIGINT)."""
    end = EndOfInput() if args.until_eof else None
    last = now_ms()
    left = int(args.seconds * 1000)
    try:
        while not (args.frames and agent.counts.accepted >= args.frames):
            if (args.seconds and left <= 0) or (end and end.reached()):
                break
            agent.step(min(left, _STEP_MS) if args.seconds else _STEP_MS)
            now = now_ms()
            left -= elapsed(now, last)
            last = now
    except KeyboardInterrupt:
        pass


def flush(app, accepted):
    """Let the network take the `accepted` frames, and let what it has sent be read, for a while."""
    stats = app.stats
    began = now_ms()
    while stats.sent + stats.dropped < accepted and elapsed(now_ms(), began) < _FLUSH_MS:
        app.poll(50)
    app.poll(100)


def heap():
    """(used, limit) of this interpreter's heap, in bytes; None where it does not tell."""
    gc.collect()
    if not hasattr(gc, "mem_alloc"):
        return None, None
    used = gc.mem_alloc()
    return used, used + gc.mem_free()


def summary(agent, seconds, last_error):
    """What the demo and the tests want to know."""
    counts = agent.counts
    stats = agent.app.stats
    used, limit = heap()
    return {
        "seconds": seconds,
        "frames": counts.accepted,
        "sent": stats.sent,
        "refused": counts.refused,
        "not_found": counts.not_found,
        "too_large": counts.too_large,
        "dropped": stats.dropped,
        "received": counts.received,
        "settings": counts.obeyed,
        "interval_s": agent.interval_ms / 1000,
        "failed_readings": counts.failed_readings,
        "cut": counts.cut,
        "heap_per_send": counts.heap_per_send,
        "heap_used": used,
        "heap_limit": limit,
        "handshake_ms": stats.last_handshake_ms,
        "handshakes": stats.handshakes,
        "reconnects": stats.reconnects,
        "last_error": last_error,
    }


def main():
    """The exit status."""
    args = arguments()
    output = Output(args.json)
    uwish.log.sink = output.log
    try:
        settings = configuration(args)
        make_folder(args.state)
        app = builder.make_app(settings, uwish_board, uwish.FileStore(args.state))
    except (OSError, RuntimeError, ValueError) as error:
        print("the device cannot start: %s" % error, file=sys.stderr)
        return 1
    if args.export:
        print(str(hexlify(app.identity.export()), "ascii"))
        return 0
    if len(app.identity.list()) < 2:
        print("the device has no gateway yet: give --contact and --transport once", file=sys.stderr)
        return 1
    agent = builder.make_agent(settings, uwish_board, app, output.report)
    output.event("start", uid=str(hexlify(app.uid), "ascii"), heap_limit=heap()[1])
    began = now_ms()
    work(args, agent)
    flush(app, agent.counts.accepted)
    seconds = elapsed(now_ms(), began) / 1000
    last_error = app.stats.last_error
    app.close()
    output.event("summary", **summary(agent, seconds, last_error))
    return 0
