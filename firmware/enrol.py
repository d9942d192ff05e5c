"""Who this device is and whom it serves: its own identity, and its gateway's."""

import uwish


def ensure_identity(app, alias):
    """Make the device's own identity unless it has one; True when it was made. The private key is
    made here and stays here. ValueError when `alias` is not 1 to 47 bytes of UTF-8."""
    if app.uid is not None:
        return False
    app.identity.create(alias)
    return True


def serve(app, document, transports=(), rhid=uwish.ANY_HOST):
    """Make the identity in `document` (bytes) a contact that is found at `transports`
    ("wish://host:port", …), and keep a connection to it, to host `rhid` of it when one is given.
    Its uid; ValueError when `document` is none, RuntimeError when a table is full."""
    from uwish.documents import Document  # rarely needed, so not in memory all the time

    status = app.identity.import_(document, transports)
    if status != uwish.OK:
        raise RuntimeError("the contact table is full: forget a contact first (uwish pins forget)")
    uid = Document(document).uid
    if app.peer.pin(app.uid, uid, rhid, "always", 0) != uwish.OK:
        raise RuntimeError("the pin table is full: unpin something first")
    return uid


def serve_only(app, store, document, transports=(), rhid=uwish.ANY_HOST):
    """As `serve`, for the gateway that the configuration names: the one that it named before, or
    another host of the same, which `store` knows, is served no longer. Who was pinned otherwise
    stays."""
    from uwish.documents import Document

    former = store.load("configured")  # a uid and a rhid
    uid = Document(document).uid
    named = uid + rhid
    if former and former != named:
        try:
            serve(app, document, transports, rhid)
        except RuntimeError:
            pass  # a table is full, and has room in a moment
        if former[:32] == uid:
            app.peer.unpin(app.uid, uid, former[32:] or uwish.ANY_HOST)
        else:
            drop(app, former[:32])
    serve(app, document, transports, rhid)
    if former != named:
        store.save("configured", named)  # last: cut before that, all this is done once more
    return uid


def drop(app, uid):
    """Forget this identity: its pins, then the contact."""
    for pin in list(app.peer.pins()):
        if pin.ruid == uid:
            app.peer.unpin(pin.luid, pin.ruid, pin.rhid)
    app.identity.remove(uid)
