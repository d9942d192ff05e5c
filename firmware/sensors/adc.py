"""A voltage at a pin, and what it stands for."""

from . import label, number, pin

OPTIONS = ("pin", "scale", "offset", "unit", "attenuation", "samples")
_ATTENUATIONS = {"0db": "ATTN_0DB", "2.5db": "ATTN_2_5DB", "6db": "ATTN_6DB", "11db": "ATTN_11DB"}


class Sensor:
    """`voltage`, in volts, at option `pin`: the mean of `samples` readings (8), by the chip's own
    calibration (`ADC.read_uv`). `attenuation` is "11db" (up to 2.5 V, the default), "6db", "2.5db"
    or "0db" (up to 0.95 V). With `scale` and `offset` the value is volts * scale + offset, in
    `unit`: a divider of two equal resistors has the scale 2. With `name` that is the record's name
    as it stands: `"name": "battery"`."""

    def __init__(self, options):
        import machine

        attenuation = _ATTENUATIONS.get(options.get("attenuation", "11db"))
        if attenuation is None:
            raise ValueError('attenuation: must be "0db", "2.5db", "6db" or "11db"')
        self._samples = number(options, "samples", 8)
        if not isinstance(self._samples, int) or not 1 <= self._samples <= 64:
            raise ValueError("samples: must be 1 to 64")
        self._scale = number(options, "scale", 1)
        self._offset = round(number(options, "offset", 0) * 1000000)
        self._unit = options.get("unit", "V")
        if not isinstance(self._unit, str):
            raise ValueError("unit: must be text, such as V")
        its_pin = pin(options)
        try:
            self._adc = machine.ADC(its_pin)
        except (ValueError, OSError):
            raise ValueError(
                "pin: this chip measures no voltage at pin %d" % options["pin"]
            ) from None
        if hasattr(machine.ADC, attenuation):
            self._adc.atten(getattr(machine.ADC, attenuation))
        self._label = (options.get("name") or label({}, "voltage").decode()).encode()

    def read(self, pack):
        total = 0
        for _ in range(self._samples):
            total += self._adc.read_uv()
        micro = round(total // self._samples * self._scale) + self._offset
        return pack.number(self._label, micro, -6, self._unit)
