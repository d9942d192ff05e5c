"""How far publishing came, kept in the state directory, so that the next start goes on there:

    {"format": "uwish mqtt 1", "broker": "HOST:PORT/PREFIX", "published": NUMBER}

NUMBER is that of the last frame of `readings.db` which the broker has acknowledged, with all before
it. It is written now and then, so that after a crash some frames are published twice.
"""

import json

from .. import files

FORMAT = "uwish mqtt 1"
_REMEDY = "remove it, and what comes from now on is published, but not what waits"


class Position:
    """`published` for one broker (text); None when nothing is known for it: a new broker is told
    what happens from now on, not what happened before it was there."""

    def __init__(self, path, broker):
        self.published = None
        self._path = path
        self._broker = broker
        self._written = None
        if path.exists():
            fields = files.read_json(path, "the position of publishing by MQTT", _REMEDY)
            if isinstance(fields, dict) and fields.get("format") == FORMAT:
                number = fields.get("published")
                if fields.get("broker") == broker and isinstance(number, int):
                    self.published = self._written = number

    def changed(self):
        """True when what is in the file is older."""
        return self.published != self._written

    def write(self):
        """Keep it; OSError when that is not possible. May be called in a thread."""
        number = self.published
        fields = {"format": FORMAT, "broker": self._broker, "published": number}
        files.replace(self._path, json.dumps(fields) + "\n")
        self._written = number
