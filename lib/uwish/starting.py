"""What is done once, when an App is made; afterwards a board gives the memory of this back."""

from . import log
from .contacts import RECORD as CONTACT
from .identity import Identity
from .pins import EAGER
from .pins import RECORD as PIN
from .scheduler import FIELDS


def check_sizes(tx_size, rx_size, counts):
    """ValueError in words when App cannot be made in these sizes."""
    if not 64 <= tx_size <= 32768 or rx_size > 32768:
        raise ValueError("tx_size must be 64 to 32768 bytes, rx_size at most 32768")
    for count in counts:
        if not 1 <= count <= 254:
            raise ValueError("max_pins, _peers, _connections and _contacts must be 1 to 254")


def make_tables(max_contacts, max_pins):
    """(contacts, pins, what is remembered of each pin), all empty; see Contacts, PinTable and
    Scheduler."""
    return bytearray(max_contacts * CONTACT), bytearray(max_pins * PIN), [0] * (max_pins * FIELDS)


def load_tables(node):
    """Fill identity, contacts and pins from the node's store; what is damaged or does not fit is
    said in the log."""
    store = node.store
    saved = store.load("identity")
    identity = Identity.load(saved)
    if identity is not None:
        node.identity = identity.signer()
    elif saved:
        log.error("the stored identity cannot be read: create a new one and export it")
    _load_table(store, "contacts", node.contacts, CONTACT, 1)
    _load_table(store, "pins", node.pins, PIN, EAGER)
    for name in store.damaged:
        log.error("the stored %s were damaged and are lost: set them up again", name)


def _load_table(store, name, table, record, highest):
    saved = store.load(name)
    if saved:
        lost = fill(table, saved, record, highest)
        if lost:
            log.error("%d stored %s do not fit: raise max_%s", lost, name, name)


def fill(table, saved, record, highest):
    """Take over a saved table, as many of its records as fit; how many did not. The first byte of a
    record says whether it is in use: 1 to `highest`, or 0."""
    lost = 0
    free = 0
    for off in range(0, len(saved) - record + 1, record):
        if 0 < saved[off] <= highest:
            if free < len(table):
                table[free : free + record] = saved[off : off + record]
                free += record
            else:
                lost += 1
    return lost
