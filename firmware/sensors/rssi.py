"""How strong the Wi-Fi is: health that explains most of the rest."""

from uwish.status import OK

from . import label

OPTIONS = ()


class Sensor:
    """`rssi`, in dBW, the unit that SenML has for it (RFC 8428 section 12.1): 30 less than the dBm
    of a data sheet. Says nothing while there is no connection."""

    def __init__(self, options):
        try:
            import network
        except ImportError:
            raise OSError("this board has no Wi-Fi") from None
        self._wlan = network.WLAN(network.STA_IF)
        self._label = label(options, "rssi")

    def read(self, pack):
        if not self._wlan.isconnected():
            return OK
        return pack.number(self._label, self._wlan.status("rssi") - 30, 0, "dBW")
