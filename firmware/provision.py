"""What `uwish provision`, `uwish pins` and `uwish doctor` ask of a device over USB; loaded for that
only. Everything comes and goes as literals, and no key and no password ever goes.

Each change is whole or not at all when the power is cut in it, and harmless when it is repeated.
"""

import json
import os
from binascii import hexlify, unhexlify

import config
import enrol
import uwish_board

import uwish
from uwish.documents import Document

_CONFIG = "/config.json"
_NEW = "/config.json.new"

_app = None
_store = None


def settings():
    """The name it has, the access point it knows and whether it sleeps; ValueError when
    /config.json is damaged."""
    found = config.load(_CONFIG, uwish_board)
    wifi = found["wifi"]
    return {
        "name": found["name"],
        "protocol": found["protocol"],
        "ssid": wifi["ssid"] if wifi else None,
        "sleeps": found["sleep"] is not None,
    }


def configure(name=None, ssid=None, password=None, anew=False):
    """Change /config.json: only what is given; `anew` begins with an empty one. ValueError with a
    sentence for each field that is wrong: the old file stays then."""
    found = {} if anew else config.in_file(_CONFIG)
    if name is not None:
        found["name"] = name
    if ssid is not None:
        wifi = found.get("wifi") or {}
        if "hostname" in wifi:
            wifi = {"hostname": wifi["hostname"]}
        else:
            wifi = {}
        wifi["ssid"] = ssid
        if password:
            wifi["password"] = password
        found["wifi"] = wifi
    # Whom it serves stands in the store from now on, where it can be changed piece by piece.
    found.pop("gateway", None)
    with open(_NEW, "w") as f:
        json.dump(found, f)
    try:
        config.load(_NEW, uwish_board)
    except ValueError as error:
        os.remove(_NEW)
        raise ValueError(str(error).replace(_NEW, _CONFIG)) from None
    os.rename(_NEW, _CONFIG)


def identity():
    """{"document": its public document in hex, "made": whether the identity was made now,
    "damaged": [what the flash has lost, …]}."""
    app = _open()
    made = enrol.ensure_identity(app, settings()["name"])
    return {
        "document": _hex(app.identity.export()),
        "made": made,
        "damaged": list(_store.damaged),
    }


def serve(document, transports, only):
    """Make the gateway of this document (hex) a contact at `transports`, and pin it; with `only`
    every other pin and contact is dropped. {"uid": of the gateway, "dropped": [uid, …]}."""
    app = _open()
    document = unhexlify(document)
    uid = Document(document).uid
    dropped = []
    try:
        enrol.serve(app, document, transports)
    except RuntimeError:
        if not only:
            raise
        # A table is full: then the others go first.
        dropped = _drop_all_but(uid)
        enrol.serve(app, document, transports)
    if only:
        dropped.extend(_drop_all_but(uid))
    if _store.load("configured"):
        _store.save("configured", b"")  # no gateway of /config.json is served any more
    return {"uid": _hex(uid), "dropped": dropped}


def sensors():
    """[(name, "" or why it does not work), …] of the sensors in /config.json: each is read once."""
    found = []
    for options in config.load(_CONFIG, uwish_board)["sensors"]:
        if isinstance(options, str):
            options = {"sensor": options}
        fault = ""
        try:
            _read_once(options)
        except Exception as error:  # whatever a driver raises
            fault = str(error) or type(error).__name__
        found.append((options["sensor"], fault))
    return found


def contacts():
    """[{"uid", "alias", "transports", "own"}, …], its own identity first."""
    found = []
    app = _open()
    table = _store.load("contacts") or b""
    for uid, alias, own in app.identity.list():
        transports = [] if own else _transports(table, uid)
        found.append({"uid": _hex(uid), "alias": alias, "own": own, "transports": transports})
    return found


def pins():
    """[{"ruid", "rhid" (None: any host), "policy", "priority"}, …]."""
    found = []
    for pin in _open().peer.pins():
        found.append(
            {
                "ruid": _hex(pin.ruid),
                "rhid": None if pin.rhid == uwish.ANY_HOST else _hex(pin.rhid),
                "policy": pin.policy,
                "priority": pin.priority,
            }
        )
    return found


def pin(uid, rhid, policy, priority):
    """Pin a contact; the status (200, 507)."""
    app = _open()
    return app.peer.pin(app.uid, unhexlify(uid), _host(rhid), policy, priority)


def unpin(uid, rhid):
    """Remove a pin; the status (200, 404)."""
    app = _open()
    return app.peer.unpin(app.uid, unhexlify(uid), _host(rhid))


def forget(uid):
    """Remove a contact, and its pins."""
    enrol.drop(_open(), unhexlify(uid))


def add_contact(document, transports):
    """Make this document (hex) a contact; its uid. RuntimeError when the table is full."""
    document = unhexlify(document)
    if _open().identity.import_(document, transports) != uwish.OK:
        raise RuntimeError("the contact table is full: forget a contact first (uwish pins forget)")
    return _hex(Document(document).uid)


def _open():
    global _app, _store
    if _app is None:
        found = settings()
        _store = uwish.FileStore("/wish")
        _app = uwish.App(found["name"], (found["protocol"],), store=_store, **uwish_board.POOLS)
    return _app


def _read_once(options):
    from sensors import load
    from ticks import sleep_ms

    from uwish.senml import Pack

    sensor = load(options["sensor"], options)
    if getattr(sensor, "prepare_ms", 0):
        sensor.prepare()
        sleep_ms(sensor.prepare_ms)
    sensor.read(Pack(bytearray(256), uwish_board.EPOCH))


def _transports(table, uid):
    # The layout of uwish/contacts.py: records of 241 bytes, the uid at 1, addresses from 113 on,
    # each after its length.
    found = []
    for at in range(0, len(table), 241):
        if table[at] and table[at + 1 : at + 33] == uid:
            at += 113
            while table[at]:
                found.append("wish://" + str(table[at + 1 : at + 1 + table[at]], "utf-8"))
                at += 1 + table[at]
            break
    return found


def _drop_all_but(uid):
    app = _app
    dropped = []
    for pin in list(app.peer.pins()):
        if pin.ruid != uid:
            app.peer.unpin(pin.luid, pin.ruid, pin.rhid)
    for other, _, own in app.identity.list():
        if not own and other != uid:
            app.identity.remove(other)
            dropped.append(_hex(other))
    return dropped


def _host(rhid):
    return unhexlify(rhid) if rhid else uwish.ANY_HOST


def _hex(data):
    return str(hexlify(data), "ascii")
