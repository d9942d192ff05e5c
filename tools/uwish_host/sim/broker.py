"""The board around its interpreter: power, resets, sleep, watchdog, serial port.

    OFF --on--> RUNNING --deepsleep--> ASLEEP
     ^            |  ^ |                 |
     +---power----+  +-+---- resets -----+

Every reset, the soft one included, is a new MicroPython process: nothing of the heap is left.
"""

import time

from . import hardware
from .flash import Flash
from .hardware import Hardware
from .interpreter import Interpreter
from .keyboard import Keyboard
from .places import board_folder, micropython
from .port import SerialPort
from .radio import Radio
from .relay import Relays
from .requests import Requests
from .stages import BOOTING, INPUT, PROMPT
from .watchdog import Watchdog

OFF = "off"
RUNNING = "running"
ASLEEP = "asleep"

_SHORT_LIFE_S = 1.0
_SHORT_LIVES = 3


class Broker:
    """One board with `settings`; `report(event, fields)` is told what happens."""

    def __init__(self, loop, settings, report):
        self.loop = loop
        self.report = report
        self.settings = settings
        self.power = OFF
        self.stage = BOOTING
        self.hardware = Hardware(settings.mac)
        self.flash = Flash(settings.flash, settings.size)
        self.radio = Radio(loop, settings.networks, self._radio_reports, self._radio_lost)
        self.relays = Relays(loop)
        self.watchdog = Watchdog(loop, self._watchdog_bites)
        self.keyboard = Keyboard(self)
        self.port = SerialPort(loop, self.keyboard.typed, self._let_write)
        self.interpreter = None
        self.broken = False  # it crashed again and again at its start
        command, self._ctrl_c = micropython()
        start = (settings.board or board_folder()) / "start.py"
        self._command = [*command, "-X", f"heapsize={settings.heap}", str(start)]
        self._requests = Requests(self)
        self._raw_output = False
        self._alarm = None  # what wakes it
        self._born_at = 0.0
        self._short_lives = 0

    async def close(self):
        """Switch off and let go of everything."""
        if self.power != OFF:
            self.switch_off()
        await self.relays.close()
        self.port.close()
        self.flash.close()

    @property
    def running(self):
        """True while it has power and does not sleep."""
        return self.power == RUNNING

    # Power and resets.

    def switch_on(self):
        """Give it power."""
        if self.power == OFF:
            self.report("power", {"on": True})
            self.hardware.lose_power()
            self.start(hardware.PWRON)

    def switch_off(self):
        """Take its power, in the middle of whatever it does."""
        self._stop()
        self.hardware.lose_power()
        self.power = OFF
        self.report("power", {"on": False})

    def power_failed(self):
        """It went during a write to the flash; Flash.fail_after chose which."""
        self.report("power-cut", {"write": self.flash.writes})
        self.flash.fail_never()
        self.switch_off()
        if self.restart_after_cut:
            self.switch_on()

    restart_after_cut = False

    def brown_out(self):
        """The voltage sags for a moment: all is lost, and it starts again at once."""
        self.report("brown-out", {})
        self._stop()
        self.hardware.lose_power()
        self.start(hardware.PWRON)

    def hard_reset(self, cause=hardware.HARD):
        """The reset button, machine.reset(), the watchdog."""
        self._stop()
        self.hardware.wake_reason = 0
        self.start(cause)

    def soft_reset(self, raw):
        """A new interpreter; radio, watchdog and pins stay as they are."""
        self._end_interpreter()
        self.hardware.cause = hardware.SOFT
        self._begin_interpreter(raw)

    def deep_sleep(self, time_ms):
        """Everything off but the RTC."""
        self._stop()
        self.power = ASLEEP
        self.report("sleep", {"ms": time_ms})
        if time_ms:
            self._alarm = self.loop.call_later(time_ms / 1000, self.wake, hardware.TIMER_WAKE)

    def wake(self, reason):
        """End deep sleep; False when it was awake."""
        if self.power != ASLEEP:
            return False
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        self.report("wake", {"reason": reason})
        self.hardware.wake_reason = reason
        self.start(hardware.DEEPSLEEP)
        return True

    def start(self, cause):
        """A start from reset, by `cause`."""
        self.power = RUNNING
        self.hardware.cause = cause
        self._begin_interpreter(False)

    def _stop(self):
        self.relays.cut()
        self._end_interpreter()
        self.radio.forget()
        self.hardware.reset_pins()
        self.watchdog.stop()
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None

    def _begin_interpreter(self, raw):
        self.raw = raw
        self.keyboard.begin()
        self._raw_output = False
        self._born_at = time.monotonic()
        self.report("boot", {"cause": hardware.CAUSES[self.hardware.cause]})
        self.interpreter = Interpreter(self.loop, self, self._command, self._ctrl_c, self.flash)

    def _end_interpreter(self):
        self.stage = BOOTING
        if self.interpreter:
            self.interpreter.kill()
            self.interpreter = None

    # What the interpreter does.

    def output(self, data):
        """It has written something. Boards write "\\r\\n" for a newline."""
        if not self._raw_output:
            data = data.replace(b"\n", b"\r\n")
        self.report("output", {"data": data})
        self.port.write(data)

    def ended(self, status):
        """Its process has ended by itself: it crashed, or used up stack or heap at the start."""
        self.interpreter = None
        self.report("crashed", {"status": status})
        short = time.monotonic() - self._born_at < _SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if short else 0
        if self._short_lives >= _SHORT_LIVES:
            self.broken = True
            self.switch_off()
        else:
            self.hard_reset()

    def message(self, interpreter, number, name, value):
        """It has said or asked something over the bus."""
        self._requests.handle(interpreter, number, name, value)

    def reached(self, stage):
        """boot.py or main.py runs, or the prompt waits: from now on it hears what is typed."""
        if self.stage == BOOTING:
            self._short_lives = 0
        if stage == PROMPT and self.interpreter.has_unread:
            stage = INPUT
        if stage != self.stage:
            self.stage = stage
            if stage == PROMPT:
                self.report("prompt", {})
        self.keyboard.flush()

    def set_raw_output(self, on):
        """Whether newlines stay as they are."""
        self.interpreter.drain()
        self._raw_output = on

    def _watchdog_bites(self, timeout_ms):
        self.report("watchdog", {"after_ms": timeout_ms})
        self.hard_reset(hardware.WATCHDOG)

    def _let_write(self, may):
        if self.interpreter:
            self.interpreter.let_write(may)

    # Radio.

    def _radio_reports(self, event, fields):
        if self.radio.connected:
            self.relays.answer()
        self.report(event, fields)

    def _radio_lost(self):
        self.relays.cut()
