"""The sentences behind `reasons`: what happened, what to try. Loaded only for a log line."""

TEXTS = (
    "",
    "the name has no address: check the spelling and the network's DNS; for .local, that the host"
    " answers mDNS",
    "no answer at this address: is the host on, is the port right, is a firewall between",
    "closed without an answer: most likely our identity is no contact there: import it",
    "not a Wish hello of version 1, normal type",
    "meant for another identity, or from one that is no contact here: import it to let it in",
    "the public value has a wrong length or is outside 2..p-2: not a sound peer",
    "the signature is wrong: another key answers for this contact: compare fingerprints",
    "the handshake document has no host id of 32 bytes",
    "another host answered than the pin asks for: check address and rhid",
    "the length is impossible: not a Wish peer, or the stream is damaged",
    "the tag is wrong: the stream is damaged, or somebody tampers with it",
    "BSON with lengths or types that cannot be: not a sound peer",
    "not finished in time: the other side is overloaded or stopped in the middle",
    "nothing was heard for too long, pings included: the link or the host is gone",
    "the other side took no bytes for too long: its program hangs or the link is gone",
    "the connection was closed or reset by the other side or the network",
    "given up by us for a pin of higher priority, or because it was unpinned",
    "replaced by a newer connection of the same host",
    "closed by us, orderly",
    "turned away because too many connections wait for their handshake: try later",
    "not enough memory for the handshake: give the app smaller buffers, or the board profile small",
)
