"""How far dialling and a handshake are, in numbers: what does them is not always in memory, what
asks is."""

from .compat import const

BUSY = const(0)  # what the generator yields in the middle of long arithmetic; see handshake.py
# What the window must hold at once: the client's key, signature and document.
FLIGHT = const(640)

# Phases, for messages about a connection that ends early.
HELLO = const(0)
KEY = const(1)
VERIFY = const(2)
DOCUMENT = const(3)
FRAMES = const(4)
PHASES = ("hello", "key exchange", "verify", "document", "running")

# Of a Dialer.
PREPARING = const(0)
CONNECTING = const(1)
READY = const(2)
