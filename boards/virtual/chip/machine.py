"""`machine` as on an ESP32: resets and their causes, sleep, watchdog, RTC, pins, ADC.

Pins have no interrupts: `irq` is accepted and never fires. There is no Timer, PWM, I2C, SPI, UART.
"""

import time as _time

from machine import *  # what the unix port has: Signal, mem8 to mem32, time_pulse_us

from . import bus

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

PIN_WAKE = EXT0_WAKE = 2  # esp_sleep_wakeup_cause_t
EXT1_WAKE = 3
TIMER_WAKE = 4
TOUCHPAD_WAKE = 5
ULP_WAKE = 6

_frequency = 160000000


def reset():
    """Start anew at once, as by the reset button."""
    bus.halt("reset")


def soft_reset():
    """Start the interpreter anew; the rest of the board goes on."""
    raise SystemExit


def reset_cause():
    """PWRON_RESET … SOFT_RESET; a brown-out counts as power-on, as on ESP32."""
    return bus.ask("reset-cause")


def wake_reason():
    """TIMER_WAKE and so on after deep sleep, else 0."""
    return bus.ask("wake-reason")


def deepsleep(time_ms=0):
    """Sleep; waking is a reset. 0: until woken from outside."""
    bus.halt("deepsleep", time_ms)


def lightsleep(time_ms=0):
    """Sleep and go on; 0: until woken from outside."""
    bus.ask("lightsleep", time_ms)


sleep = lightsleep


def idle():
    """Let time pass."""
    _time.sleep_ms(1)


def bootloader(timeout=0):
    """There is no other program to start: a reset."""
    reset()


def unique_id():
    """6 bytes, the MAC address."""
    return bytes(bus.ask("mac"))


def freq(hz=None):
    """The CPU's clock; it makes nothing faster here."""
    global _frequency
    if hz is None:
        return _frequency
    if hz not in (20000000, 40000000, 80000000, 160000000, 240000000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _frequency = hz


def disable_irq():
    """There are none."""
    return 0


def enable_irq(state=0):
    """There are none."""


class WDT:
    """Resets the board when `feed` is not called within `timeout` ms of real time. Nothing but a
    hard reset stops it: it goes on over a soft reset and at the prompt, as on a board."""

    def __init__(self, id=0, timeout=5000):
        if id != 0 or timeout < 1000:
            raise ValueError("WDT timeout too short" if id == 0 else "invalid WDT")
        bus.ask("watchdog", timeout)

    def feed(self):
        """Begin the time anew."""
        bus.tell("feed")


class RTC:
    """The real-time clock, and 2048 bytes that survive deep sleep and resets, not a power cut."""

    def __init__(self, id=0):
        pass

    def memory(self, data=None):
        """The bytes kept, or keep `data` (at most 2048 bytes)."""
        if data is None:
            return bytes(bus.ask("rtc-memory"))
        if len(data) > 2048:
            raise ValueError("buffer too long")
        bus.ask("rtc-memory", list(bytes(data)))

    def datetime(self, value=None):
        """(year, month, day, weekday, hour, minute, second, microsecond), or set it."""
        from . import time

        if value is None:
            year, month, day, hour, minute, second, weekday, _ = time.localtime()
            return year, month, day, weekday, hour, minute, second, 0
        year, month, day, _, hour, minute, second, _ = value
        time.set_clock(time.mktime((year, month, day, hour, minute, second, 0, 0)))

    init = datetime


class Pin:
    """A GPIO. What is outside drives inputs: `uwish sim-control pin`."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_UP = 2
    PULL_DOWN = 1
    PULL_HOLD = 4
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5
    DRIVE_0 = 0
    DRIVE_1 = 1
    DRIVE_2 = 2
    DRIVE_3 = 3

    def __init__(self, id, mode=-1, pull=-1, value=None, drive=None, hold=None):
        if not isinstance(id, int) or not 0 <= id <= 48:
            raise ValueError("invalid pin")
        self.id = id
        self.init(mode, pull, value)

    def init(self, mode=-1, pull=-1, value=None, drive=None, hold=None):
        """Set what it is used for."""
        if mode != -1:
            bus.ask("pin-mode", [self.id, mode, pull])
        if value is not None:
            self.value(value)

    def value(self, value=None):
        """The level, or set it."""
        if value is None:
            return bus.ask("pin", [self.id])
        bus.ask("pin", [self.id, 1 if value else 0])

    __call__ = value

    def on(self):
        """High."""
        self.value(1)

    def off(self):
        """Low."""
        self.value(0)

    def toggle(self):
        """The other level."""
        self.value(not self.value())

    def irq(self, handler=None, trigger=3, wake=None, hard=False):
        """Accepted; never fires."""

    def __repr__(self):
        return "Pin(%d)" % self.id


class ADC:
    """12 bits behind an attenuator. The voltage comes from outside: `uwish sim-control adc`."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    WIDTH_9BIT = 9
    WIDTH_10BIT = 10
    WIDTH_11BIT = 11
    WIDTH_12BIT = 12

    _FULL_MV = (950, 1250, 1750, 2450)  # ESP32 data sheet: the useful range at each attenuation

    def __init__(self, pin, atten=0):
        self._pin = pin.id if isinstance(pin, Pin) else pin
        if self._pin not in (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39):
            raise ValueError("invalid pin")
        self._atten = atten

    def init(self, atten=0, **_):
        """Choose the attenuation."""
        self._atten = atten

    def atten(self, atten):
        """Choose the attenuation."""
        self._atten = atten

    def width(self, bits):
        """Accepted; it stays at 12 bits."""

    def read_uv(self):
        """Microvolts at the pin, no more than the attenuator lets through."""
        return min(bus.ask("adc", self._pin), self._FULL_MV[self._atten] * 1000)

    def read(self):
        """0 to 4095."""
        return self.read_uv() * 4095 // (self._FULL_MV[self._atten] * 1000)

    def read_u16(self):
        """0 to 65535."""
        return self.read_uv() * 65535 // (self._FULL_MV[self._atten] * 1000)
