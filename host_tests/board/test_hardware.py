"""Pins, converters, clocks and sensors: what is outside is set by the control channel."""

import pytest
from mpremote_command import run

from uwish_host.errors import Failure


def test_inputs_read_what_is_outside(board):
    ask = "from machine import Pin; print(Pin(5, Pin.IN)(), Pin(6, Pin.IN, Pin.PULL_UP).value())"
    assert run(board, "exec", ask) == "0 1\n"
    board.control("pin", pin=5, level=1)
    board.control("pin", pin=6, level=0)
    assert run(board, "exec", ask) == "1 0\n"


def test_outputs_are_seen_outside(board):
    run(board, "exec", "from machine import Pin; p = Pin(2, Pin.OUT, value=1); p.off(); p.toggle()")
    assert [f for e, f in board.events if e == "pin"] == [
        {"pin": 2, "level": 1},
        {"pin": 2, "level": 0},
        {"pin": 2, "level": 1},
    ]
    assert board.control("status")["pins"] == {2: 1}
    board.control("reset")
    assert board.control("status")["pins"] == {}


def test_a_pin_that_no_chip_has(board):
    text = run(
        board,
        "exec",
        "import machine\n"
        "for make in (lambda: machine.Pin(99), lambda: machine.ADC(5)):\n"
        "    try:\n        make()\n    except ValueError as e:\n        print(e)",
    )
    assert text == "invalid pin\ninvalid pin\n"


def test_the_adc_sees_a_voltage_up_to_what_its_attenuation_lets_through(board):
    board.control("adc", pin=34, millivolts=1225)
    text = run(
        board,
        "exec",
        "from machine import ADC, Pin\n"
        "a = ADC(Pin(34), atten=ADC.ATTN_11DB)\n"
        "print(a.read_uv(), a.read(), a.read_u16())\n"
        "a.atten(ADC.ATTN_0DB)\n"
        "print(a.read_uv(), a.read())",
    )
    assert text == "1225000 2047 32767\n950000 4095\n"


def test_the_chips_temperature_and_id(board):
    board.control("temperature", celsius=20)
    text = run(
        board,
        "exec",
        "import esp32, machine\n"
        "print(esp32.mcu_temperature(), esp32.raw_temperature(), len(machine.unique_id()))",
    )
    assert text == "20 68 6\n"


def test_a_dht22(board):
    code = (
        "import dht, machine\nd = dht.DHT22(machine.Pin(4))\n"
        "try:\n    d.measure()\n    print(d.temperature(), d.humidity())\n"
        "except OSError as e:\n    print(e.errno)"
    )
    assert run(board, "exec", code) == "110\n"
    board.control("sensor", pin=4, celsius=21.5, humidity=40)
    assert run(board, "exec", code) == "21.5 40.0\n"
    board.control("sensor", pin=4)
    assert run(board, "exec", code) == "110\n"


def test_a_ds18b20(board):
    code = (
        "import ds18x20, machine, onewire\n"
        "b = ds18x20.DS18X20(onewire.OneWire(machine.Pin(4)))\n"
        "print(len(b.scan()))\n"
        "for rom in b.scan():\n    b.convert_temp()\n    print(b.read_temp(rom))"
    )
    assert run(board, "exec", code) == "0\n"
    board.control("sensor", pin=4, celsius=-3.2)
    assert run(board, "exec", code) == "1\n-3.1875\n"


def test_nvs_outlives_the_power_but_not_an_erased_flash(board):
    run(
        board,
        "exec",
        "import esp32\nn = esp32.NVS('a')\nn.set_i32('k', -7)\nn.set_blob('b', b'xy')",
    )
    code = (
        "import esp32\nn = esp32.NVS('a')\nbuf = bytearray(4)\n"
        "try:\n    print(n.get_i32('k'), n.get_blob('b', buf), buf)\n"
        "except OSError as e:\n    print(e)"
    )
    board.control("power", on=False)
    board.control("power", on=True)
    assert run(board, "exec", code) == "-7 2 bytearray(b'xy\\x00\\x00')\n"
    board.control("power", on=False)
    board.control("erase")
    board.control("power", on=True)
    assert run(board, "exec", code) == "ESP_ERR_NVS_NOT_FOUND\n"


@pytest.mark.parametrize(
    "moment",
    [
        (2000, 1, 1, 0, 0, 0),
        (2000, 2, 29, 23, 59, 59),
        (2024, 2, 29, 12, 0, 0),
        (2026, 12, 31, 1, 2, 3),
        (2100, 3, 1, 0, 0, 0),
    ],
)
def test_mktime_is_the_inverse_of_localtime(board, moment):
    code = f"import time; t = time.mktime({moment} + (0, 0)); print(t, time.localtime(t)[:6])"
    seconds, _, back = run(board, "exec", code).partition(" ")
    assert back == f"{moment}\n"
    from datetime import datetime

    assert int(seconds) == (datetime(*moment) - datetime(2000, 1, 1)).total_seconds()


def test_a_light_sleep_goes_on_where_it_was(board):
    assert run(board, "exec", "import machine; machine.lightsleep(10); print('on')") == "on\n"


@pytest.mark.parametrize(
    ("op", "fields", "why"),
    [
        ("nonsense", {}, "no such request: 'nonsense'"),
        ("pin", {"pin": 1}, "pin: .*level"),
        ("pin", {"pin": "x", "level": 1}, "pin: .*'x'"),
        ("cut", {"after": -1}, "cut: writes from 0"),
        ("cut", {"after": 1, "portion": 1}, "cut: .*portion 0 to below 1"),
        ("wake", {}, "not in deep sleep"),
        ("status", {"more": 1}, "status: .*more"),
    ],
)
def test_a_request_that_makes_no_sense(board, op, fields, why):
    with pytest.raises(Failure, match=why):
        board.control(op, **fields)
