"""Sensors: one module each, chosen by name in the configuration.

A module `sensors.NAME` (any board) or `board_sensors.NAME` (this board) has OPTIONS, the names of
its options (another one in the configuration is warned of), and a class `Sensor`:

    Sensor(options)      options: a dict from the configuration; whatever is slow or may fail for
                         good happens here, and raises OSError when there is no such sensor,
                         ValueError when an option is wrong
    sensor.read(pack)    adds its records to a `uwish.senml.Pack` and returns the status of the last
                         (200 or 507); adds nothing, and returns 200, when there is nothing to say;
                         raises OSError when the reading failed this time

and, where it makes sense,

    sensor.prepare_ms    what it needs between `prepare()` and `read()`: nobody waits for it then
    sensor.prepare()     begins a measurement; raises OSError when that failed
    sensor.urgent        True while there is something that is not to wait for the interval

The option `name` of every sensor goes before the names of its records, so that there may be two of
a kind: `"name": "roof"` makes `roof-temperature`.
"""

from uwish.log import warn


def load(name, options):
    """The sensor called `name`. ValueError when there is no module for it or an option is wrong,
    OSError when it is not there or does not answer."""
    for package in ("board_sensors", "sensors"):
        path = package + "." + name
        try:
            module = __import__(path, None, None, ("Sensor",))
        except ImportError:
            continue
        _warn_of_others(name, options, getattr(module, "OPTIONS", None))
        return module.Sensor(options)
    raise ValueError("there is no sensor called %r" % name)


def label(options, name):
    """The record name `name`, with what the configuration puts before it, as bytes."""
    prefix = options.get("name")
    return ("%s-%s" % (prefix, name) if prefix else name).encode()


def pin(options, *mode):
    """The `machine.Pin` at option `pin`; ValueError with a sentence when there is none."""
    import machine

    number = options.get("pin")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("pin: must be the number of a pin")
    try:
        return machine.Pin(number, *mode)
    except (ValueError, OSError):
        raise ValueError("pin: this chip has no pin %d that can do this" % number) from None


def number(options, key, default):
    """The number at option `key`; ValueError with a sentence when it is something else."""
    value = options.get(key, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError("%s: must be a number" % key)
    return value


def _warn_of_others(name, options, known):
    if known is None:
        return
    for key in options:
        if key not in known and key not in ("sensor", "name"):
            warn("config: sensor %s has no option %s, it does nothing", name, key)
