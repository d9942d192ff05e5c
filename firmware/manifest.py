# Freezes the firmware's modules: a board's manifest says include("<path to>/firmware/manifest.py").
# boot.py and main.py stay files: each device decides what it starts.
metadata(description="The firmware of a uwish device", version="0.1.0", license="MIT")
for name in (
    "agent", "backlog", "builder", "cbor_reader", "clock", "commands", "config", "config_check",
    "device", "enrol", "kept", "led", "obey", "provision", "readings", "safemode", "senml_reader",
    "sleep", "supervisor", "ticks", "wifi", "wifi_text", "wifi_texts",
):  # fmt: skip
    module(name + ".py")
package("sensors")
