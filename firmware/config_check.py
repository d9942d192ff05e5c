"""What is wrong with a configuration: one sentence for each field. Loaded for that only.

No sentence repeats a value: the password is one of them.
"""

from binascii import unhexlify

from uwish.log import warn

_KEYS = (
    "version name protocol interval_s sensors frame_size"
    " gateway wifi discover sleep log_level watchdog_s led"
)
_WIFI = "wifi: must be an object with ssid, password and perhaps hostname"
_GATEWAY = "gateway: must be an object with document, transports and perhaps rhid"
_SLEEP = "sleep: must be an object, {} for its defaults, with perhaps budget_s, stay_s, keep"
_LED = 'led: must be false, or an object such as {"pin": 2, "kind": "plain"}'


def faults(config):
    """The sentences, [] when all is right. Unknown keys are warned of."""
    found = []
    _warn_of_others(config, _KEYS, "")
    if not isinstance(config["version"], int) or config["version"] != 1:
        found.append("version: must be 1")
    if not _is_text(config["name"], 1, 32):
        found.append("name: must be text of 1 to 32 bytes")
    if not _is_text(config["protocol"], 1, 10):
        found.append("protocol: must be text of 1 to 10 bytes")
    if not _is_number(config["interval_s"], 0.05, 86400):
        found.append("interval_s: must be 0.05 to 86400 seconds")
    if not isinstance(config["sensors"], list) or not all(_is_sensor(s) for s in config["sensors"]):
        found.append('sensors: must be a list, such as ["heap", {"sensor": "dht22", "pin": 4}]')
    if not _is_whole(config["frame_size"], 32, 16000):
        found.append("frame_size: must be 32 to 16000 bytes")
    if config["log_level"] not in ("error", "warn", "info"):
        found.append('log_level: must be "error", "warn" or "info"')
    if config["watchdog_s"] != 0 and not _is_whole(config["watchdog_s"], 10, 3600):
        found.append("watchdog_s: must be 10 to 3600 seconds, or 0 for none")
    discover = config["discover"]
    if not isinstance(discover, bool) and not _is_whole(discover, 1, 32):
        found.append("discover: must be true, false, or how many hosts to remember, 1 to 32")
    for key, check, sentence in (
        ("gateway", _check_gateway, _GATEWAY),
        ("wifi", _check_wifi, _WIFI),
        ("sleep", _check_sleep, _SLEEP),
    ):
        value = config[key]
        if isinstance(value, dict):
            check(value, found)
        elif value is not None:
            found.append(sentence)
    _check_led(config["led"], found)
    return found


def _check_gateway(gateway, found):
    _warn_of_others(gateway, "document transports rhid", "gateway.")
    if not _is_hex(gateway.get("document")):
        found.append("gateway.document: must be an identity document in hex")
    transports = gateway.get("transports", [])
    if not isinstance(transports, list) or not all(isinstance(t, str) for t in transports):
        found.append('gateway.transports: must be a list, such as ["wish://192.168.1.2:37009"]')
    rhid = gateway.get("rhid")
    if rhid is not None and (not _is_hex(rhid) or len(rhid) != 64):
        found.append("gateway.rhid: must be 64 hex digits, or missing for any host")


def _check_wifi(wifi, found):
    _warn_of_others(wifi, "ssid password hostname", "wifi.")
    if not _is_text(wifi.get("ssid"), 1, 32):
        found.append("wifi.ssid: must be the network's name, text of 1 to 32 bytes")
    password = wifi.get("password") or ""
    # IEEE 802.11i: a passphrase of 8 to 63 characters, or the key itself in 64 hex digits.
    if not _is_text(password, 0, 64) or 0 < len(password) < 8:
        found.append("wifi.password: must be 8 to 64 characters, or missing for an open network")
    hostname = wifi.get("hostname")
    if hostname is not None and not _is_hostname(hostname):
        found.append("wifi.hostname: must be 1 to 32 letters, digits and hyphens")


def _check_sleep(sleep, found):
    _warn_of_others(sleep, "budget_s stay_s keep", "sleep.")
    if not _is_number(sleep.get("budget_s", 30), 5, 600):
        found.append("sleep.budget_s: must be 5 to 600 seconds")
    if not _is_number(sleep.get("stay_s", 60), 0, 3600):
        found.append("sleep.stay_s: must be 0 to 3600 seconds")
    if sleep.get("keep", "rtc") not in ("rtc", "flash"):
        found.append('sleep.keep: must be "rtc" or "flash"')


def _check_led(led, found):
    if led is None or led is False:
        return
    if not isinstance(led, dict):
        found.append(_LED)
        return
    _warn_of_others(led, "pin kind", "led.")
    if not _is_whole(led.get("pin"), 0, 255):
        found.append("led.pin: must be the number of a pin")
    if led.get("kind", "plain") not in ("plain", "inverted", "rgb"):
        found.append('led.kind: must be "plain", "inverted" or "rgb"')


def _warn_of_others(given, known, where):
    for key in given:
        if key not in known.split():
            warn("config: there is no key %s%s, it does nothing", where, key)


def _is_sensor(value):
    return isinstance(value, str) or (
        isinstance(value, dict) and isinstance(value.get("sensor"), str)
    )


def _is_text(value, shortest, longest):
    return isinstance(value, str) and shortest <= len(value.encode()) <= longest


def _is_hostname(value):
    # RFC 1123 section 2.1.
    if not _is_text(value, 1, 32) or value[0] == "-" or value[-1] == "-":
        return False
    for c in value:
        if not ("a" <= c <= "z" or "A" <= c <= "Z" or "0" <= c <= "9" or c == "-"):
            return False
    return True


def _is_number(value, low, high):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_whole(value, low, high):
    return isinstance(value, int) and _is_number(value, low, high)


def _is_hex(value):
    try:
        return isinstance(value, str) and len(unhexlify(value)) > 0
    except ValueError:
        return False
