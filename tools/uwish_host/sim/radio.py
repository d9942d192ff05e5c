"""The Wi-Fi: which access points are in the air, and what the station makes of them.

The station behaves as ESP32's driver under MicroPython (ports/esp32/network_wlan.c): it tries again
by itself for ever unless `reconnects` bounds that; while it does, the status is CONNECTING,
whatever is wrong; afterwards the status is the last reason. A connect while one is under way is
refused.
"""

IDLE = 1000
CONNECTING = 1001
GOT_IP = 1010
LEFT = 8  # WIFI_REASON_ASSOC_LEAVE: what status() says after disconnect()
BEACON_TIMEOUT = 200
NO_AP_FOUND = 201
WRONG_PASSWORD = 202

JOIN_S = 0.1  # one attempt, successful or not; some seconds on a board


class Radio:
    """`networks`: {ssid: password, None for an open one}, or None for an air in which every name
    and password is right. `report(event, fields)`; `lost()` is called when connections break."""

    def __init__(self, loop, networks, report, lost):
        self.networks = networks
        self.up = True  # False: all access points are without power
        self.rssi = -55
        self.refusal = WRONG_PASSWORD
        self._loop = loop
        self._report = report
        self._lost = lost
        self.forget()

    def forget(self):
        """What a reset of the chip does to the station."""
        timer = getattr(self, "_timer", None)
        if timer:
            timer.cancel()
        self._timer = None
        self.active = False
        self.connected = False
        self._wanted = None  # (ssid, password)
        self._reason = 0
        self._attempts = 0
        self._most_attempts = 0  # 0: no end
        self.ssid = None

    def status(self):
        """The number that WLAN.status() returns."""
        if self.connected:
            return GOT_IP
        if self._timer is not None:
            return CONNECTING
        return self._reason or IDLE

    def activate(self, on):
        """Switch it on or off, or ask with None."""
        if on is False and self.active:
            self.disconnect()
            self.active = False
        elif on:
            self.active = True
        return self.active

    def connect(self, ssid, password):
        """Begin; a text when the driver refuses."""
        if not self.active:
            return "Wifi Not Started"
        if self._timer is not None:
            return "Wifi Internal State Error"
        if ssid is not None:
            self._wanted = ssid, password or None
        if self._wanted is None:
            return "Wifi SSID Invalid"
        if self.connected:
            self._break(LEFT)
        self._attempts = 0
        self._try_soon()
        return None

    def disconnect(self):
        """Give up what is under way."""
        busy = self._timer is not None
        if busy:
            self._timer.cancel()
            self._timer = None
        self._wanted = None
        if self.connected or busy:
            self._break(LEFT)

    def set_attempts(self, reconnects):
        """WLAN.config(reconnects=n): so many more after the first; -1: no end."""
        self._most_attempts = 0 if reconnects == -1 else reconnects + 1

    def scan(self):
        """[(ssid, rssi, has a password)]."""
        if not self.active:
            return None
        found = {"virtual": None} if self.networks is None else self.networks
        return [(s, self.rssi, p is not None) for s, p in found.items()] if self.up else []

    def set_up(self, up):
        """Switch the access points on or off."""
        self.up = up
        if not up and self.connected:
            self._break(BEACON_TIMEOUT)
            self._try_again()

    def drop(self):
        """Lose the connection once; the station finds it again by itself."""
        if self.connected:
            self._break(BEACON_TIMEOUT)
            self._try_again()

    def _try_soon(self):
        self._timer = self._loop.call_later(JOIN_S, self._try)

    def _try(self):
        self._timer = None
        self._reason = self._obstacle()
        if self._reason:
            self._report("wifi", {"status": self._reason, "ssid": self._wanted[0]})
            self._try_again()
            return
        self.connected = True
        self.ssid = self._wanted[0]
        self._report("wifi", {"status": GOT_IP, "ssid": self.ssid})

    def _obstacle(self):
        ssid, password = self._wanted
        if not self.up or (self.networks is not None and ssid not in self.networks):
            return NO_AP_FOUND
        if self.networks is not None and self.networks[ssid] != password:
            return self.refusal
        return 0

    def _try_again(self):
        if self._wanted is None:
            return
        self._attempts += 1
        if not self._most_attempts or self._attempts < self._most_attempts:
            self._try_soon()

    def _break(self, reason):
        was_connected = self.connected
        self.connected = False
        self._reason = reason
        if was_connected:
            self._report("wifi", {"status": reason, "ssid": self.ssid})
            self._lost()
        self.ssid = None
