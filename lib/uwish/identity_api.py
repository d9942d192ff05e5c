"""`app.identity`: our own identity, and contacts. On a board this is in memory only while an app
uses it."""

from .calls import drop_contact, scheduler
from .contact_changes import put, remove
from .contacts import Contacts
from .documents import Document, build_document
from .identity import Identity
from .status import OK

_BYTES = (bytes, bytearray, memoryview)


class IdentityApi:
    """`app.identity`: our own identity, and contacts."""

    def __init__(self, node):
        self._node = node

    def create(self, alias):
        """Make our own identity, once: its uid (32 bytes). ValueError when there is one, or for a
        wrong alias (1 to 47 bytes of UTF-8); OSError when the store cannot keep it (there is none
        then). The private key is made here and stays here."""
        if self._node.identity is not None:
            raise ValueError("there is an identity already: one for each device")
        made = Identity.create(alias)
        self._node.store.save("identity", made.dump())
        self._node.identity = made.signer()
        self._node.replan()
        return made.uid

    def export(self):
        """Our public document, as bytes: what a desktop core imports. ValueError before
        `create`."""
        own = self._node.identity
        if own is None:
            raise ValueError("there is no identity yet: create one")
        return build_document(own.alias, own.uid, own.public)

    def import_(self, document, transports=()):
        """Add or update the contact of this identity document (bytes); `transports`
        ("wish://host:port", at most 63 bytes each and 126 in all) win over the document's. OK, or
        FULL when the contact table is. TypeError for no bytes; ValueError when it is no identity
        document, or our own; OSError when the store cannot keep it (it is undone then)."""
        if not isinstance(document, _BYTES):
            raise TypeError("an identity document is bytes, bytearray or memoryview")
        document = Document(bytes(document))
        own = self._node.identity
        if own is not None and document.uid == own.uid:
            raise ValueError("this is our own identity's document")
        before = bytes(self._node.contacts)
        status = put(Contacts(self._node.contacts), document, transports)
        if status == OK and self._node.contacts != before:
            self._keep(before)
            scheduler(self._node).forget_contact(document.uid)
            self._node.replan()
        return status

    def list(self):
        """[(uid, alias, own)], our own first."""
        node = self._node
        found = []
        if node.identity is not None:
            found.append((node.identity.uid, node.identity.alias, True))
        contacts = Contacts(node.contacts)
        for i in range(contacts.capacity):
            if contacts.used(i):
                found.append((contacts.uid(i), contacts.alias(i), False))
        return found

    def remove(self, uid):
        """Forget a contact and close its connections: OK, or NOT_FOUND. Pins for it stay, and wait
        for it to be imported again. Our own identity cannot be removed (ValueError). OSError when
        the store cannot keep that (the contact stays then)."""
        node = self._node
        if node.identity is not None and uid == node.identity.uid:
            raise ValueError("a device's own identity cannot be removed")
        if not isinstance(uid, (bytes, bytearray)) or len(uid) != 32:
            raise ValueError("uid must be 32 bytes")
        before = bytes(node.contacts)
        status = remove(Contacts(node.contacts), uid)
        if status == OK:
            self._keep(before)
            drop_contact(node, uid)
        return status

    def _keep(self, before):
        try:
            self._node.store.save("contacts", self._node.contacts)
        except OSError:
            self._node.contacts[:] = before
            raise
