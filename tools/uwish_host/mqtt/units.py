"""What Home Assistant calls a unit of SenML, and the class of sensor that goes with it.

A class demands one of its own units and state classes, or Home Assistant refuses the sensor
(its sources: homeassistant/components/sensor/const.py, DEVICE_CLASS_UNITS and
DEVICE_CLASS_STATE_CLASSES). Where no class fits there is none: the unit is shown all the same.
"""

MEASUREMENT = "measurement"
TOTAL = "total"
RISING = "total_increasing"
_MAX_UNIT = 30  # characters of a unit that is not known


class Unit:
    """`symbol` (None: none is shown), `device_class` (or None), `state_class`; what is shown is the
    value times `factor` plus `offset`."""

    def __init__(self, symbol, device_class=None, state_class=MEASUREMENT, factor=1, offset=0):
        self.symbol = symbol
        self.device_class = device_class
        self.state_class = state_class
        self.factor = factor
        self.offset = offset

    def template(self):
        """How Home Assistant gets the number out of a reading's JSON."""
        value = "value_json.value"
        if self.factor != 1:
            value += f" * {self.factor}" if self.factor > 1 else f" / {round(1 / self.factor)}"
        if self.offset:
            value += f" + {self.offset}"
        if value == "value_json.value":
            return f"{{{{ {value} }}}}"
        return f"{{{{ ({value}) | round(6) }}}}"


# SenML units of RFC 8428, table 1 (the IANA registry has grown since), then secondary units of
# RFC 8798, 3.
UNITS = {
    "m": Unit("m", "distance"),
    "kg": Unit("kg", "weight"),
    "g": Unit("g", "weight"),
    "s": Unit("s", "duration"),
    "A": Unit("A", "current"),
    "K": Unit("K", "temperature"),
    "cd": Unit("cd"),
    "mol": Unit("mol"),
    "Hz": Unit("Hz", "frequency"),
    "rad": Unit("rad"),
    "sr": Unit("sr"),
    "N": Unit("N"),
    "Pa": Unit("Pa", "pressure"),
    "J": Unit("Wh", "energy", TOTAL, factor=1 / 3600),
    "W": Unit("W", "power"),
    "C": Unit("C"),
    "V": Unit("V", "voltage"),
    "F": Unit("F"),
    "Ohm": Unit("Ω"),
    "S": Unit("S"),
    "Wb": Unit("Wb"),
    "T": Unit("T"),
    "H": Unit("H"),
    "Cel": Unit("°C", "temperature"),
    "lm": Unit("lm"),
    "lx": Unit("lx", "illuminance"),
    "Bq": Unit("Bq"),
    "Gy": Unit("Gy"),
    "Sv": Unit("Sv"),
    "kat": Unit("kat"),
    "m2": Unit("m²"),
    "m3": Unit("m³", "volume_storage"),
    "l": Unit("L", "volume_storage"),
    "m/s": Unit("m/s", "speed"),
    "m/s2": Unit("m/s²"),
    "m3/s": Unit("m³/h", "volume_flow_rate", factor=3600),
    "l/s": Unit("L/min", "volume_flow_rate", factor=60),
    "W/m2": Unit("W/m²", "irradiance"),
    "cd/m2": Unit("cd/m²"),
    "bit": Unit("bit", "data_size"),
    "bit/s": Unit("bit/s", "data_rate"),
    "lat": Unit("°"),
    "lon": Unit("°"),
    "pH": Unit(None, "ph"),
    "dB": Unit("dB"),
    "dBW": Unit("dBm", "signal_strength", offset=30),
    "Bspl": Unit("dB", "sound_pressure", factor=10),
    "count": Unit(None, None, RISING),
    "/": Unit(None),
    "%": Unit("%"),
    "%RH": Unit("%", "humidity"),
    "%EL": Unit("%", "battery"),
    "EL": Unit("s", "duration"),
    "1/s": Unit("1/s"),
    "1/min": Unit("1/min"),
    "beat/min": Unit("bpm"),
    "beats": Unit("beats", None, RISING),
    "S/m": Unit("S/m"),
    "B": Unit("B", "data_size"),
    "VA": Unit("VA", "apparent_power"),
    "var": Unit("var", "reactive_power"),
    "kg/m3": Unit("kg/m³"),
    "deg": Unit("°"),
    "ms": Unit("s", "duration", factor=1 / 1000),
    "min": Unit("min", "duration"),
    "h": Unit("h", "duration"),
    "MHz": Unit("MHz", "frequency"),
    "kW": Unit("kW", "power"),
    "kVA": Unit("VA", "apparent_power", factor=1000),
    "kvar": Unit("var", "reactive_power", factor=1000),
    "Wh": Unit("Wh", "energy", TOTAL),
    "kWh": Unit("kWh", "energy", TOTAL),
    "KiB": Unit("KiB", "data_size"),
    "GB": Unit("GB", "data_size"),
    "Mbit/s": Unit("Mbit/s", "data_rate"),
    "B/s": Unit("B/s", "data_rate"),
    "MB/s": Unit("MB/s", "data_rate"),
    "mV": Unit("mV", "voltage"),
    "mA": Unit("mA", "current"),
    "dBm": Unit("dBm", "signal_strength"),
    "ug/m3": Unit("µg/m³"),
    "mm/h": Unit("mm/h", "precipitation_intensity"),
    "m/h": Unit("m/h"),
    "/100": Unit("%"),
    "/1000": Unit("‰"),
    "hPa": Unit("hPa", "pressure"),
    "mm": Unit("mm", "distance"),
    "cm": Unit("cm", "distance"),
    "km": Unit("km", "distance"),
    "km/h": Unit("km/h", "speed"),
    # In no registry, but on many devices.
    "lux": Unit("lx", "illuminance"),
}


def unit_of(senml):
    """The Unit of what a record says; one that is not known is shown as it is."""
    if not senml:
        return Unit(None)
    known = UNITS.get(senml)
    if known is not None:
        return known
    shown = "".join(c for c in senml[:_MAX_UNIT] if c.isprintable())
    return Unit(shown or None)
