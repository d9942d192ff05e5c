"""Letting devices in and shutting them out, and a gateway that runs knows at once."""

from .control import ControlClient, NotRunning
from .errors import Failure


def admit(state, contact, other_name="choose a name with --alias", keep_transports=False):
    """Make `contact` one of `state`: "added", "updated" or "unchanged". A Failure when another
    contact has its alias; it ends with `other_name`, what to do then. With `keep_transports` a
    contact that is known keeps its own."""
    if contact.uid == state.identity().uid:
        raise Failure("this is the gateway's own document: give it to devices instead")
    with state.changing_contacts() as contacts:
        known = contacts.get(contact.uid)
        if any(c.alias == contact.alias and c.uid != contact.uid for c in contacts.values()):
            raise Failure(f"another device is called {contact.alias!r}: {other_name}")
        if keep_transports and known is not None:
            contact.transports = known.transports
        contacts[contact.uid] = contact
    tell_gateway(state)
    return "added" if known is None else "unchanged" if known == contact else "updated"


def dismiss(state, find):
    """Remove the contact that `find(contacts)` gives, and say which; its connections end."""
    with state.changing_contacts() as contacts:
        contact = find(contacts)
        del contacts[contact.uid]
    try:
        tell_gateway(state)
    except Failure as failure:
        # It looks at the file every second, if it still turns at all.
        raise Failure(f"{contact.alias!r} is no contact any more, but {failure}") from None
    return contact


def tell_gateway(state, **request):
    """The answer of the gateway of `state` to a request; without one, it reads its contacts again.
    None when no gateway runs."""
    try:
        with ControlClient(state) as gateway:
            return gateway.request(**(request or {"op": "reload"}))
    except NotRunning:
        return None
