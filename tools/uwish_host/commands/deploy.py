"""`uwish deploy`."""

import click

from ..board.compile import require_fit
from ..board.deploy import MANIFEST, Deploy
from ..board.facts import Facts
from ..board.layout import Deployed, build_layout
from ..board.report import Report, kilobytes
from ..board.sources import for_board
from .board_options import port_option, stopped_board
from .options import json_option


@click.command()
@port_option
@click.option(
    "--board",
    "name",
    metavar="NAME",
    help="The board's folder (default: as before, else by its chip).",
)
@click.option("--no-restart", is_flag=True, help="Leave the board at its prompt afterwards.")
@json_option("what was done")
def deploy(port, name, no_restart, as_json):
    """Put uwish on a board: the library and the firmware, compiled for exactly this board.

    Only what differs is sent. The board has the old files until all new ones are there and checked;
    cut short at any moment, it goes on working, and the next deploy says so and goes on. Its
    settings and its identity stay. Next: uwish provision.
    """
    report = Report(as_json)
    with stopped_board(port, report, not no_restart) as board:
        board.step = "asking what it is"
        facts = Facts(board)
        facts.require_version()
        if facts.frozen:
            report.note(
                "uwish is frozen into this board's firmware, and that is loaded instead of the "
                "files that go there now: flash a newer firmware instead (docs/BOARDS.md)"
            )
        require_fit(facts.format, facts.release)
        name = name or Deployed(board.read(MANIFEST)).board or facts.board_name()
        report.say(
            "board",
            f"{name}: {facts.release}, .mpy {facts.format} for {facts.format.arch}",
            port=port,
            board=name,
            release=facts.release,
            machine=facts.machine,
            mpy=str(facts.format),
            arch=facts.format.arch,
        )
        layout = _compile(name, facts, report)
        _install(board, layout, report)
        if not no_restart:
            board.restart()
            report.say("restarted", "it does its work now (see uwish logs)", done=True)
    report.finish()


def _compile(name, facts, report):
    with report.step("compiling", len(for_board(name))) as advance:
        layout = build_layout(name, facts.format, advance)
    report.say(
        "compiled",
        f"{len(layout.files)} files, {kilobytes(layout.size)}, build {layout.build}",
        files=len(layout.files),
        size=layout.size,
        build=layout.build,
    )
    return layout


def _install(board, layout, report):
    plan = Deploy(board, layout)
    with report.step("comparing", len(layout.files)) as advance:
        plan.look(advance)
    if plan.left_over:
        report.say("before", plan.left_over)
    if not plan.needed:
        plan.tidy()
        report.say("deployed", "nothing: the board has all of it", sent=0, removed=0)
        return
    size = sum(len(layout.files[path]) for path in plan.changed)
    with report.step("writing", size or None) as advance:
        plan.stage(advance)
    with report.step("changing over"):
        plan.commit()
        plan.finish()
    with report.step("checking", len(layout.files)) as advance:
        plan.verify(advance)
    report.say(
        "deployed",
        f"{len(plan.changed)} files sent, {len(layout.files) - len(plan.changed)} unchanged, "
        f"{len(plan.stale)} removed, all verified",
        sent=plan.changed,
        removed=plan.stale,
        former=plan.former.build,
    )
