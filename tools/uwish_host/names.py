"""Names of peers and services, and how to show text that somebody else has chosen."""


def peer_fields(peer, alias):
    """A peer (uwish.peers.Peer) for an event: its tuple in hex, and names for people."""
    return {
        "alias": alias,
        "name": service_name(peer.rsid),
        "protocol": peer.protocol,
        "luid": peer.luid.hex(),
        "ruid": peer.ruid.hex(),
        "rhid": peer.rhid.hex(),
        "rsid": peer.rsid.hex(),
        "url": peer.url(),
    }


def service_name(sid):
    """A service id as text: most are a zero-padded name (WIRE.md 1); else the first 6 hex
    digits."""
    try:
        name = sid.rstrip(b"\0").decode()
    except UnicodeError:
        name = ""
    return name if name and name.isprintable() else sid[:3].hex()


def fingerprint(uid):
    """A uid to be compared by eye: all of it, in groups of four digits, on two lines."""
    digits = uid.hex()
    groups = [digits[i : i + 4] for i in range(0, 64, 4)]
    return " ".join(groups[:8]), " ".join(groups[8:])


def printable(text):
    """`text` without what could steer a terminal: control characters are shown as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
