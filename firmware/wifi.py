"""The one owner of the board's WLAN. `step(now)` never waits; `state` and `up` say how it stands.

    WAITING --delay over--> CONNECTING --address--> SETTLING --5 s--> UP
       ^  |                     |                      |               |
       |  +--after 4 failures--> OFF (the radio)        |               |
       +---- failed <----------+<----------- lost -----+---------------+

What ESP32's driver does and this has to cope with: it reconnects by itself for ever, and then never
says what is wrong (so that is switched off); a connect while it is still busy raises (so there is a
disconnect before each, and a while between); a reason left from before, or one that nobody
documents, means nothing (so only known ones end an attempt before its time); an address may be lost
again at once (so it must hold for 5 s); after some hours of failures it may need the radio switched
off and on.
"""

from wifi_text import sentence

from uwish.compat import const, elapsed
from uwish.log import info, warn

OFF = const(0)  # the radio, for a moment
WAITING = const(1)  # for the next attempt
CONNECTING = const(2)
SETTLING = const(3)  # there is an address, but it has not held for long
UP = const(4)
STATES = ("off", "waiting", "connecting", "settling", "up")

_SETTLE_MS = const(5000)
_APART_MS = const(300)  # between disconnect and connect
_ATTEMPT_MS = const(20000)
_OFF_MS = const(2000)
_FIRST_MS = const(1000)
_LONGEST_MS = const(60000)
_FAILURES_EACH = const(4)  # then the radio is switched off and on


class Wifi:
    """`wlan` is the board's `network.WLAN` in station mode; `options` the configuration's `wifi`;
    `chance()` a random byte. A device that goes back to sleep is in a `hurry`: it trusts an address
    at once."""

    def __init__(self, wlan, options, chance, hurry=False):
        self.state = WAITING
        self.failures = 0  # in a row
        self.reason = 0  # the status of the last failure, as wifi_text knows it
        self._wlan = wlan
        self._ssid = options["ssid"]
        self._password = options.get("password") or None
        self._hostname = options.get("hostname")
        self._chance = chance
        self._settle_ms = 0 if hurry else _SETTLE_MS
        self._since = None  # when this state began
        self._delay_ms = 0

    @property
    def up(self):
        """True while the network is to be trusted."""
        return self.state == UP

    def start(self):
        """Switch the radio on; it wants its memory before the rest of the firmware takes it."""
        if self._hostname:
            try:
                import network

                network.hostname(self._hostname)
            except (ImportError, AttributeError, ValueError, OSError):
                warn("Wi-Fi: this board takes no host name")
        self._switch_on()
        self._disconnect()  # after a soft reset the driver may still be connected
        self._delay_ms = _APART_MS

    def stop(self):
        """Switch the radio off, before sleep."""
        self._switch_off()

    def step(self, now):
        """Go on as far as it goes now; the state."""
        if self._since is None:
            self._since = now
        wait = elapsed(now, self._since)
        state = self.state
        if state == UP:
            if not self._wlan.isconnected():
                self._failed(now)
        elif state == WAITING:
            if wait >= self._delay_ms:
                self._connect(now)
        elif state == CONNECTING:
            if self._wlan.isconnected():
                self._enter(SETTLING, now)
            elif wait >= _ATTEMPT_MS or _is_failure(self._status()):
                self._failed(now)
        elif state == SETTLING:
            if not self._wlan.isconnected():
                self._failed(now)
            elif wait >= self._settle_ms:
                self._trust(now)
        elif wait >= _OFF_MS:
            self._switch_on()
            self._wait(_APART_MS, now)
        return self.state

    def _enter(self, state, now):
        self.state = state
        self._since = now

    def _wait(self, delay_ms, now):
        self._delay_ms = delay_ms
        self._enter(WAITING, now)

    def _connect(self, now):
        try:
            self._wlan.connect(self._ssid, self._password)
        except OSError as e:
            warn("Wi-Fi %s: the driver says %s", self._ssid, e)
            self._failed(now)
            return
        self._enter(CONNECTING, now)

    def _trust(self, now):
        self.failures = 0
        self._enter(UP, now)
        info("Wi-Fi %s: connected, our address is %s", self._ssid, self._wlan.ifconfig()[0])

    def _failed(self, now):
        self.reason = self._status()
        was_up = self.state == UP
        self.failures += 1
        self._disconnect()
        delay = min(_FIRST_MS << min(self.failures - 1, 6), _LONGEST_MS)
        delay += (delay >> 2) * (self._chance() - 128) >> 7
        self._wait(max(delay, _APART_MS), now)
        said = "the connection was lost" if was_up else sentence(self.reason)
        warn("Wi-Fi %s: %s; again in %d s", self._ssid, said, (delay + 500) // 1000)
        if self.failures % _FAILURES_EACH == 0:
            self._switch_off()
            self._enter(OFF, now)

    def _disconnect(self):
        try:
            self._wlan.disconnect()
        except (OSError, RuntimeError):
            pass  # it was not connected, which is all that is wanted

    def _switch_off(self):
        try:
            self._wlan.active(False)
        except (OSError, RuntimeError) as e:
            warn("Wi-Fi: the radio does not switch off: %s", e)

    def _switch_on(self):
        try:
            self._wlan.active(True)
            # Our back-off instead of the driver's endless attempts; status() says what is wrong.
            self._wlan.config(reconnects=0)
        except (OSError, RuntimeError) as e:
            warn("Wi-Fi: the radio does not switch on (is the heap too full?): %s", e)
        except (ValueError, TypeError, KeyError, AttributeError):
            pass  # another driver than ESP32's

    def _status(self):
        try:
            return self._wlan.status()
        except OSError:
            return 0


def _is_failure(status):
    # 200 to 212 on ESP32, negative on others; 1000, 1001, 1010 are idle, connecting, connected.
    return status < 0 or 200 <= status < 1000
