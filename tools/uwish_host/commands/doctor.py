"""`uwish doctor`."""

import json

import click
from rich.console import Console

from ..board.diagnosis import FAILED, LEFT_OUT, NOTE, OK, Diagnosis, Step
from ..board.from_outside import listen_for_online, look_at_gateway
from ..board.gateways import open_gateway
from ..board.listen import Listener
from ..board.online import wait_online
from ..board.report import Report
from ..errors import Failure
from ..names import printable
from ..option_group import Number
from .board_options import named_port_option, stopped_board
from .options import json_option

_MARKS = {OK: ("ok", "green"), NOTE: ("note", "yellow"), FAILED: ("FAILED", "red")}


@click.command()
@named_port_option
@click.option("--gateway", metavar="STATE|core:HOST:PORT", help="Ask this gateway about it, too.")
@click.option(
    "--wait",
    "wait_s",
    type=Number(0, 86_400),
    default=30.0,
    show_default=True,
    help="Seconds, for it to come online; 0: don't.",
)
@json_option("the steps")
def doctor(port, gateway, wait_s, as_json):
    """Look at every step from the cable to the gateway, and say in a sentence which one fails and
    what to try. The device is stopped for that, and restarted.

    The exit status is 0 when no step fails, else 1.
    """
    examination = Examination(as_json)
    try:
        examination.run(port, None if gateway is None else open_gateway(gateway), wait_s)
    finally:
        examination.finish()
    raise SystemExit(1 if examination.failed else 0)


class Examination:
    """The steps, shown one by one, or all at the end as JSON."""

    def __init__(self, as_json):
        self.failed = False
        self._report = Report(as_json)
        self._as_json = as_json
        self._steps = []
        console = Console()  # knows NO_COLOR and TERM
        self._in_colour = bool(console.color_system) and not console.no_color

    def run(self, find_port, gateway, wait_s):
        """Look at everything."""
        try:
            port = find_port()
            with stopped_board(port, self._report) as board:
                self._tell(Step("port", OK, f"{port}: MicroPython's prompt is there"))
                uid = self._look_at_device(board)
                before = gateway.connections(uid) if gateway and uid else None
                transport = board.restart_and_leave_open()
            with Listener(port, transport) as listener:
                if gateway is None and wait_s and not self.failed:
                    with self._report.step("listening to it"):
                        step = listen_for_online(listener.lines(), wait_s)
                    self._tell(step)
        except Failure as failure:
            text, _, mend = failure.message.rpartition(": ")
            self._tell(Step(self._next(), FAILED, text, mend))
            return
        if gateway is None:
            return
        if uid is None:
            self._tell(Step("gateway", LEFT_OUT, "not without identity"))
            return
        with self._report.step("waiting for it at the gateway") as advance:
            step = look_at_gateway(
                gateway,
                uid,
                lambda: wait_online(
                    *(gateway, uid, port, wait_s, lambda said: advance(title=printable(said))),
                    before or frozenset(),
                ),
            )
        self._tell(step)

    def finish(self):
        """Write the JSON, when it was asked for."""
        if self._as_json:
            steps = [step.fields() for step in self._steps]
            click.echo(json.dumps({"ok": not self.failed, "steps": steps}))

    def _look_at_device(self, board):
        diagnosis = Diagnosis(board)
        steps = diagnosis.steps()
        while True:
            with self._report.step("looking"):
                step = next(steps, None)
            if step is None:
                return diagnosis.uid
            self._tell(step)

    def _next(self):
        return "port" if not self._steps else "connection"

    def _tell(self, step):
        self._steps.append(step)
        self.failed = self.failed or step.state == FAILED
        if self._as_json:
            return
        mark, colour = _MARKS.get(step.state, ("-", None))
        mark = f"{mark:<6}"
        if colour and self._in_colour:
            mark = click.style(mark, fg=colour)
        line = f"{step.name:<9} {mark} {printable(step.text)}"
        click.echo(line + (f"  Try: {step.mend.rstrip('.?')}." if step.mend else ""))
