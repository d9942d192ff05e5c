"""What the tests of deep sleep share: a board that is woken, and what its sensor has told."""

from device_world import World
from senml_reader import NUMBER, Reader

MINUTE = 60000


def counts(frames):
    """The numbers that the sensor has told, in the order they came."""
    found = []
    for data in frames:
        reader = Reader()
        assert reader.open(data)
        while reader.next():
            if reader.kind == NUMBER and not reader.measured_in(b"s"):
                found.append(reader.number)
    return found


class SleepCase:
    """For a TestCase to inherit from: a `world` whose device sleeps as `sleep` says."""

    sleep = {"stay_s": 0}

    def setUp(self):
        self.world = World(interval_s=300, sleep=self.sleep)

    def tearDown(self):
        self.world.close()

    def wake(self, ms=10 * MINUTE):
        """One wake, out of deep sleep, until it sleeps again."""
        w = self.world
        w.machine.slept_ms = None
        began = w.now
        self.assertTrue(w.start(w.machine.DEEPSLEEP_RESET), w.lines)
        w.run(ms=ms)
        self.awake_ms = w.now - began
        slept_ms = w.machine.slept_ms
        if slept_ms:
            w.pass_ms(slept_ms)
        return slept_ms

    def counts(self):
        return counts(self.world.frames())
