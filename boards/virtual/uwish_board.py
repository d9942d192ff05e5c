"""The virtual board: an ESP32 without PSRAM, as far as the firmware can tell."""

import clock as device_clock

NAME = "virtual"
SENSORS = ("chip", "heap", "rssi")
POOLS = {
    "tx_size": 2048,
    "rx_size": 1536,
    "max_pins": 4,
    "max_peers": 4,
    "max_connections": 1,
    "max_contacts": 4,
}
LED_PIN = 2
LED_KIND = "plain"
WATCHDOG_S = 60
FREQUENCY = 240000000
EPOCH = device_clock.EPOCH
clock = device_clock.now
