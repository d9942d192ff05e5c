"""ESP32 (the first one) on a common development board: DevKitC and the many like it, no PSRAM."""

import clock as device_clock

NAME = "esp32"
SENSORS = ("chip", "heap", "rssi")
# 38 KB of buffers and tables would not leave room for the key exchange beside the code.
POOLS = {
    "tx_size": 2048,
    "rx_size": 1536,
    "max_pins": 4,
    "max_peers": 4,
    "max_connections": 1,
    "max_contacts": 4,
}
LED_PIN = 2  # the blue one, where there is one
LED_KIND = "plain"
WATCHDOG_S = 60  # far more than the longest key exchange step (3.9 s) and a slow name server
FREQUENCY = 240000000  # stock firmware starts at 160 MHz
EPOCH = device_clock.EPOCH
clock = device_clock.now
