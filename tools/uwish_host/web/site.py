"""What pages, the API and live events have in common."""

import asyncio
import functools
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jinja2

from . import words
from .assets import Assets
from .fields import fleet_fields

TEMPLATES = Path(__file__).parent / "templates"
_TURN = 10  # devices between two looks at everything else that waits in the event loop
_TOTALS_S = 0.9


class Site:
    """`fleet` (fleet.Fleet), `history` (History, None without storage), `alias` of the gateway,
    `warn(text)`. `run` is another one each time the gateway starts."""

    def __init__(self, fleet, history, alias, warn, clock=time.time):
        self.fleet = fleet
        self.history = history
        self.alias = words.short(alias)
        self.warn = warn
        self.clock = clock
        self.run = secrets.token_hex(4)
        self.assets = Assets()
        self._made = {}  # uid: _Made
        self._totals = (None, -1.0)
        self._renderer = ThreadPoolExecutor(1, "pages")

    async def render(self, template, root, **values):
        """A page as text, made in a thread; `root` leads from it to where the site begins."""
        values.update(root=root, gateway=self.alias, assets=self.assets, now=self.clock())
        made = _templates().get_template(template)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._renderer, lambda: made.render(values))

    async def devices(self, rows):
        """fleet_fields of Rows; made anew for those that changed."""
        return [made.fields async for made in self._entries(rows)]

    async def encoded(self, rows):
        """The same as JSON, {uid: text}."""
        return {made.fields["uid"]: made.encoded() async for made in self._entries(rows)}

    def totals(self):
        """Of the fleet: devices, online, rate (frames a second), full, reconnects; at most a second
        old."""
        totals, made = self._totals
        now = time.monotonic()
        if totals is None or now - made > _TOTALS_S:
            of_all = self.fleet.totals()
            totals = {name: of_all[name] for name in ("devices", "online", "full", "reconnects")}
            totals["rate"] = round(of_all["rate"], 1)
            self._totals = (totals, now)
        return totals

    def close(self):
        """End its thread."""
        self._renderer.shutdown()

    async def _entries(self, rows):
        for number, row in enumerate(rows):
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            yield self._entry(row)

    def _entry(self, row):
        stamp = (row, row.version, round(row.rate, 1))
        known = self._made.get(row.uid)
        if known is not None and known.stamp == stamp:
            return known
        if len(self._made) > 2 * len(self.fleet.rows()) + 100:
            self._made.clear()  # devices that are no contacts any more
        made = self._made[row.uid] = _Made(stamp, fleet_fields(row))
        return made


class _Made:
    """What was made of a row, while `stamp` is what it is: for all clients at once."""

    __slots__ = ("fields", "stamp", "_encoded")

    def __init__(self, stamp, fields):
        self.stamp = stamp
        self.fields = fields
        self._encoded = None

    def encoded(self):
        if self._encoded is None:
            self._encoded = json.dumps(self.fields)
        return self._encoded


@functools.cache
def _templates():
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        ago=words.show_ago, duration=words.show_duration, iso=words.iso, moment=_moment
    )
    return made


def _moment(seconds):
    """Local time of the gateway, to the second."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return str(seconds)
