"""Whether a board gets into its network, and to an address in it. No password is ever printed."""


def join(seconds):
    """Connect as /config.json says, within so many seconds: a dict with `radio` (False: the board
    has none), `ssid` (None: none is set), `connected`, `status`, `address`, `rssi`."""
    import json
    import time

    try:
        import network
    except ImportError:
        return {"radio": False}
    try:
        with open("/config.json") as f:
            wifi = json.load(f).get("wifi")
    except OSError:
        wifi = None
    if not wifi:
        return {"radio": True, "ssid": None}
    wlan = network.WLAN(network.STA_IF)
    wlan.active(True)
    try:
        wlan.disconnect()
        wlan.config(reconnects=0)  # or ESP32's driver never says what is wrong
    except (OSError, ValueError, TypeError):
        pass  # it was not connected; another driver
    time.sleep_ms(300)
    wlan.connect(wifi["ssid"], wifi.get("password") or None)
    status = wlan.status()
    for _ in range(seconds * 5):
        status = wlan.status()
        if wlan.isconnected() or status < 0 or 200 <= status < 1000:
            break
        time.sleep_ms(200)
    found = {"radio": True, "ssid": wifi["ssid"], "status": status, "address": "", "rssi": 0}
    found["connected"] = wlan.isconnected()
    if found["connected"]:
        found["address"] = wlan.ifconfig()[0]
        found["rssi"] = wlan.status("rssi")
    return found


def reach(host, port):
    """None when somebody answers there, "name" when nobody is called so, else the errno."""
    import socket

    try:
        address = socket.getaddrinfo(host, port)[0][-1]
    except OSError:
        return "name"
    sock = socket.socket()
    try:
        sock.settimeout(5)
        sock.connect(address)
    except OSError as error:
        return error.errno or -1
    finally:
        sock.close()
    return None


def meaning(status):
    """The firmware's sentence for a status of the WLAN."""
    import wifi_text

    return wifi_text.sentence(status)


def clock():
    """The year that the board's clock shows."""
    import time

    return time.gmtime()[0]


def crashes():
    """The firmware's sentence on its crashes in a row, "" when there is none."""
    import safemode

    return safemode.history()
