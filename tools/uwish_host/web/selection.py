"""Which devices of the fleet a page shows: those that match, a hundred at a time."""

import hashlib
import urllib.parse

PER_PAGE = 100
MAX_SEARCH = 64  # characters
SHOWN = ("all", "online", "offline")


class Selection:
    """`search` is in the alias or the app's name, or begins the uid; `show` is one of SHOWN; `page`
    counts from 1."""

    def __init__(self, search="", show="all", page=1):
        self.search = search
        self.show = show
        self.page = page

    @classmethod
    def of(cls, query):
        """Of a request's query; ValueError in words when it makes no sense."""
        search = query.get("q", "").strip()
        show = query.get("show", "all")
        page = query.get("page", "1")
        if len(search) > MAX_SEARCH:
            raise ValueError(f"q has at most {MAX_SEARCH} characters")
        if show not in SHOWN:
            raise ValueError(f"show is one of {', '.join(SHOWN)}")
        if not (page.isascii() and page.isdigit() and 1 <= len(page) <= 6 and int(page)):
            raise ValueError("page is a number from 1 on")
        return cls(search, show, int(page))

    def query(self, page=None):
        """The same as a query, for another page of it."""
        parts = {"q": self.search, "show": self.show, "page": page or self.page}
        usual = {"q": "", "show": "all", "page": 1}
        return urllib.parse.urlencode({k: v for k, v in parts.items() if v != usual[k]})

    def of_fleet(self, fleet):
        """A Page of `fleet` (fleet.Fleet)."""
        rows = fleet.rows()
        if self.search:
            wanted = self.search.casefold()
            rows = [row for row in rows if _matches(row, wanted)]
        if self.show != "all":
            rows = [row for row in rows if row.online == (self.show == "online")]
        pages = max(1, -(-len(rows) // PER_PAGE))
        page = min(self.page, pages)
        return Page(rows[(page - 1) * PER_PAGE : page * PER_PAGE], len(rows), page, pages)


class Page:
    """`rows`, of `found` that match; it is number `page` of `pages`. `layout` differs when other
    devices are in it, or in another order."""

    def __init__(self, rows, found, page, pages):
        self.rows = rows
        self.found = found
        self.page = page
        self.pages = pages
        digest = hashlib.blake2b(digest_size=8)
        for row in rows:
            digest.update(row.device.ruid)
        self.layout = f"{digest.hexdigest()}-{found}"


def _matches(row, wanted):
    return (
        wanted in row.alias.casefold()
        or wanted in row.device.name.casefold()
        or row.uid.startswith(wanted)
    )
