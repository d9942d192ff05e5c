"""What a real board has in silicon and in its firmware, for MicroPython's unix port.

`start` is the firmware's beginning, `repl` and `raw_repl` serve the prompt, `flash` is the block
device under "/". `machine`, `network`, `esp32`, `socket`, `time`, `micropython`, `sys` and `os`,
and the drivers `dht`, `onewire`, `ds18x20` and `neopixel`, stand in for the modules of those names.
All of them are thin: what the hardware does and how it fails is decided at the other end of `bus`,
in tools/uwish_host/sim.
"""
