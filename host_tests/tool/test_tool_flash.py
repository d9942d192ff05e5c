"""`uwish flash` with the real esptool against a mock boot loader."""

import json
import os
import subprocess
import sys

import pytest
from command_line import ok, process, refused, uwish

from uwish_host.board import flasher
from uwish_host.board.image import Image
from uwish_host.errors import Failure


def test_an_image_is_written_and_verified(chip, firmware):
    port = chip("esp32")
    file = firmware()
    said = ok("flash", "--port", port, file)
    assert said.splitlines() == [
        f"chip      ESP32 at {port}",
        "flashed   firmware.bin, 50 KB at 0x1000, verified",
    ]


def test_json_says_the_same(chip, firmware):
    port = chip("esp32c3")
    file = firmware(5)
    said = json.loads(ok("flash", "--port", port, "--erase", "--json", file))
    assert said == {
        "chip": {"port": port, "chip": "ESP32-C3"},
        "erased": {"all": True},
        "flashed": {"file": str(file), "size": 50000, "offset": 0, "verified": True},
    }


@pytest.mark.parametrize(
    ("name", "number", "shown", "offset"),
    [("esp32", 0, "ESP32", 0x1000), ("esp32s3", 9, "ESP32-S3", 0), ("esp32c3", 5, "ESP32-C3", 0)],
)
def test_where_an_image_goes_depends_on_the_chip(chip, firmware, name, number, shown, offset):
    image = Image(firmware(number))
    assert (image.chip, image.offset) == (shown, offset)
    assert flasher.Esptool(chip(name)).chip() == shown


def test_an_image_for_another_chip_is_refused_before_anything_is_written(
    chip, firmware, monkeypatch
):
    port = chip("esp32")
    monkeypatch.setattr(flasher.Esptool, "write", None)
    monkeypatch.setattr(flasher.Esptool, "erase", None)
    result = uwish("flash", "--port", port, "--erase", firmware(9))
    assert result.exit_code == 1
    assert "is for ESP32-S3, but the board has an ESP32: nothing was written" in result.stderr


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\x7fELF" + bytes(60), "ELF"),
        (b"UF2\n" + bytes(60), "UF2"),
        (b"<!doctype html>" + bytes(60), "web page"),
        (b"\xe9\x01", "not an ESP firmware image"),
        (bytes(100), "not an ESP firmware image"),
        (b"\xe9" + bytes(11) + b"\xff\x7f" + bytes(40), "does not know"),
    ],
)
def test_what_is_no_image_is_refused_without_a_chip(tmp_path, content, why):
    file = tmp_path / "x.bin"
    file.write_bytes(content)
    said = refused("flash", "--port", os.ttyname(os.openpty()[1]), file)
    assert why in said and str(file) in said


def test_a_file_that_is_missing(tmp_path):
    said = refused("flash", "--port", os.ttyname(os.openpty()[1]), tmp_path / "none.bin")
    assert "none.bin: No such file" in said


def test_a_port_that_is_not_there(firmware):
    assert "there is no port /dev/ttyNONE" in refused("flash", "--port", "/dev/ttyNONE", firmware())


def test_nobody_answers(firmware, monkeypatch):
    monkeypatch.setattr(flasher, "_CONNECT_ATTEMPTS", 1)
    ours, theirs = os.openpty()
    said = refused("flash", "--port", os.ttyname(theirs), firmware())
    assert "looking for the chip" in said and "hold the board's BOOT button" in said
    os.close(ours)
    os.close(theirs)


def test_progress_is_shown_on_a_terminal(chip, firmware):
    port, file = chip("esp32"), firmware()
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "uwish_host", "flash", "--port", port, str(file)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert running.communicate()[0].startswith(b"chip ")
    assert b"writing" in shown and b"%" in shown


def test_an_image_without_micropython_is_remarked_upon(chip, firmware):
    file = firmware()
    file.write_bytes(file.read_bytes().replace(b"MicroPython", b"Minesweeper"))
    done = process("flash", "--port", chip("esp32"), file)
    assert done.returncode == 0
    assert "does not look like MicroPython" in done.stderr


def test_esptool_is_missing(monkeypatch, firmware):
    monkeypatch.setattr(flasher, "_ESPTOOL", (sys.executable, "-m", "no_such_esptool"))
    ours, theirs = os.openpty()
    assert "pip install esptool" in refused("flash", "--port", os.ttyname(theirs), firmware())
    os.close(ours)
    os.close(theirs)


def test_what_was_not_verified_is_a_failure(monkeypatch, firmware):
    esptool = flasher.Esptool("/dev/x")
    monkeypatch.setattr(esptool, "_run", lambda *_, **__: "Wrote 3 bytes\n")
    with pytest.raises(Failure, match="not verified: Wrote 3 bytes"):
        esptool.write(Image(firmware()), None)
