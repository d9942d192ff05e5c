"""`uwish provision`."""

import click

from uwish.documents import Document

from ..board.enrol import Enrolment
from ..board.gateways import answers, choose_transports, open_gateway
from ..board.online import wait_online
from ..board.report import Report
from ..board.secret import ask_password
from ..names import printable
from ..option_group import Number
from .board_options import port_option, stopped_board
from .options import json_option


@click.command()
@port_option
@click.option(
    "--gateway",
    metavar="STATE|core:HOST:PORT",
    required=True,
    help="Our gateway's state directory, or the app port of a desktop core.",
)
@click.option("--wifi", "ssid", metavar="SSID", help="The Wi-Fi network it is to join.")
@click.option(
    "--password-file",
    metavar="FILE",
    help="Read the Wi-Fi password from here, - for stdin (default: it is asked for).",
)
@click.option(
    "--address",
    "addresses",
    metavar="HOST:PORT",
    multiple=True,
    help="Where the device reaches the gateway (default: this machine's address, port 37009); may "
    "be given more than once, in the order in which it tries them.",
)
@click.option("--name", help="What the device is called; at most 32 bytes.")
@click.option("--also", is_flag=True, help="Keep the gateways that it serves already.")
@click.option("--reset-settings", is_flag=True, help="Begin with an empty config.json.")
@click.option(
    "--wait",
    "wait_s",
    type=Number(0, 86_400),
    default=60.0,
    show_default=True,
    help="Seconds to wait for it, 0: don't.",
)
@json_option("what was done")
def provision(
    port, gateway, ssid, password_file, addresses, name, also, reset_settings, wait_s, as_json
):
    """Give a board with uwish its identity, its Wi-Fi and its gateway.

    The identity is made on the device; only its public document leaves it. The password is asked
    for, and goes to the device over USB and nowhere else. May be repeated: what is there already
    stays, and --wifi is only needed when it changes.
    """
    if password_file is not None and ssid is None:
        raise click.UsageError("--password-file belongs to --wifi SSID")
    report = Report(as_json)
    gateway = open_gateway(gateway)
    transports = choose_transports(addresses, gateway)
    transport = transports[0]
    password = ask_password(ssid, password_file) if ssid is not None else None
    with stopped_board(port, report) as board:
        board.step = "reading its settings"
        with report.step("making its identity"):
            device = Enrolment(board)
            if name is not None or ssid is not None or reset_settings:
                board.step = "writing its settings"
                device.configure(name=name, ssid=ssid, password=password, anew=reset_settings)
            settings = device.settings()
            board.step = "making its identity"
            document, made, lost = device.identity()
        uid = Document(document).uid
        report.say(
            "identity",
            f"{'made' if made else 'there already'}: {settings['name']} {uid.hex()}",
            uid=uid.hex(),
            name=settings["name"],
            made=made,
            document=document.hex(),
        )
        if settings["ssid"] is not None:
            report.say("wifi", settings["ssid"])
        if lost:
            report.note(f"its flash had lost these, they were made anew: {', '.join(lost)}")
        admitted = gateway.admit(document, settings["name"])
        with report.step("telling it whom to serve"):
            board.step = "telling it whom to serve"
            dropped = device.serve(gateway.document(transport), transports, not also)
        report.say(
            "gateway",
            f"{gateway.name} at {', '.join(transports)}, device {admitted} there",
            uid=gateway.uid.hex(),
            name=gateway.name,
            transport=transport,
            admitted=admitted,
            dropped=dropped,
        )
        before = gateway.connections(uid) if wait_s else None
        board.restart()
    _wait(report, gateway, uid, port, transport, wait_s, before)
    report.finish()


def _wait(report, gateway, uid, port, transport, wait_s, before):
    if not wait_s:
        report.say("restarted", "not waited for", online=None)
        return
    if before is None:
        report.say("restarted", "no gateway runs here now: start `uwish gateway`", online=None)
        return
    if not answers(transport):
        report.note(f"nothing answers at {transport}: is that where the gateway listens?")
    with report.step("waiting for it at the gateway") as advance:

        def show(said):
            advance(title=printable(said))

        wait_online(gateway, uid, port, wait_s, show, before)
    report.say("online", f"the device is online at {gateway.name}", online=True)
