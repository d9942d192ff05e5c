"""The stock wish-core with a Node app on it, as a contender (uwish_host.bench.contender).

A core takes 100 connections and 128 contacts, so it meets at most 90 devices.
"""

import contextlib
from pathlib import Path

from harness.wish_core import HOST, WishCore

from uwish.documents import Document
from uwish_host.bench.child import Child

MAX_DEVICES = 90
_APP = Path(__file__).with_name("stock_app.js")


class StockCore:
    """Its state goes to `directory`. Only where there is nothing but loopback (harness)."""

    host = HOST
    name = "stock wish-core + Node app"

    def __init__(self, directory, identities):
        if len(identities) > MAX_DEVICES:
            raise ValueError(f"a stock core takes no more than {MAX_DEVICES} devices")
        self._core = WishCore(directory).start()
        try:
            self._app = Child("node", _APP, self._core.app_port)
            try:
                self._app.answer()
                self.port = self._core.port
                self._introduce(identities)
            except BaseException:
                self._app.close()
                raise
        except BaseException:
            self._core.stop()
            raise

    def pids(self):
        """See contender."""
        return [self._core.pid, self._app.pid]

    def mark(self, every=1):
        """See contender."""
        return self._app.ask("mark", every=every)

    def close(self):
        """See contender. A core that has crashed under the load is no news here."""
        self._app.close()
        with contextlib.suppress(AssertionError):
            self._core.stop()

    def _introduce(self, identities):
        uid = self._request("identity.create", "gateway")["uid"]
        document = bytes.fromhex(self._request("identity.export", uid)["data"]["$hex"])
        own = Document(document)
        self.uid = own.uid
        self.public = own.public
        for identity in identities:
            self._request("identity.import", {"$hex": identity.document().hex()})

    def _request(self, method, *args):
        answer = self._app.ask("request", method=method, args=args)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["data"]
