"""The sentences behind a WLAN's status: what happened, what to try. Loaded only to say one.

Numbers of 1 to 15 and from 200 on are ESP-IDF's wifi_err_reason_t, 1000 to 1010 MicroPython's own
on ESP32, negative ones those of the cyw43 driver.
"""

_NO_NETWORK = (
    "no network of this name answers: check wifi.ssid, capitals too; only 2.4 GHz is heard"
)
_PASSWORD = "the password is refused: check wifi.password"
_NO_ANSWER = "the access point does not answer: is it in reach, does it give out addresses (DHCP)"

OTHER = "no connection, status %d: is the access point on and in reach"
TEXTS = {
    2: _PASSWORD,
    15: _PASSWORD,
    200: "the access point fell silent: it was switched off, or is hardly in reach",
    201: _NO_NETWORK,
    202: _PASSWORD,
    203: "the access point refuses this device: too many devices, or a filter of addresses",
    204: "the exchange of keys was not finished: check wifi.password, or the signal is weak",
    205: "the access point ended the connection: is it in reach, does it filter addresses",
    210: "the access point asks for a security that this board does not have: allow WPA2",
    211: "the access point is open or weaker than asked for: check wifi.password",
    212: "the access point is too weak here: move one of the two",
    1000: _NO_ANSWER,
    1001: _NO_ANSWER,
    1010: "there was an address, but it did not hold: is the signal weak",
    -1: _NO_ANSWER,
    -2: _NO_NETWORK,
    -3: _PASSWORD,
}
