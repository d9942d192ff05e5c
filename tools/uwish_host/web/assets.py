"""The static files: read once, named by what is in them, so that a browser keeps them for good."""

import gzip
import hashlib
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
PLOTS = "uplot/uPlot.iife.min.js"  # from npm; `make setup` puts it there, a wheel has it

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """Every file in `folder` that a browser may ask for."""

    def __init__(self, folder=FOLDER):
        self._files = {}
        for path in sorted(folder.glob("**/*")):
            if path.suffix in _TYPES:
                name = path.relative_to(folder).as_posix()
                self._files[name] = _Asset(path.read_bytes(), _TYPES[path.suffix])

    @property
    def has_plots(self):
        """True when the chart library is there."""
        return PLOTS in self._files

    def path(self, name):
        """Where a page finds it."""
        return f"static/{name}?v={self._files[name].version}"

    async def answer(self, request):
        """The handler."""
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound(text="There is no such file.")
        return asset.answer(request)


class _Asset:
    def __init__(self, body, content_type):
        self.version = hashlib.sha256(body).hexdigest()[:16]
        self._body = body
        self._gzip = gzip.compress(body, mtime=0)
        self._type = content_type

    def answer(self, request):
        # A page names the version; who asks without one has to ask again each time.
        asked = request.query.get("v") == self.version
        headers = {
            "ETag": f'"{self.version}"',
            "Cache-Control": _FOR_GOOD if asked else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if any(tag.value in (self.version, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        body = self._body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = self._gzip
            headers["Content-Encoding"] = "gzip"
        headers["Content-Type"] = self._type
        return web.Response(body=body, headers=headers)
