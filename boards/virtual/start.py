"""What MicroPython's unix port runs to be this board. tools/uwish_host/sim starts it, with three
file descriptors as arguments: the bus, the flash's image, its meter.
"""

import chip.start

chip.start.run(globals())
