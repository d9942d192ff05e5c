"""`app.identity`: our own identity, and contacts. Loaded when it is first used."""

from .documents import Document
from .identity import Identity
from .status import OK

_BYTES = (bytes, bytearray, memoryview)


class IdentityApi:
    """`app.identity`: our own identity, and contacts."""

    def __init__(self, node, save):
        self._node = node
        self._save = save

    def create(self, alias):
        """Make our own identity, once: its uid (32 bytes). ValueError when there is one, or for a
        wrong alias (1 to 47 bytes of UTF-8). The private key is made here and stays here."""
        if self._node.identity is not None:
            raise ValueError("there is an identity already: one for each device")
        self._node.identity = Identity.create(alias)
        try:
            self._save("identity")
        except OSError:
            self._node.identity = None
            raise
        self._node.replan()
        return self._node.identity.uid

    def export(self):
        """Our public document, as bytes: what a desktop core imports. ValueError before
        `create`."""
        if self._node.identity is None:
            raise ValueError("there is no identity yet: create one")
        return self._node.identity.document()

    def import_(self, document, transports=()):
        """Add or update the contact of this identity document (bytes); `transports`
        ("wish://host:port") win over the document's. OK, or FULL when the contact table is.
        ValueError when it is no identity document, or our own."""
        if not isinstance(document, _BYTES):
            raise TypeError("an identity document is bytes, bytearray or memoryview")
        document = Document(bytes(document))
        own = self._node.identity
        if own is not None and document.uid == own.uid:
            raise ValueError("this is our own identity's document")
        contacts = self._node.contacts
        before = bytes(contacts.buf)
        status = contacts.put(document, transports)
        if status == OK and contacts.buf != before:
            self._keep(before)
            self._node.scheduler.forget_contact(document.uid)
            self._node.replan()
        return status

    def list(self):
        """[(uid, alias, own)], our own first."""
        node = self._node
        found = []
        if node.identity is not None:
            found.append((node.identity.uid, node.identity.alias, True))
        for i in range(node.contacts.capacity):
            if node.contacts.used(i):
                found.append((node.contacts.uid(i), node.contacts.alias(i), False))
        return found

    def remove(self, uid):
        """Forget a contact and close its connections: OK, or NOT_FOUND. Pins for it stay, and wait
        for it to be imported again. Our own identity cannot be removed (ValueError)."""
        node = self._node
        if node.identity is not None and uid == node.identity.uid:
            raise ValueError("a device's own identity cannot be removed")
        if not isinstance(uid, (bytes, bytearray)) or len(uid) != 32:
            raise ValueError("uid must be 32 bytes")
        before = bytes(node.contacts.buf)
        status = node.contacts.remove(uid)
        if status == OK:
            self._keep(before)
            node.drop_contact(uid)
        return status

    def _keep(self, before):
        try:
            self._save("contacts")
        except OSError:
            self._node.contacts.buf[:] = before
            raise
