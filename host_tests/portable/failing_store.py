"""A store whose flash can be full."""

from uwish.memory_store import MemoryStore


class FailingStore(MemoryStore):
    """While `full`, saving raises OSError. `saves`: the names that were saved, in order."""

    def __init__(self):
        MemoryStore.__init__(self)
        self.full = False
        self.saves = []

    def save(self, name, value):
        """As MemoryStore's, when there is room."""
        if self.full:
            raise OSError(28)
        self.saves.append(name)
        MemoryStore.save(self, name, value)
