"""`python -m uwish_host.demo`: a gateway and a virtual device on this machine, talking.

The gateway is `uwish gateway` (CPython), the device is the real library under MicroPython in a
bounded heap; they meet over loopback with fresh identities in a directory that is gone afterwards.
It ends by itself, with status 0 only if every frame arrived and the device obeyed.
"""

import platform
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from .demo_process import DEVICE, JsonProcess, micropython, run, uwish
from .errors import Failure
from .show import Show

_START_S = 20
_END_S = 20
_SLOW_S = 1.0  # the interval between readings at first, and what it is set to
_FAST_S = 0.5
_ALIAS = "greenhouse"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", default=12.0, show_default=True, help="How long to watch.")
@click.option("--heap", default="384k", show_default=True, help="The device's heap.")
def main(seconds, heap):
    """Start a gateway and a virtual device, show what arrives, end with a summary."""
    with tempfile.TemporaryDirectory(prefix="uwish-demo-") as directory:
        problems = Demo(Path(directory), heap, Console(highlight=False, soft_wrap=True)).run(
            seconds
        )
    if problems:
        raise Failure("; ".join(problems))


class Demo:
    """One run in `directory`."""

    def __init__(self, directory, heap, console):
        self._console = console
        self._show = Show()
        self._gateway_state = directory / "gateway"
        self._device_state = directory / "device"
        self._document = directory / "gateway.bson"
        self._device_command = [micropython(), "-X", f"heapsize={heap}", DEVICE]
        self._received = []  # the readings of each frame that the gateway has shown
        self._closed = None  # the gateway's account of the device's connection

    def run(self, seconds):
        """Do it all; what went wrong, in sentences."""
        self._say(f"gateway: uwish gateway under CPython {platform.python_version()}")
        with self._start_gateway() as gateway:
            listening = gateway.wait_for("listening", _START_S)
            self._show_event(listening)
            transport = self._provision(listening)
            with self._start_device(transport) as device:
                self._watch(gateway, until=lambda: self._received, longest_s=_START_S)
                self._watch(gateway, seconds / 2)
                self._command()
                self._watch(gateway, seconds / 2)
                device.close_input()
                summary = device.wait_for("summary", _END_S)
            self._watch(gateway, until=lambda: self._closed, longest_s=_END_S)
        self._print_summary(summary)
        return self._problems(summary)

    def _start_gateway(self):
        return JsonProcess(
            "the gateway",
            uwish("gateway", "--state", self._gateway_state, "--listen", "127.0.0.1:0", "--json"),
        )

    def _provision(self, listening):
        """Make each the other's contact; where the gateway is reached."""
        document = run([*self._device_command, "--state", self._device_state, "--export"]).strip()
        added = run(
            uwish("device", "add", "--state", self._gateway_state, "--alias", _ALIAS, document)
        )
        self._say(f"uwish device add: {added.strip()}")
        self._document.write_bytes(bytes.fromhex(listening["document"]))
        return listening["transport"]

    def _start_device(self, transport):
        self._say(f"device: boards/unix under MicroPython, {self._device_command[2]}")
        return JsonProcess(
            "the device",
            [
                *self._device_command,
                *("--state", self._device_state, "--contact", self._document),
                *("--transport", transport, "--interval", _SLOW_S, "--until-eof", "--json"),
            ],
        )

    def _command(self):
        setting = f"interval={_FAST_S}:s"
        self._say(f"uwish send {_ALIAS} --senml {setting}")
        sent = run(uwish("send", "--state", self._gateway_state, _ALIAS, "--senml", setting))
        self._say(f"uwish send: {sent.strip()}")

    def _watch(self, gateway, longest_s, until=None):
        """Show what the gateway tells for so long, or until it has told what is waited for."""
        end = time.monotonic() + longest_s
        while not (until and until()):
            event = gateway.next(end - time.monotonic())
            if event is None:
                return
            self._show_event(event)

    def _show_event(self, event):
        name = event["event"]
        if name == "frame":
            self._received.append(event["value"])
        elif name == "closed":
            self._closed = event
        self._show(name, event)

    def _say(self, text):
        self._console.print(f"[bold]{'demo':>8}[/bold]  {text}")

    def _print_summary(self, summary):
        table = Table(title="summary", title_justify="left", show_header=False, box=None)
        table.add_column(style="cyan")
        table.add_column(justify="right")
        table.add_column()
        for name, value, unit in (
            ("frames sent", summary["sent"], ""),
            ("frames received", len(self._received), ""),
            ("frames refused (507)", summary["refused"], ""),
            ("heap per send", summary["heap_per_send"], "bytes, measured by the device"),
            ("handshake", summary["handshake_ms"], "ms"),
            ("heap in use", f"{summary['heap_used']:,}", "bytes"),
            ("heap limit", f"{summary['heap_limit']:,}", "bytes"),
            ("interval", summary["interval_s"], f"s, set by the gateway (it was {_SLOW_S} s)"),
        ):
            table.add_row(name, str(value), unit)
        self._console.print()
        self._console.print(table)

    def _problems(self, summary):
        intervals = [
            reading["value"]
            for readings in self._received
            for reading in readings or ()
            if reading["name"].endswith("interval")
        ]
        checks = (
            (summary["sent"] > 0, "the device has sent nothing"),
            (
                summary["sent"] == len(self._received),
                f"{summary['sent']} frames were sent, {len(self._received)} arrived",
            ),
            (summary["dropped"] == 0, f"{summary['dropped']} accepted frames were dropped"),
            (
                summary["heap_per_send"] == 0,
                f"a send took {summary['heap_per_send']} bytes of heap",
            ),
            (
                summary["interval_s"] == _FAST_S and _FAST_S in intervals,
                "the device has not obeyed the command",
            ),
            (self._closed is not None, "the gateway did not see the device leave"),
        )
        return [sentence for well, sentence in checks if not well]


if __name__ == "__main__":
    main()
