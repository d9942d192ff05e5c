"""`esp32`: the chip's temperature, wake sources, and NVS, kept until the flash is erased."""

from . import bus

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
HEAP_DATA = 4
HEAP_EXEC = 1


def mcu_temperature():
    """Whole degrees Celsius (S2, S3, C3)."""
    return bus.ask("temperature")


def raw_temperature():
    """Whole degrees Fahrenheit (ESP32)."""
    return bus.ask("temperature") * 9 // 5 + 32


def idf_heap_info(capabilities):
    """[(total, free, largest free, least free)] in bytes: the heap beside Python's; made up."""
    return [(160000, 90000, 60000, 80000)]


def wake_on_ext0(pin=None, level=0):
    """Accepted; `uwish sim-control wake` wakes."""


def wake_on_ext1(pins=None, level=0):
    """Accepted; `uwish sim-control wake` wakes."""


def wake_on_touch(wake):
    """Accepted; `uwish sim-control wake` wakes."""


def gpio_deep_sleep_hold(enable):
    """Accepted."""


class NVS:
    """Named integers and blobs of one namespace."""

    def __init__(self, namespace):
        self._namespace = namespace

    def set_i32(self, key, value):
        """Keep an integer."""
        bus.ask("nvs-set", [self._namespace, key, value])

    def get_i32(self, key):
        """The integer; OSError when there is none."""
        value = bus.ask("nvs-get", [self._namespace, key])
        if not isinstance(value, int):
            raise OSError("ESP_ERR_NVS_NOT_FOUND")
        return value

    def set_blob(self, key, value):
        """Keep bytes."""
        bus.ask("nvs-set", [self._namespace, key, list(bytes(value))])

    def get_blob(self, key, buffer):
        """Fill `buffer`; how many bytes there are."""
        value = bus.ask("nvs-get", [self._namespace, key])
        if not isinstance(value, list):
            raise OSError("ESP_ERR_NVS_NOT_FOUND")
        buffer[: len(value)] = bytes(value)
        return len(value)

    def erase_key(self, key):
        """Forget it; OSError when there is none."""
        bus.ask("nvs-erase", [self._namespace, key])

    def commit(self):
        """Nothing waits."""
