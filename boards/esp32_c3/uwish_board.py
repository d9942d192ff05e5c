"""ESP32-C3 on a common development board: DevKitM-1 and the many like it."""

import clock as device_clock

NAME = "esp32-c3"
SENSORS = ("chip", "heap", "rssi")
# Its native code takes heap as well, so the tables are small.
POOLS = {
    "tx_size": 2048,
    "rx_size": 1536,
    "max_pins": 4,
    "max_peers": 4,
    "max_connections": 1,
    "max_contacts": 4,
}
LED_PIN = 8  # a WS2812; on "SuperMini" boards a plain LED, lit when low
LED_KIND = "rgb"
WATCHDOG_S = 60  # far more than the longest key exchange step and a slow name server
FREQUENCY = 160000000  # its highest
EPOCH = device_clock.EPOCH
clock = device_clock.now
