"""What a virtual board's events are, in sentences; events.JsonLines takes them as they are.

port       port, link: its port, and another name for it; with `--json` only, before all others
boot       cause: power-on, hard, watchdog, deepsleep, soft
prompt     a prompt waits for input
power      on
power-cut  write: its number since the board began
brown-out
watchdog   after_ms: it was not fed for so long
sleep      ms: 0 until it is woken
wake       reason: machine.wake_reason()
wifi       status: network.WLAN.status(), ssid
pin        pin, level: the board drives it
pixel      pin, colour: of the first WS2812 there
formatted  blank flash got a file system
corrupted  the flash holds no file system that can be mounted
crashed    status: the interpreter's process ended by itself
"""

from ..names import printable
from . import radio

_TEXTS = {
    "boot": "starts: {cause}",
    "prompt": "waits at the prompt",
    "power-cut": "power lost in the middle of flash write {write}",
    "brown-out": "the voltage sagged",
    "watchdog": "the watchdog was not fed for {after_ms} ms",
    "sleep": "deep sleep for {ms} ms",
    "wake": "woken, reason {reason}",
    "pin": "pin {pin} is {level}",
    "pixel": "pixel at pin {pin} is {colour}",
    "formatted": "blank flash: made a file system",
    "corrupted": "the flash holds no file system that can be mounted",
    "crashed": "the interpreter has crashed, status {status}",
}

_WIFI = {
    radio.GOT_IP: "connected to {ssid}",
    radio.LEFT: "left {ssid}",
    radio.BEACON_TIMEOUT: "lost {ssid}",
    radio.NO_AP_FOUND: "found no {ssid}",
    radio.WRONG_PASSWORD: "{ssid} refused the password",
}


def sentence(event, fields):
    """One line without the end."""
    if event == "power":
        return "power on" if fields["on"] else "power off"
    if event == "wifi":
        text = "Wi-Fi: " + _WIFI.get(fields["status"], "{ssid} failed, status {status}")
    else:
        text = _TEXTS[event]
    return printable(text.format(**fields))
