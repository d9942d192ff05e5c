"""The application: routes, what surrounds them, and how errors look."""

from aiohttp import web

from ..rate_limit import RateLimit
from .api import Api
from .guard import Hosts, add_headers, guarding
from .history import Unavailable
from .live import Live
from .pages import Pages


def make_app(site, address, names=()):
    """The aiohttp application for `site` (Site), which listens on `address` and is also called
    `names`."""
    # The outermost is the first: also a refusal is said in a page.
    app = web.Application(
        middlewares=[_explaining(site), guarding(Hosts(address, names))], client_max_size=1
    )
    live = Live(site)
    pages = Pages(site)
    app.add_routes([*pages.routes(), *live.routes(), *Api(site).routes()])
    app.router.add_get("/static/{name:.+}", site.assets.answer)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(live.close)
    return app


def _explaining(site):
    """A middleware: errors become a page, or JSON where JSON was asked for."""
    limit = RateLimit(burst=3, per_s=0.1)

    @web.middleware
    async def explain(request, handler):
        headers = {}
        try:
            return await handler(request)
        except web.HTTPException as error:
            status, text = error.status, error.text
            headers = {
                name: error.headers[name]
                for name in ("Allow", "Retry-After", "Location")
                if name in error.headers
            }
            if text == f"{status}: {error.reason}":
                text = "There is nothing here."
        except Unavailable as error:
            status, text = 503, f"{error}."
            headers = {"Retry-After": "5"}
        except Exception as error:
            status, text = 500, "Something went wrong in the gateway."
            if limit.passes():
                site.warn(f"page: {type(error).__name__}: {error}")
        if request.path.startswith("/api/"):
            return web.json_response({"error": text}, status=status, headers=headers)
        root = "../" * max(0, request.path.count("/") - 1)
        body = await site.render("error.html", root, status=status, text=text)
        return web.Response(text=body, status=status, headers=headers, content_type="text/html")

    return explain
