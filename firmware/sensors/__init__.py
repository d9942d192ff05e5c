"""Sensors: one module each, chosen by name in the configuration.

A module `sensors.NAME` (any board) or `board_sensors.NAME` (this board) has a class `Sensor`:

    Sensor(options)      options: a dict from the configuration; whatever is slow or may fail for
                         good happens here, and raises OSError when there is no such sensor
    sensor.read(pack)    adds its records to a `uwish.senml.Pack` and returns the status of the last
                         (200 or 507); adds nothing, and returns 200, when there is nothing to say;
                         raises OSError when the reading failed this time
"""


def load(name, options):
    """The sensor called `name`. ValueError when there is no module for it, OSError when it is not
    there or does not answer."""
    for package in ("board_sensors", "sensors"):
        path = package + "." + name
        try:
            module = __import__(path, None, None, ("Sensor",))
        except ImportError:
            continue
        return module.Sensor(options)
    raise ValueError("there is no sensor called %r" % name)
