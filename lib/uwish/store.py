"""Where an App keeps its identity, contacts and pins: on flash (`flash.py` says how)."""

import os

from .compat import forget_module


class FileStore:
    """Keeps values as files in `directory`, which is made when it is missing."""

    def __init__(self, directory):
        self._directory = directory
        self.damaged = []  # names whose files were all unreadable when they were loaded
        try:
            os.mkdir(directory)
        except OSError:
            pass  # there already; a real obstacle shows when something is saved

    def load(self, name):
        """The value (bytes) saved last under `name`, None when there is none. When there are files
        and none is sound, None as well, and `damaged` names it."""
        from .flash import load

        value = load(self._directory, name)
        forget_module("uwish.flash")
        if value is False:
            if name not in self.damaged:
                self.damaged.append(name)
            return None
        return value

    def save(self, name, value):
        """Keep `value` under `name`; OSError when the flash is full or broken, the old value stays
        then."""
        from .flash import save

        save(self._directory, name, value)
        forget_module("uwish.flash")
