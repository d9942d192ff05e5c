"""`network` as on an ESP32: one station. What it does is decided by the broker's radio, with the
driver's own habits: endless attempts by itself, and odd status numbers.
"""

from . import bus

STA_IF = 0
AP_IF = 1

STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010
STAT_BEACON_TIMEOUT = 200
STAT_NO_AP_FOUND = 201
STAT_WRONG_PASSWORD = 202
STAT_ASSOC_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204

AUTH_OPEN = 0
AUTH_WPA2_PSK = 3
PM_NONE = 0
PM_PERFORMANCE = 1
PM_POWERSAVE = 2

_hostname = "mpy-virtual"
_country = "XX"


class WLAN:
    """The station; the access point is never active."""

    IF_STA = STA_IF
    IF_AP = AP_IF
    PM_NONE = PM_NONE
    PM_PERFORMANCE = PM_PERFORMANCE
    PM_POWERSAVE = PM_POWERSAVE

    def __init__(self, interface=STA_IF):
        if interface not in (STA_IF, AP_IF):
            raise ValueError("invalid WLAN interface identifier")
        self._is_station = interface == STA_IF

    def active(self, on=None):
        """Whether the radio is on, or switch it."""
        if not self._is_station:
            if on:
                raise OSError("AP is not there on the virtual board")
            return False
        return bus.ask("wlan-active", None if on is None else bool(on))

    def connect(self, ssid=None, key=None, bssid=None):
        """Begin to connect."""
        bus.ask("wlan-connect", [_text(ssid), _text(key)])

    def disconnect(self):
        """Stop, and do not try again."""
        bus.ask("wlan-disconnect")

    def isconnected(self):
        """True with an address."""
        return self._is_station and bus.ask("wlan-status") == STAT_GOT_IP

    def status(self, what=None):
        """STAT_…, or dBm with "rssi"."""
        if what is None:
            return bus.ask("wlan-status")
        if what == "rssi":
            return bus.ask("wlan-rssi")
        raise ValueError("unknown status param")

    def scan(self):
        """[(ssid, bssid, channel, rssi, security, hidden)]."""
        return [
            (
                ssid.encode(),
                b"\x02\x00\x00\x00\x00" + bytes((i,)),
                6,
                rssi,
                3 if secret else 0,
                False,
            )
            for i, (ssid, rssi, secret) in enumerate(bus.ask("wlan-scan"))
        ]

    def ifconfig(self, settings=None):
        """(address, netmask, gateway, DNS)."""
        if bus.ask("wlan-status") == STAT_GOT_IP:
            return ("127.0.0.1", "255.0.0.0", "127.0.0.1", "127.0.0.1")
        return ("0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0")

    def ipconfig(self, *args, **settings):
        """The newer form of ifconfig, for "addr4", "gw4" and "has_dhcp4"."""
        if not args:
            return None
        address, netmask, gateway, _ = self.ifconfig()
        return {"addr4": (address, netmask), "gw4": gateway, "has_dhcp4": True}[args[0]]

    def config(self, *args, **settings):
        """One value, or set some."""
        if not args:
            bus.ask("wlan-configure", settings)
            return None
        name = args[0]
        if name == "mac":
            return bytes(bus.ask("mac"))
        if name in ("hostname", "dhcp_hostname"):
            return hostname()
        return bus.ask("wlan-config", name)


def hostname(name=None):
    """The name it has for DHCP and mDNS, or set it."""
    global _hostname
    if name is None:
        return _hostname
    if len(name) > 32:
        raise ValueError
    _hostname = name


def country(code=None):
    """The country's code, or set it."""
    global _country
    if code is None:
        return _country
    _country = code


def phy_mode(mode=None):
    """Accepted."""
    return 3


def _text(value):
    return value.decode() if isinstance(value, (bytes, bytearray)) else value
