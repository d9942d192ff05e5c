"""What the interpreter asks over the bus, and who answers: the other end of boards/virtual/chip."""

import asyncio
import errno

from . import relay


class Requests:
    """Answers for `broker`."""

    def __init__(self, broker):
        self._broker = broker
        board = broker.hardware
        radio = broker.radio
        self._operations = {
            "boot": lambda _: {"blocks": broker.flash.blocks, "raw": broker.raw},
            "prompt": lambda _: broker.reached("prompt"),
            "formatted": lambda _: broker.report("formatted", {}),
            "corrupted": lambda _: broker.report("corrupted", {}),
            "interruptible": broker.keyboard.set_interruptible,
            "raw-output": broker.set_raw_output,
            "reset": lambda _: broker.hard_reset(),
            "soft-reset": broker.soft_reset,
            "power-fails": lambda _: broker.power_failed(),
            "off": lambda _: None,
            "deepsleep": broker.deep_sleep,
            "lightsleep": self._light_sleep,
            "reset-cause": lambda _: board.cause,
            "wake-reason": lambda _: board.wake_reason,
            "watchdog": broker.watchdog.start,
            "feed": lambda _: broker.watchdog.feed(),
            "mac": lambda _: board.mac,
            "clock": self._clock,
            "rtc-memory": self._rtc_memory,
            "temperature": lambda _: board.celsius,
            "pin": self._pin,
            "pin-mode": lambda value: board.set_mode(*value),
            "adc": lambda pin: board.microvolts.get(pin, 0),
            "dht": self._dht,
            "ds18b20": lambda pin: board.sensors.get(pin, (None,))[0],
            "pixel": self._pixel,
            "nvs-set": lambda value: board.nvs.update({(value[0], value[1]): value[2]}),
            "nvs-get": lambda value: board.nvs.get(tuple(value)),
            "nvs-erase": self._nvs_erase,
            "wlan-active": radio.activate,
            "wlan-connect": self._wlan_connect,
            "wlan-disconnect": lambda _: radio.disconnect(),
            "wlan-status": lambda _: radio.status(),
            "wlan-rssi": lambda _: radio.rssi,
            "wlan-scan": self._wlan_scan,
            "wlan-config": self._wlan_config,
            "wlan-configure": self._wlan_configure,
            "online": lambda _: radio.connected,
            "resolve": self._resolve,
            "relay": self._relay,
            "was-cut": broker.relays.was_cut,
        }

    def handle(self, interpreter, number, name, value):
        """Do what is asked, and answer unless `number` is 0."""
        try:
            answer = self._operations[name](value)
        except OSError as error:
            interpreter.refuse(number, _refusal(error))
            return
        except (KeyError, TypeError, ValueError):
            interpreter.refuse(number, errno.EINVAL)
            return
        if asyncio.iscoroutine(answer):
            asyncio.ensure_future(self._answer_later(interpreter, number, answer))
        elif number:
            interpreter.answer(number, answer)

    async def _answer_later(self, interpreter, number, work):
        try:
            interpreter.answer(number, await work)
        except OSError as error:
            interpreter.refuse(number, _refusal(error))

    async def _light_sleep(self, time_ms):
        await asyncio.sleep(time_ms / 1000)

    def _clock(self, zero):
        board = self._broker.hardware
        if zero is not None:
            board.clock_zero = zero
        return board.clock_zero

    def _rtc_memory(self, data):
        board = self._broker.hardware
        if data is not None:
            board.rtc_memory = data
        return board.rtc_memory

    def _pin(self, value):
        board = self._broker.hardware
        if len(value) > 1:
            pin, level = value
            if board.levels.get(pin) != level:
                board.levels[pin] = level
                self._broker.report("pin", {"pin": pin, "level": level})
        return board.level(value[0])

    def _pixel(self, value):
        pin, colour = value
        self._broker.report("pixel", {"pin": pin, "colour": colour})

    def _dht(self, pin):
        measured = self._broker.hardware.sensors.get(pin)
        if measured is None:
            raise OSError(errno.ETIMEDOUT, "no sensor")
        return measured

    def _nvs_erase(self, key):
        if self._broker.hardware.nvs.pop(tuple(key), None) is None:
            raise OSError("ESP_ERR_NVS_NOT_FOUND")

    def _wlan_connect(self, value):
        if refusal := self._broker.radio.connect(*value):
            raise OSError(refusal)

    def _wlan_scan(self, _):
        found = self._broker.radio.scan()
        if found is None:
            raise OSError("STA must be active")
        return found

    def _wlan_config(self, name):
        radio = self._broker.radio
        known = {"ssid": radio.ssid or "", "essid": radio.ssid or "", "channel": 6, "pm": 1}
        if name not in known:
            raise OSError("unknown config param")
        return known[name]

    def _wlan_configure(self, values):
        if "reconnects" in values:
            self._broker.radio.set_attempts(values["reconnects"])

    def _require_network(self):
        if not self._broker.radio.connected:
            raise OSError(errno.EHOSTUNREACH, "no Wi-Fi")

    async def _resolve(self, host):
        if host == "localhost":
            return "127.0.0.1"  # lwIP knows that by itself
        if not _is_address(host):
            if not self._broker.radio.connected:
                raise OSError(-202, "no Wi-Fi")  # lwIP's EAI_FAIL
            return await relay.resolve(host)
        return host

    async def _relay(self, address):
        self._require_network()
        return await self._broker.relays.open(address)


def _refusal(error):
    return error.errno if error.errno is not None else str(error)


def _is_address(host):
    return host.replace(".", "").isdigit()
