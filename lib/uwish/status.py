"""Status codes of the public API: small ints, returned and never raised, so that refusing costs no
heap."""

from .compat import const

OK = const(200)  # accepted by this host
NOT_FOUND = const(404)  # no such peer or pin, or it is offline
TOO_LARGE = const(413)  # can never fit: larger than the whole buffer or than the remote's limit
FULL = const(507)  # does not fit now
