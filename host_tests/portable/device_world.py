"""A board with the whole firmware on it, and a gateway on a loopback socket, for tests of
`device.py`: time is simulated, and power, Wi-Fi and gateway do what a test says."""

import json
import os
import sys
from binascii import hexlify

sys.path.insert(0, "firmware")

import agent
import clock
import safemode
import sensors
import sleep
import supervisor
import ticks
from fakes_board import Board, FakeNetwork, FakeRTC, Module
from loopback_gateway import FakeGateway

from uwish import crypto, log, node
from uwish.net import ticks_ms
from uwish.status import OK

BOARD = Module(
    NAME="board",
    SENSORS=("counter",),
    POOLS={"tx_size": 1024, "max_pins": 2, "max_peers": 2, "max_contacts": 2},
    EPOCH=1970,
    clock=clock.now,
    WATCHDOG_S=60,
    LED_PIN=2,
    FREQUENCY=240000000,
)


def _device_on(board):
    """The module `device`, with this board; whoever imports `uwish_board` later gets his own."""
    before = sys.modules.pop("uwish_board", None)
    sys.modules["uwish_board"] = board
    import device

    del sys.modules["uwish_board"]
    if before is not None:
        sys.modules["uwish_board"] = before
    return device


device = _device_on(BOARD)

# One of its own for each process: both interpreters may be at it at once.
FOLDER = "build/test-board-" + hexlify(os.urandom(4)).decode()
WIFI = {"ssid": "home", "password": "correct horse battery"}


class Counter:
    """A sensor that says how often it was asked."""

    count = 0

    def read(self, pack):
        Counter.count += 1
        return pack.number("count", Counter.count)


class FakeTime:
    """The board's clock: seconds since power-on until it is set."""

    def __init__(self, world):
        self.world = world
        self.ahead = 0

    def time(self):
        return self.world.now // 1000 + self.ahead

    def gmtime(self, seconds):
        import time

        return time.gmtime(seconds)


class World:
    """`config` is what /config.json holds. `start()` runs boot.py and main.py up to the loop,
    `run()` turns it."""

    def __init__(self, **config):
        self.now = 5000
        self.network = FakeNetwork()
        self.wlan = self.network.wlan
        self.wlan.linked = True
        self.board = Board(network=self.network)
        self.machine = self.board.machine
        self.lines = []
        self.device = None
        self._patch()
        remove(FOLDER)
        os.mkdir(FOLDER)
        self.gateway = FakeGateway()
        document = "".join(["%02x" % b for b in self.gateway.document])
        self.config = {
            "wifi": WIFI,
            "gateway": {"document": document, "transports": [self.gateway.transport]},
        }
        self.config.update(config)

    def _patch(self):
        Counter.count = 0
        self._before = (sensors.load, crypto.KeyExchange, clock.time)
        log.sink = self.lines.append
        safemode.print = supervisor.print = self.lines.append
        safemode.why = ""
        device.CONFIG = FOLDER + "/config.json"
        device.STORE = FOLDER + "/store"
        for module in (agent, device, sleep):
            module.now_ms = lambda: self.now
        node.ticks_ms = lambda: self.now
        device.sleep_ms = self.pass_ms
        sensors.load = self._load_sensor
        exchange = crypto.KeyExchange
        crypto.KeyExchange = lambda e=7: exchange(e)
        clock.time = FakeTime(self)

    def close(self):
        """Power off, and everything as it was."""
        self.stop()
        self.gateway.stop()
        sensors.load, crypto.KeyExchange, clock.time = self._before
        for module in (agent, device, sleep):
            module.now_ms = ticks.now_ms
        node.ticks_ms = ticks_ms
        log.sink = safemode.print = supervisor.print = print
        log.level = log.WARN
        self.board.remove()
        remove(FOLDER)

    def write_config(self, text=None):
        """Put `text` there, or `config` as JSON."""
        with open(device.CONFIG, "w") as f:
            f.write(json.dumps(self.config) if text is None else text)

    def boot(self, cause=None):
        """boot.py and main.py; when that comes to the loop, stay before its first turn."""
        if cause is not None:
            self.machine.cause = cause
        safemode.decide()
        made = device.Device
        device.Device = self._stop_before_the_loop
        self.device = None
        self._made = made
        try:
            device.run()
        finally:
            device.Device = made

    def start(self, cause=None):
        """As `boot`, with a good configuration; the Device."""
        self.write_config()
        self.boot(cause)
        if self.device:
            identity = self.device._app._node.identity
            self.gateway.host.contacts[identity.uid] = identity.public
        return self.device

    def stop(self):
        """Pull the plug."""
        if self.device:
            self.device._app.close()
            self.device = None

    def pass_ms(self, ms):
        """Let time pass for everybody."""
        self.now = (self.now + ms) & 0x3FFFFFFF

    def run(self, until=None, ms=60000, step_ms=20):
        """Turn until `until()`, or for so long; whether it became true."""
        end = self.now + ms
        while self.now < end:
            if until is not None and until():
                return True
            if self.device.asleep:
                return False
            before = self.now
            self.device.step()
            if self.now == before:
                self.pass_ms(step_ms)
        return until is not None and until()

    def frames(self):
        """What the gateway got."""
        return self.gateway.host.payloads()

    def command(self, pack):
        """Let the gateway send this Pack."""
        assert self.gateway.host.send(bytes(pack.buf[: pack.length])) == OK

    def said(self, words):
        """True when a line of the log or on the prompt has these words."""
        for line in self.lines:
            if words in line:
                return True
        return False

    def kept(self):
        """What is in RTC memory."""
        return supervisor.Kept(FakeRTC())

    def _load_sensor(self, name, options):
        if name == "counter":
            return Counter()
        return self._before[0](name, options)

    def _stop_before_the_loop(self, settings, app, wifi, supervisor, light):
        poll = app.poll

        def poll_both(timeout_ms):
            if self.wlan.linked:
                self.gateway.pump()
            return poll(min(timeout_ms, 1))

        app.poll = poll_both
        self.device = self._made(settings, app, wifi, supervisor, light)
        return None


def remove(path):
    """Delete a file or a folder with all that is in it."""
    try:
        for name in os.listdir(path):
            remove(path + "/" + name)
        os.rmdir(path)
    except OSError:
        try:
            os.remove(path)
        except OSError:
            pass
