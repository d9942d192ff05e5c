"""Which online peer somebody means who says: send this to the lamp."""

from . import contacts_file
from .errors import Failure
from .names import service_name


def find_peer(online, contacts, device, protocol=None, service=None):
    """(link, peer, None) of the one peer in `online` (pairs of link and peer) that is meant, or
    (None, None, why there is none). `device` is an alias, the beginning of a uid, or a peer's url;
    `protocol` and `service` (a name) narrow it down. A Failure when several are left."""
    if ">" in device:
        found = [(link, peer) for link, peer in online if peer.url() == device]
    else:
        if not contacts_file.matching(contacts, device):
            return None, None, f"no device is called {device!r}, and no uid begins so"
        uid = contacts_file.find(contacts, device).uid
        found = [(link, peer) for link, peer in online if peer.ruid == uid]
    if not found:
        return None, None, f"{device} is not online"
    found = [
        (link, peer)
        for link, peer in found
        if protocol in (None, peer.protocol) and service in (None, service_name(peer.rsid))
    ]
    if not found:
        return None, None, f"{device} is online, but not with this protocol and service"
    if len(found) > 1:
        urls = ", ".join(peer.url() for _, peer in found)
        raise Failure(f"{device} has {len(found)} peers online: give the url of one: {urls}")
    return *found[0], None
