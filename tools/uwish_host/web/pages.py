"""The pages: the fleet, and one for each device."""

import asyncio

from aiohttp import web

from .api import (
    DEFAULT_RANGE,
    RANGES,
    asked,
    asked_range,
    find,
    frames_until,
    live_series,
    packed,
)
from .fields import device_fields, frame_fields, series_fields, span_fields
from .history import Unavailable
from .selection import PER_PAGE, SHOWN, Selection
from .timeline import bars

PLOTS = 12  # on one page
_CHANGES = 20  # of presence, in the table


class Pages:
    """Handlers for `site` (Site)."""

    def __init__(self, site):
        self._site = site

    def routes(self):
        """All of them, and where."""
        return [web.get("/", self.fleet), web.get("/device/{uid}", self.device)]

    async def fleet(self, request):
        """The table of all devices, a hundred at a time."""
        site = self._site
        selection = asked(Selection.of, request.query)
        page = selection.of_fleet(site.fleet)
        devices = await site.devices(page.rows)
        text = await site.render(
            "fleet.html",
            "",
            devices=devices,
            totals=site.totals(),
            page=page,
            per_page=PER_PAGE,
            selection=selection,
            shown=SHOWN,
        )
        return _html(text)

    async def device(self, request):
        """One device: its readings, plots, presence, last frames."""
        site = self._site
        row = find(site, request)
        span_name, span = asked_range(request)
        page = asked(Selection.of, {"page": request.query.get("plots", "1")}).page
        kept = _Kept(site, row, span)
        problem = await kept.look()
        pages = max(1, -(-len(kept.series) // PLOTS))
        page = min(page, pages)
        text = await site.render(
            "device.html",
            "../",
            device=device_fields(row),
            stored=site.history is not None,
            problem=problem,
            series=[series_fields(one) for one in kept.series[(page - 1) * PLOTS : page * PLOTS]],
            plot_page=page,
            plot_pages=pages,
            range=span_name,
            ranges=list(RANGES),
            default_range=DEFAULT_RANGE,
            spans=[span_fields(one) for one in kept.spans[::-1][:_CHANGES]],
            bars=bars(kept.spans),
            online_share=_share(kept.spans),
            since=kept.since,
            frames=[frame_fields(*frame) for frame in kept.frames],
        )
        return _html(text)


class _Kept:
    """What storage has of a device, and nothing without it."""

    def __init__(self, site, row, span):
        self.series = []
        self.spans = []
        self.frames = []
        self._site = site
        self._row = row
        self._until = site.clock()
        self.since = self._until - span

    async def look(self):
        """Find it; the text says what was in the way."""
        history = self._site.history
        if history is None:
            self.series = live_series(self._row)
            return ""
        uid = self._row.uid
        try:
            self.series, self.spans, (self.frames, _) = await asyncio.gather(
                history.series(uid),
                history.presence(uid, self.since, self._until),
                history.frames(uid, frames_until(self._site, self._row)),
            )
        except Unavailable as error:
            return str(error)
        return ""


def _share(spans):
    """How much of the time that is known it was online, from 0 to 1; None when none is."""
    known = sum(span.end - span.start for span in spans if span.online is not None)
    online = sum(span.end - span.start for span in spans if span.online)
    return online / known if known else None


def _html(text):
    return packed(web.Response(text=text, content_type="text/html"))
