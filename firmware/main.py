"""What a board does once it has started. If this cannot be loaded, the prompt says why."""

import device

device.run()
