"""What can be done to the board from outside, as requests of `uwish sim-control` and of tests.

    {"op": "status"}
    {"op": "power", "on": BOOL}
    {"op": "reset"}                     the reset button
    {"op": "brown-out"}                 the voltage sags: power-on reset
    {"op": "cut", "after": N (, "portion": 0..1) (, "restart": BOOL)}
                                        the power fails during the write to flash that follows N
                                        more, when that portion of it has happened; `restart`: it
                                        comes back at once
    {"op": "keep"}                      take "cut" back
    {"op": "wifi" (, "up": BOOL) (, "rssi": DBM) (, "refusal": STATUS)}
                                        access points on or off; what a wrong password looks like
    {"op": "drop"}                      lose the Wi-Fi once
    {"op": "network", "ssid": TEXT, "password": TEXT | null}
                                        from now on only such networks are there
    {"op": "wake" (, "reason": NUMBER)} end deep sleep
    {"op": "pin", "pin": N, "level": 0 | 1}
    {"op": "adc", "pin": N, "millivolts": NUMBER}
    {"op": "temperature", "celsius": NUMBER}      the chip's own
    {"op": "sensor", "pin": N (, "celsius": NUMBER (, "humidity": NUMBER))}
                                        a DHT22 or DS18B20 at that pin; without `celsius` none
    {"op": "erase"}                     blank flash, as esptool's erase-flash; needs the power off

Each answer is the status: power, stage, cause, wifi, port, writes and more.
"""

from ..errors import Failure
from . import hardware

_EXT0_WAKE = 2


class Controls:
    """Requests to `broker`, each a dict."""

    def __init__(self, broker):
        self._broker = broker
        self._operations = {
            "status": lambda: None,
            "power": self._power,
            "reset": self._reset,
            "brown-out": self._brown_out,
            "cut": self._cut,
            "keep": broker.flash.fail_never,
            "wifi": self._wifi,
            "drop": broker.radio.drop,
            "network": self._network,
            "wake": self._wake,
            "pin": self._pin,
            "adc": self._adc,
            "temperature": self._temperature,
            "sensor": self._sensor,
            "erase": self._erase,
        }

    def answer(self, request):
        """Do it; the status. Failure says what is wrong with the request."""
        fields = dict(request)
        name = fields.pop("op", None)
        operation = self._operations.get(name)
        if operation is None:
            raise Failure(f"no such request: {name!r}")
        try:
            operation(**fields)
        except (TypeError, ValueError) as error:
            raise Failure(f"{name}: {error}") from None
        return self.status()

    def status(self):
        """How the board stands."""
        broker = self._broker
        board = broker.hardware
        return {
            "power": broker.power,
            "stage": broker.stage,
            "cause": hardware.CAUSES[board.cause],
            "port": broker.port.path,
            "wifi": broker.radio.status(),
            "ssid": broker.radio.ssid,
            "access_points": broker.radio.up,
            "writes": broker.flash.writes,
            "pins": dict(sorted(board.levels.items())),
            "pid": broker.interpreter.pid if broker.interpreter else None,
        }

    def _power(self, on):
        if on:
            self._broker.switch_on()
        elif self._broker.power != "off":
            self._broker.switch_off()

    def _require_power(self):
        if self._broker.power == "off":
            raise Failure("the board has no power: switch it on first")

    def _reset(self):
        self._require_power()
        self._broker.hard_reset()

    def _brown_out(self):
        self._require_power()
        self._broker.brown_out()

    def _cut(self, after, portion=0.5, restart=False):
        self._broker.restart_after_cut = restart
        self._broker.flash.fail_after(after, portion)

    def _wifi(self, up=None, rssi=None, refusal=None):
        radio = self._broker.radio
        if rssi is not None:
            radio.rssi = int(rssi)
        if refusal is not None:
            radio.refusal = int(refusal)
        if up is not None:
            radio.set_up(bool(up))

    def _network(self, ssid, password=None):
        radio = self._broker.radio
        radio.networks = {**(radio.networks or {}), ssid: password}

    def _wake(self, reason=_EXT0_WAKE):
        if not self._broker.wake(reason):
            raise Failure("the board is not in deep sleep")

    def _pin(self, pin, level):
        self._broker.hardware.driven[int(pin)] = 1 if level else 0

    def _adc(self, pin, millivolts):
        self._broker.hardware.microvolts[int(pin)] = int(millivolts * 1000)

    def _temperature(self, celsius):
        self._broker.hardware.celsius = int(celsius)

    def _sensor(self, pin, celsius=None, humidity=50):
        self._broker.hardware.sensors.pop(int(pin), None)
        if celsius is not None:
            self._broker.hardware.sensors[int(pin)] = float(celsius), float(humidity)

    def _erase(self):
        if self._broker.power != "off":
            raise Failure("the flash is in use: switch the power off first")
        self._broker.flash.erase()
        self._broker.hardware.nvs.clear()
