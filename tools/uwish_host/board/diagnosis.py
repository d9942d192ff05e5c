"""Which step fails on the way from a cable to a device that is online, in sentences.

Each step is looked at in the order in which the device needs it. After the first that fails, those
that cannot work without it are left out.
"""

import errno

from uwish.addresses import split_transport

from .. import __version__
from ..errors import Failure
from ..names import printable
from .compile import require_fit
from .deploy import MANIFEST, Deploy
from .enrol import Enrolment
from .facts import Facts
from .layout import Deployed
from .port import BoardError

OK = "ok"
NOTE = "note"  # worth knowing, and no harm
FAILED = "failed"
LEFT_OUT = "left out"

_JOIN_S = 20
_FIRST_YEAR = 2025  # a clock that shows less was never set
_WEAK_DBM = -80
_ROOM_BYTES = 8 * 4096  # what settings, identity, contacts and pins take to be written anew


class Step:
    """`name`, `state` (OK, NOTE, FAILED, LEFT_OUT), `text`, and what to `mend`, "" for nothing."""

    def __init__(self, name, state, text, mend=""):
        self.name = name
        self.state = state
        self.text = text
        self.mend = mend

    def fields(self):
        """For programs."""
        return {"step": self.name, "state": self.state, "text": self.text, "try": self.mend}


class Diagnosis:
    """Looks at a stopped `board` (a port.Board). `uid` is the device's, once it is known."""

    def __init__(self, board):
        self.uid = None
        self._board = board
        self._frozen = False
        self._free = 0
        self._settings = None
        self._pinned = []  # contacts that are pinned

    def steps(self):
        """Yield each Step as soon as it is known."""
        failed = set()
        for name, needs, look in (
            ("firmware", (), self._look_at_firmware),
            ("files", ("firmware",), self._look_at_files),
            ("settings", ("firmware", "files"), self._look_at_settings),
            ("sensors", ("firmware", "files", "settings"), self._look_at_sensors),
            ("crashes", ("firmware", "files"), self._look_at_crashes),
            ("wifi", ("firmware", "settings"), self._look_at_wifi),
            ("clock", ("firmware",), self._look_at_clock),
            ("identity", ("firmware", "files", "settings"), self._look_at_identity),
            ("pins", ("identity",), self._look_at_pins),
            ("address", ("wifi", "pins"), self._look_at_addresses),
        ):
            missing = [need for need in needs if need in failed]
            if missing:
                failed.add(name)
                yield Step(name, LEFT_OUT, f"not without {missing[0]}")
                continue
            self._board.step = f"looking at {name}"
            try:
                step = look()
            except BoardError as error:  # such as firmware that is older than this tool
                step = _failed(printable(error.said), "uwish deploy")
            if step.state == FAILED:
                failed.add(name)
            step.name = name
            yield step

    def _look_at_firmware(self):
        try:
            facts = Facts(self._board)
            facts.require_version()
            require_fit(facts.format, facts.release)
            self._frozen, self._free = facts.frozen, facts.free
        except Failure as failure:
            return _failed(*_split(failure))
        return _ok(f"{facts.release} on {facts.machine}, {facts.heap // 1000} KB of heap free")

    def _look_at_files(self):
        board = self._board
        had = Deployed(board.read(MANIFEST))
        if self._frozen:
            return _ok("uwish is frozen into its firmware")
        if not had.files:
            return _failed("uwish is not on the board", "uwish deploy")
        deploy = Deploy(board, had)
        deploy.look()
        if deploy.changed:
            more = len(deploy.changed) - 1
            what = deploy.changed[0] + (f" and {more} more are damaged" if more else " is damaged")
            return _failed(f"{had}: {what}", "uwish deploy")
        if deploy.stale:
            return _failed(f"{deploy.stale[0]} is loaded instead of ours", "uwish deploy")
        text = f"{had} for {had.board}, {len(had.files)} files, all whole"
        if deploy.left_over:
            return _note(f"{text}; {deploy.left_over}", "uwish deploy")
        if had.version != __version__:
            return _note(f"{text}; this tool has {__version__}", "uwish deploy")
        if self._free < _ROOM_BYTES:
            full = f"{text}; the flash has {self._free // 1000} KB left, too few to keep changes"
            return _note(full, "mpremote fs ls, mpremote fs rm")
        return _ok(text)

    def _look_at_settings(self):
        try:
            self._settings = Enrolment(self._board).settings()
        except Failure as failure:
            return _failed(_reason(failure), "uwish provision --reset-settings, or mend it")
        return _ok(f"called {self._settings['name']}, speaks {self._settings['protocol']}")

    def _look_at_sensors(self):
        found = Enrolment(self._board).sensors()
        faults = [f"{name}: {printable(fault)}" for name, fault in found if fault]
        if faults:
            return _failed("; ".join(faults), "mend the wiring, or `sensors` in /config.json")
        return _ok(", ".join(name for name, _ in found) or "none, as its settings say")

    def _look_at_crashes(self):
        said = self._board.call("network", "crashes")
        if said:
            return _note(printable(said), "uwish logs --restart, and report what it says")
        return _ok("none since it was started")

    def _look_at_wifi(self):
        found = self._board.call("network", "join", _JOIN_S, timeout_s=_JOIN_S + 20)
        if not found["radio"]:
            return _ok("this board has its network otherwise")
        if found["ssid"] is None:
            return _failed("no network is set", "uwish provision --wifi SSID")
        name = printable(found["ssid"])
        if not found["connected"]:
            why = printable(self._board.call("network", "meaning", found["status"]))
            return _failed(f"{name}: {why}", "uwish provision --wifi SSID, or move the board")
        text = f"{name}: our address is {found['address']}, signal {found['rssi']} dBm"
        if found["rssi"] < _WEAK_DBM:
            return _note(f"{text}, which is weak", "move the board nearer to the access point")
        return _ok(text)

    def _look_at_clock(self):
        year = self._board.call("network", "clock")
        if year < _FIRST_YEAR:
            return _note("not set: receivers stamp the readings with their own time")
        return _ok(f"set, it is {year}")

    def _look_at_identity(self):
        own = [contact for contact in self._contacts() if contact["own"]]
        if not own:
            return _failed("the device has no identity yet", "uwish provision")
        self.uid = bytes.fromhex(own[0]["uid"])
        return _ok(f"{own[0]['alias']} {own[0]['uid']}")

    def _look_at_pins(self):
        others = {contact["uid"]: contact for contact in self._contacts()}
        pins = Enrolment(self._board).pins()
        self._pinned = [others[pin["ruid"]] for pin in pins if pin["ruid"] in others]
        if not self._pinned:
            return _failed("the device serves no gateway yet", "uwish provision --gateway STATE")
        return _ok("serves " + ", ".join(contact["alias"] for contact in self._pinned))

    def _look_at_addresses(self):
        faults = []
        for contact in self._pinned:
            fault = f"no address of {contact['alias']} is known"
            for transport in contact["transports"]:
                answer = self._board.call("network", "reach", *split_transport(transport))
                if answer is None:
                    return _ok(f"{contact['alias']} answers at {transport}")
                fault = f"{contact['alias']} at {transport}: {_explain(answer)}"
            faults.append(fault)
        return _failed("; ".join(faults), "start `uwish gateway`, or uwish provision --address")

    def _contacts(self):
        return Enrolment(self._board).contacts()


def _explain(answer):
    if answer == "name":
        return "nobody has this name: give the address in numbers"
    if answer == errno.ECONNREFUSED:
        return "nobody listens there"
    if answer in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "there is no way to it from the device's network"
    if answer in (errno.ETIMEDOUT, errno.EAGAIN, errno.EINPROGRESS, 116):  # 116: ESP32's ETIMEDOUT
        return "no answer: is there a firewall, or another network?"
    return f"error {answer}"


def _ok(text):
    return Step("", OK, text)


def _note(text, mend=""):
    return Step("", NOTE, text, mend)


def _failed(text, mend):
    return Step("", FAILED, text, mend)


def _reason(failure):
    return failure.message.rpartition("the board says ")[2]


def _split(failure):
    text, _, mend = failure.message.rpartition(": ")
    return text, mend
