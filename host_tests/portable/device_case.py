"""What the tests of the whole firmware share."""

from device_world import WIFI, World


class DeviceCase:
    """For a TestCase to inherit from: makes a `world` with `config`, closes it, and looks that
    nothing in its lines was secret."""

    config = {}

    def setUp(self):
        self.world = World(**self.config)

    def tearDown(self):
        for line in self.world.lines:
            self.assertFalse(WIFI["password"] in line, line)
        self.world.close()

    def online(self):
        """Start, and wait for the first frame."""
        w = self.world
        w.start()
        self.assertTrue(w.run(lambda: w.frames()), w.lines)
