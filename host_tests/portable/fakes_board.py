"""A board's modules for tests of the firmware: `machine`, `network`, `esp32` and the drivers, as
objects that do what a test says and remember what was done to them. `Board` puts them in place."""

import sys


class Reset(Exception):
    """The board was reset, or went to sleep: nothing after that call may run."""


class FakeRTC:
    """`memory` outlasts every object; `times` are what the clock was set to."""

    kept = b""
    times = []

    def memory(self, data=None):
        if data is None:
            return FakeRTC.kept
        assert len(data) <= 2048
        FakeRTC.kept = bytes(data)
        return None

    def datetime(self, value):
        FakeRTC.times.append(value)


class FakeWDT:
    """Remembers the timeouts and how often it was fed."""

    timeouts = []
    fed = 0

    def __init__(self, id=0, timeout=5000):
        FakeWDT.timeouts.append(timeout)

    def feed(self):
        FakeWDT.fed += 1


class FakePin:
    """Pins 0 to 39, but not 20. `levels` are what inputs see and outputs were set to."""

    IN = 1
    OUT = 3
    PULL_UP = 2
    PULL_DOWN = 1
    IRQ_RISING = 1
    IRQ_FALLING = 2
    levels = {}

    def __init__(self, number, mode=None, pull=None):
        if not 0 <= number < 40 or number == 20:
            raise ValueError("invalid pin")
        self.number = number
        self.mode = mode
        self.pull = pull
        self.handler = None

    def value(self, level=None):
        if level is None:
            return FakePin.levels.get(self.number, 0)
        FakePin.levels[self.number] = int(level)
        return None

    def irq(self, handler, trigger):
        self.handler = handler
        self.trigger = trigger


class FakeADC:
    """Measures on pins 32 to 39; `microvolts` are what it reads, in turn."""

    ATTN_0DB = 0
    ATTN_11DB = 3
    microvolts = [0]

    def __init__(self, pin):
        if pin.number < 32:
            raise ValueError("invalid pin")
        self.attenuation = None

    def atten(self, value):
        self.attenuation = value

    def read_uv(self):
        FakeADC.microvolts.append(FakeADC.microvolts.pop(0))
        return FakeADC.microvolts[-1]


class FakeTimer:
    """Remembers the last one; the test calls its `callback`."""

    PERIODIC = 1
    last = None

    def __init__(self, id):
        FakeTimer.last = self

    def init(self, period, mode, callback):
        self.period = period
        self.callback = callback


class FakeMachine:
    """The module `machine`."""

    HARD_RESET = 2
    PWRON_RESET = 1
    WDT_RESET = 3
    DEEPSLEEP_RESET = 4
    SOFT_RESET = 5
    RTC = FakeRTC
    WDT = FakeWDT
    Pin = FakePin
    ADC = FakeADC
    Timer = FakeTimer

    def __init__(self):
        self.cause = self.PWRON_RESET
        self.resets = 0
        self.slept_ms = None
        self.frequency = None

    def reset_cause(self):
        return self.cause

    def reset(self):
        self.resets += 1
        raise Reset()

    def deepsleep(self, ms):
        self.slept_ms = ms

    def freq(self, hz):
        self.frequency = hz


class FakeWLAN:
    """The station. `calls` is what was asked of it; set `linked` and `code` for what it says, and
    `fails` to a set of names whose call raises OSError."""

    def __init__(self):
        self.calls = []
        self.linked = False
        self.code = 1000
        self.fails = set()
        self.rssi = -61

    def _call(self, name):
        self.calls.append(name)
        if name in self.fails:
            raise OSError("Wifi Internal Error")

    def active(self, on):
        self._call("on" if on else "off")

    def connect(self, ssid, key=None):
        self.key = key
        self._call("connect " + ssid)

    def disconnect(self):
        self._call("disconnect")

    def isconnected(self):
        return self.linked

    def config(self, **options):
        self._call("config " + " ".join(["%s=%s" % item for item in options.items()]))

    def ifconfig(self):
        return ("192.168.1.7", "255.255.255.0", "192.168.1.1", "192.168.1.1")

    def status(self, what=None):
        if "status" in self.fails:
            raise OSError("Wifi Not Started")
        return self.rssi if what == "rssi" else self.code


class FakeNetwork:
    """The module `network`, with one WLAN."""

    STA_IF = 0

    def __init__(self):
        self.wlan = FakeWLAN()
        self.name = None

    def WLAN(self, interface):
        return self.wlan

    def hostname(self, name):
        self.name = name


class Module:
    """A module with what it is given."""

    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


class Board:
    """`machine` and whatever else is given, in `sys.modules` until `remove()`."""

    def __init__(self, **modules):
        FakeRTC.kept = b""
        FakeRTC.times = []
        FakeWDT.timeouts = []
        FakeWDT.fed = 0
        FakePin.levels = {}
        FakeADC.microvolts = [0]
        FakeTimer.last = None
        self.machine = FakeMachine()
        modules["machine"] = self.machine
        self._before = {}
        for name in modules:
            self._before[name] = sys.modules.get(name)
            sys.modules[name] = modules[name]

    def remove(self):
        """Put things back as they were."""
        for name in self._before:
            if self._before[name] is None:
                del sys.modules[name]
            else:
                sys.modules[name] = self._before[name]
