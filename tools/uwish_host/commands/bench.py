"""`uwish bench`."""

import json
import tempfile

import click

from ..bench import machine, report
from ..bench.contender import BARE, DECODED, STORED, OurGateway
from ..bench.frame import OPAQUE, SENML
from ..bench.run import Bench, make_identities
from ..option_group import Number


@click.group()
def bench():
    """Measure what a gateway can do on this machine."""


@bench.command()
@click.option("--devices", type=click.IntRange(1, 20000), default=200, show_default=True)
@click.option(
    "--rate",
    type=Number(0, 1e6),
    default=0,
    show_default=True,
    help="Frames a second of all devices together; 0: as many as go.",
)
@click.option("--seconds", type=Number(0.1, 3600), default=5, show_default=True)
@click.option(
    "--what",
    type=click.Choice((BARE, DECODED, STORED)),
    default=STORED,
    show_default=True,
    help="What is done with frames: counted, decoded, or kept in SQLite.",
)
@click.option("--opaque", is_flag=True, help="Send bytes that mean nothing instead of SenML.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="That the simulated devices are spread over.",
)
@click.option("--json", "as_json", is_flag=True, help="Write what was measured as JSON.")
def gateway(devices, rate, seconds, what, opaque, processes, as_json):
    """Let simulated devices loose on a gateway of their own, over loopback.

    The devices run the same protocol code as boards do. 64-byte frames; latency is from a device's
    `send` to the gateway's sinks. With four processors or more the gateway has two of them, the
    devices the others. Nothing of this machine's own gateway is touched.
    """

    def tell(text):
        if not as_json:
            click.echo(text, err=True)

    identities = make_identities(devices)
    kind = OPAQUE if opaque else SENML
    found = {"facts": machine.facts()}
    for_gateway, for_devices = machine.shares()
    with tempfile.TemporaryDirectory(prefix="uwish-bench-") as directory:
        with machine.running_on(for_gateway):
            contender = OurGateway(directory, identities, what)
        try:
            with machine.running_on(for_devices):
                measured = Bench(contender, identities, processes, kind, tell)
            with measured:
                found["connect"] = measured.connect()
                found["frames"] = measured.frames(rate, seconds)
                found["handshakes"] = measured.handshakes(seconds)
        finally:
            contender.close()
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in report.table(_rows(found, devices)):
        click.echo(line)


def _rows(found, devices):
    connect, frames, handshakes = (found[name] for name in ("connect", "frames", "handshakes"))
    yield report.Row(f"{devices} devices at once: all online after", connect["seconds"], "s")
    yield report.Row("  memory for one", connect["bytes"] / 1024, "KB")
    note = handshakes["limit"]
    yield report.Row("handshakes, sustained", handshakes["per_s"], "/s", note=note)
    yield report.Row("  processor time for one", handshakes["cpu_ms"], "ms")
    yield report.Row("frames at the sinks", frames["per_s"], "/s", note=frames["limit"])
    if frames["written_per_s"] is not None:
        yield report.Row("frames written to SQLite", frames["written_per_s"], "/s")
    yield report.Row("  processor time for one", frames["cpu_us"], "us")
    yield report.Row("  latency, median", frames["p50_ms"], "ms")
    yield report.Row("  latency, 99th percentile", frames["p99_ms"], "ms")
    yield report.Row("  latency, 99.9th percentile", frames["p999_ms"], "ms")
