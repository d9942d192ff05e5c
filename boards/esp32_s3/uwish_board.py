"""ESP32-S3 on a common development board: DevKitC-1 and the many like it."""

import clock as device_clock

NAME = "esp32-s3"
SENSORS = ("chip", "heap", "rssi")
# Most of these boards have PSRAM; this fits without.
POOLS = {
    "tx_size": 4096,
    "rx_size": 2048,
    "max_pins": 8,
    "max_peers": 8,
    "max_connections": 2,
    "max_contacts": 8,
}
LED_PIN = 48  # a WS2812; 38 on DevKitC-1 from version 1.1 on
LED_KIND = "rgb"
WATCHDOG_S = 60  # far more than the longest key exchange step (3.9 s) and a slow name server
FREQUENCY = 240000000  # stock firmware starts at 160 MHz
EPOCH = device_clock.EPOCH
clock = device_clock.now
