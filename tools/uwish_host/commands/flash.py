"""`uwish flash`."""

from pathlib import Path

import click

from ..board.flasher import Esptool
from ..board.image import Image
from ..board.report import Report, kilobytes
from .board_options import port_option
from .options import json_option


@click.command()
@port_option
@click.argument("firmware", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--erase", is_flag=True, help="Erase everything first, the device's identity too.")
@click.option("--baud", default=460800, show_default=True, help="Bits per second.")
@json_option("what was done")
def flash(port, firmware, erase, baud, as_json):
    """Write MicroPython to a board: FIRMWARE is the .bin for its chip.

    The chip is asked first, and an image for another one is refused. Files and identity on the
    board stay unless --erase is given. Next: uwish deploy.
    """
    report = Report(as_json)
    image = Image(firmware)
    if not image.is_micropython:
        report.note(f"{firmware} does not look like MicroPython: it is written all the same")
    esptool = Esptool(port, baud)
    with report.step("looking for the chip"):
        chip = esptool.chip()
    report.say("chip", f"{chip} at {port}", port=port, chip=chip)
    image.require_chip(chip)
    if erase:
        with report.step("erasing"):
            esptool.erase()
        report.say("erased", "all of the flash", all=True)
    with report.step("writing", 100) as advance:
        esptool.write(image, lambda percent: advance(to=percent))
    report.say(
        "flashed",
        f"{firmware.name}, {kilobytes(image.size)} at {image.offset:#x}, verified",
        file=str(firmware),
        size=image.size,
        offset=image.offset,
        verified=True,
    )
    report.finish()
