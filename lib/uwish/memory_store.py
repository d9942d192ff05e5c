"""A store that forgets."""


class MemoryStore:
    """Keeps values until the power goes: for tests, and for devices that are provisioned at every
    start."""

    def __init__(self):
        self.damaged = []
        self._values = {}

    def load(self, name):
        """The value saved under `name`, None when there is none."""
        return self._values.get(name)

    def save(self, name, value):
        """Keep a copy of `value` under `name`."""
        self._values[name] = bytes(value)
