"""A device in the process of the test, online at a gateway in another."""

import time

from command_line import GIVE_UP_S, ok

import uwish


class Device:
    """A device of this process, online at a gateway."""

    def __init__(self, gateway, state, alias="lamp", name="device"):
        self.app = uwish.App(name, protocols=("sensor",))
        self.app.identity.create(alias)
        self.frames = []
        self.online = []
        self.app.on("online", self.online.append)
        self.app.on("offline", self.online.remove)
        self.app.on("frame", lambda peer, data: self.frames.append(bytes(data)))
        ok("device", "add", "--state", state, self.app.identity.export().hex())
        self.app.identity.import_(bytes.fromhex(gateway.listening["document"]))
        own = bytes.fromhex(gateway.listening["uid"])
        self.app.peer.pin(self.app.uid, own, uwish.ANY_HOST, "always")
        self.until(lambda: self.online)

    def until(self, condition):
        deadline = time.monotonic() + GIVE_UP_S
        while not condition():
            self.app.poll(2)
            assert time.monotonic() < deadline, "waited in vain"
