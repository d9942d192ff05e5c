"""Boards on a USB port: flashing them, filling them, asking them. The serial protocols are those of
esptool and mpremote; nothing here speaks one of its own.

    image flasher                  firmware images, and esptool
    sources compile                what belongs on a board, and mpy-cross
    port facts                     a stopped board at a port, and what it says of itself
    layout deploy                  which files it is to have, and how they get there unharmed
    enrol gateways core_app online its identity, who it serves, whether it is there
    diagnosis                      which step fails, in sentences
    report progress                what a person sees, or a program with --json

`remote/` is code that runs on the board.
"""
