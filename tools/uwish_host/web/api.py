"""The same as the pages show, as JSON (docs/GATEWAY.md has the fields and limits)."""

from aiohttp import web

from .fields import device_fields, frame_fields, series_fields, span_fields
from .points import Points, Series
from .selection import PER_PAGE, Selection

RANGES = {"1h": 3600, "24h": 86400, "7d": 7 * 86400, "30d": 30 * 86400}
DEFAULT_RANGE = "24h"
_MAX_NAME = 256
_KINDS = ("number", "boolean", "sum")


class Api:
    """Handlers for `site` (Site)."""

    def __init__(self, site):
        self._site = site

    def routes(self):
        """All of them, and where."""
        device = "/api/device/{uid}"
        return [
            web.get("/api/fleet", self.fleet),
            web.get(device, self.device),
            web.get(f"{device}/series", self.series),
            web.get(f"{device}/points", self.points),
            web.get(f"{device}/presence", self.presence),
            web.get(f"{device}/frames", self.frames),
        ]

    async def fleet(self, request):
        """A page of the fleet."""
        site = self._site
        page = asked(Selection.of, request.query).of_fleet(site.fleet)
        return web.json_response(
            {
                "gateway": site.alias,
                "now": site.clock(),
                "stored": site.history is not None,
                **site.totals(),
                "found": page.found,
                "page": page.page,
                "pages": page.pages,
                "per_page": PER_PAGE,
                "list": await site.devices(page.rows),
            }
        )

    async def device(self, request):
        """One device with all its readings."""
        row = find(self._site, request)
        return web.json_response({"now": self._site.clock(), **device_fields(row)})

    async def series(self, request):
        """What can be plotted of it."""
        row = find(self._site, request)
        history = self._site.history
        found = live_series(row) if history is None else await history.series(row.uid)
        return web.json_response(
            {"stored": history is not None, "list": [series_fields(series) for series in found]}
        )

    async def points(self, request):
        """A plot: with storage of a range, without of what came last."""
        row = find(self._site, request)
        name = request.query.get("name", "")
        if not 0 < len(name) <= _MAX_NAME:
            raise bad(f"name is needed, of at most {_MAX_NAME} characters")
        kind = request.query.get("kind", "number")
        if kind not in _KINDS:
            raise bad(f"kind is one of {', '.join(_KINDS)}")
        wanted = Series(name, request.query.get("unit", "")[:_MAX_NAME], kind)
        span = asked_range(request)[1]
        now = self._site.clock()
        history = self._site.history
        if history is None:
            found = live_points(row, wanted)
        else:
            found = await history.plot(row.uid, wanted, span, now)
        fields = {
            "stored": history is not None,
            **series_fields(wanted),
            "since": now - span,
            "until": now,
            "step": found.step,
            **{column: getattr(found, column) for column in ("time", "mean", "low", "high")},
        }
        return packed(web.json_response(fields))

    async def presence(self, request):
        """When it was here, in a range."""
        row = find(self._site, request)
        history = stored(self._site)
        until = self._site.clock()
        since = until - asked_range(request)[1]
        spans = await history.presence(row.uid, since, until)
        fields = {"since": since, "until": until, "list": [span_fields(span) for span in spans]}
        return packed(web.json_response(fields))

    async def frames(self, request):
        """Its last frames."""
        row = find(self._site, request)
        found, complete = await stored(self._site).frames(row.uid, frames_until(self._site, row))
        return web.json_response(
            {"complete": complete, "list": [frame_fields(*frame) for frame in found]}
        )


def find(site, request):
    """The Row that the request is about; 404 when it is no device of ours."""
    row = site.fleet.row(request.match_info["uid"])
    if row is None or row.uid != request.match_info["uid"]:
        raise web.HTTPNotFound(text="There is no such device among this gateway's contacts.")
    return row


def asked(make, query):
    """make(query), and 400 with its words for a ValueError."""
    try:
        return make(query)
    except ValueError as error:
        raise bad(str(error)) from None


def asked_range(request):
    """(name, seconds) of the range asked for."""
    name = request.query.get("range", DEFAULT_RANGE)
    if name not in RANGES:
        raise bad(f"range is one of {', '.join(RANGES)}")
    return name, RANGES[name]


def bad(text):
    """400, in words."""
    return web.HTTPBadRequest(text=f"That is no question we know: {text}.")


def stored(site):
    """The History; 404 when nothing is stored."""
    if site.history is None:
        raise web.HTTPNotFound(text="This gateway stores nothing (--no-store).")
    return site.history


def frames_until(site, row):
    """Frames are looked for from the device's last one on."""
    return site.clock() + 1 if row.last is None else row.last + 1


def live_series(row):
    """Series of what the fleet remembers of a Row."""
    return [
        Series(latest.name, latest.unit or "")
        for latest in row.readings.values()
        if len(latest.trend) > 1
    ]


def live_points(row, wanted):
    """Points of the fleet's last 60 numbers."""
    points = Points(0.0)
    latest = row.readings.get(wanted.name)
    if latest is not None and (latest.unit or "") == wanted.unit:
        for time, value in sorted(latest.trend):
            points.add(time, value, value, value)
    return points


def packed(response):
    """The response, compressed on its way (aiohttp does that in a thread)."""
    response.enable_compression()
    return response
