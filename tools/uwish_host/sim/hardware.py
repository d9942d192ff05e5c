"""What of the board outlives its interpreter: RTC, pins, voltages, NVS, watchdog."""

import time

PWRON = 1  # machine.reset_cause()
HARD = 2
WATCHDOG = 3
DEEPSLEEP = 4
SOFT = 5

TIMER_WAKE = 4  # machine.wake_reason()

CAUSES = {
    PWRON: "power-on",
    HARD: "hard",
    WATCHDOG: "watchdog",
    DEEPSLEEP: "deepsleep",
    SOFT: "soft",
}

_OUTPUTS = (3, 7)
_PULL_UP = 2


class Hardware:
    """State only; who resets whom is the broker's business."""

    def __init__(self, mac):
        self.mac = list(mac)
        self.celsius = 41
        self.microvolts = {}  # pin: what the ADC sees
        self.sensors = {}  # pin: (degrees Celsius, %RH), of a DHT22 or a DS18B20
        self.driven = {}  # pin: the level that somebody outside gives it
        self.nvs = {}  # (namespace, key): value; in flash, on a board
        self.lose_power()

    def lose_power(self):
        """All that needs power is gone."""
        self.cause = PWRON
        self.wake_reason = 0
        self.rtc_memory = []
        self.clock_zero = int(time.time())  # the host's time when the RTC shows 2000-01-01
        self.reset_pins()

    def reset_pins(self):
        """What a reset does to pins."""
        self.levels = {}  # pin: the level that the board drives
        self._modes = {}
        self._pulls = {}

    def set_mode(self, pin, mode, pull):
        """Input or output."""
        self._modes[pin] = mode
        self._pulls[pin] = pull

    def level(self, pin):
        """What a pin reads."""
        if self._modes.get(pin) in _OUTPUTS:
            return self.levels.get(pin, 0)
        if pin in self.driven:
            return self.driven[pin]
        return 1 if self._pulls.get(pin) == _PULL_UP else 0
