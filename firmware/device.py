"""What a board does from power-on to the next: `main.py` calls `run`.

Safe mode, when there were too many crashes or something is wrong that only its owner can put right;
else `Device.step`, for ever or until it sleeps: Wi-Fi, network, readings, watchdog.
"""

import os

import config
import safemode
import uwish_board
from led import CALLING, ONLINE, SAFE, SEARCHING, find_led
from supervisor import NETWORK, READINGS, WIFI, Supervisor
from ticks import now_ms, sleep_ms

import uwish.log
from uwish.compat import const, elapsed
from uwish.log import info, warn

CONFIG = "/config.json"
STORE = "/wish"
_STEP_MS = const(100)  # the LED's step too
_LOST_MS = const(3000)  # after losing the Wi-Fi the app is polled on: it has connections to close
_HOSTS = const(4)  # nearby that are remembered unless the configuration says how many
_ALONE_MS = const(21600000)  # six hours without a peer: starting anew may help, and harms nobody


def run():
    """Work until power goes or the prompt is asked for; return to the prompt in safe mode."""
    try:
        settings = config.load(CONFIG, uwish_board)
    except ValueError as error:
        stay("config: %s" % error, None)
        return
    uwish.log.level = ("error", "warn", "info").index(settings["log_level"])
    if safemode.why:
        stay(safemode.why, settings)
        return
    supervisor = Supervisor(settings["watchdog_s"], now_ms())
    try:
        device = start(settings, supervisor)
        settings = None  # its memory is worth having
        while device and not device.asleep:
            device.step()
    except KeyboardInterrupt:
        supervisor.interrupted()
    except Exception as error:
        supervisor.crashed(error)


def stay(why, settings):
    """Safe mode: the prompt, and the LED says so."""
    safemode.stay(why)
    light = open_led(settings)
    if light:
        light.show_alone(SAFE)


def start(settings, supervisor):
    """A Device; None, in safe mode, when something is missing that only its owner can give."""
    frequency = getattr(uwish_board, "FREQUENCY", 0)
    if frequency:
        import machine

        machine.freq(frequency)
    try:
        wifi = open_wifi(settings)
        if wifi:
            wifi.start()
        # After the radio, which wants its memory in large pieces.
        import builder

        if wifi:
            wifi.step(now_ms())
        app = builder.make_app(settings, uwish_board, uwish.FileStore(STORE))
        if not list(app.peer.pins()):
            raise ValueError("gateway: none is known yet: run uwish provision")
    except (ValueError, RuntimeError) as error:
        supervisor.ended()
        stay(str(error), settings)
        return None
    except OSError as error:
        supervisor.ended()
        stay("the flash cannot keep what it has to (%s): is it full" % error, settings)
        return None
    return Device(settings, app, wifi, supervisor, open_led(settings))


def open_led(settings):
    """The status LED; None when there is none."""
    try:
        return find_led(settings["led"] if settings else None, uwish_board)
    except (ImportError, AttributeError, ValueError, OSError) as error:
        warn("led: there is none at this pin: %s", error)
        return None


def open_wifi(settings):
    """The Wifi, None on a board that has its network otherwise; ValueError when it knows no
    access point."""
    try:
        import network
    except ImportError:
        return None
    if not settings["wifi"]:
        raise ValueError("wifi: no access point is known yet: run uwish provision")
    from wifi import Wifi

    wlan = network.WLAN(network.STA_IF)
    hurry = settings["sleep"] is not None
    return Wifi(wlan, settings["wifi"], lambda: os.urandom(1)[0], hurry)


class Device:
    """All that works together, one `step` at a time; `asleep` ends it."""

    def __init__(self, settings, app, wifi, supervisor, light):
        self.asleep = False
        self.wifi = wifi
        self._app = app
        self._supervisor = supervisor
        self._led = light
        self._sleeps = settings["sleep"] is not None
        self._discover = settings["discover"]
        self._connected = False
        self._faults = []
        self.agent = self._make_agent(settings)
        for fault in self._faults:
            self.agent.tell("fault", fault)
        kept = supervisor.kept
        if kept.line:
            self.agent.tell("crash", kept.line)
        self._heard = now_ms()
        self._wifi_lost = None
        info("started as %s", settings["name"])

    def step(self):
        """One turn; about a tenth of a second when there is nothing to do."""
        supervisor = self._supervisor
        agent = self.agent
        now = now_ms()
        connected = self._step_wifi(now)
        supervisor.report(WIFI)
        if connected:
            agent.poll(_STEP_MS)
        else:
            sleep_ms(_STEP_MS)
        supervisor.report(NETWORK)
        agent.work()
        supervisor.report(READINGS)
        if agent.peers:
            self._heard = now
            if supervisor.kept.line and not agent.telling and self._app.stats.sent:
                supervisor.told()
        elif elapsed(now, self._heard) > _ALONE_MS:
            supervisor.start_anew("no peer for %d hours" % (_ALONE_MS // 3600000))
        if self._led:
            self._led.says = ONLINE if agent.peers else CALLING if connected else SEARCHING
            self._led.step(now)
        supervisor.step(now)
        if self._sleeps:
            ms = agent.sleep_ms(now_ms())
            if ms:
                self._sleep(ms)

    def _step_wifi(self, now):
        # True while the network is worth being asked.
        if self.wifi is not None:
            self.wifi.step(now)
        if self.wifi is None or self.wifi.up:
            self._wifi_lost = now
            if not self._connected:
                self._connected = True
                self._network_is_there()
            return True
        self._connected = False
        if self.agent.peers:
            return True  # it has to find out that they are gone
        return self._wifi_lost is not None and elapsed(now, self._wifi_lost) < _LOST_MS

    def _network_is_there(self):
        # What failed before says nothing about now.
        self._app.retry_now()
        if self._discover:
            hosts = _HOSTS if self._discover is True else self._discover
            try:
                self._app.discover(hosts)
            except (OSError, MemoryError) as error:
                warn("discover: nothing is heard of hosts nearby: %s", error)

    def _make_agent(self, settings):
        import builder
        import clock

        if not self._sleeps:
            agent = builder.make_agent(settings, uwish_board, self._app, self._on_event)
            clock.add_setting(agent.commands)
            return agent
        import machine
        import sleep

        agent = builder.make_agent(
            settings, uwish_board, self._app, self._on_event, sleep.SleepingAgent
        )
        options = settings["sleep"]
        store = uwish.FileStore(STORE) if options.get("keep") == "flash" else None
        woken = machine.reset_cause() == machine.DEEPSLEEP_RESET
        agent.begin(self._supervisor.kept, store, options, woken)
        clock.add_setting(agent.commands, agent.clock_jumped)
        return agent

    def _sleep(self, ms):
        import machine

        if not self.agent.waiting:
            self._supervisor.settled()
        self.agent.save()
        self._app.close()
        if self.wifi:
            self.wifi.stop()
        if self._led:
            self._led.dark()
        self._supervisor.ended()
        info("sleep: %d s", ms // 1000)
        self.asleep = True
        machine.deepsleep(ms)

    def _on_event(self, event, detail):
        if event == "frame":
            info("frame: %d records in %d bytes", detail.count, detail.length)
        elif event == "failed":
            warn("%s", detail)
            if isinstance(detail, str):  # a sensor that is not there at all
                self._faults.append(detail)
        elif event == "setting":
            name, outcome = detail
            info("setting %s: %s", name, outcome)
        else:
            info("%s: %s", event, detail)
