# A firmware for this board with uwish and the device's work in it; README.md says how to build it.
include("$(PORT_DIR)/boards/manifest.py")
include("../../lib/manifest.py")
include("../../firmware/manifest.py")
module("uwish_board.py")
