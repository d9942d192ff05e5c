"""How a peer is written, in full and for people. Loaded when it is used."""

from binascii import hexlify

from .contacts import Contacts


def url(peer):
    """`luid>ruid@rhid/rsid/protocol`, the ids in hex."""
    key = str(hexlify(peer.key), "utf-8")
    return "%s>%s@%s/%s/%s" % (key[:64], key[64:128], key[128:192], key[192:], peer.protocol)


def short(peer, contacts):
    """`alias@host/protocol`, 6 hex digits where a name is unknown; `contacts` are the bytes of the
    contact table."""
    key = str(hexlify(peer.key), "utf-8")
    alias = Contacts(contacts).name(peer.key, 32) or key[64:70]
    return "%s@%s/%s" % (alias, key[128:134], peer.protocol)
