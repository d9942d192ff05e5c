"""Puts a device together from its configuration and its board.

A board is a module `uwish_board` with

    NAME      what the device is called unless its configuration says otherwise
    SENSORS   names of the sensors it has by itself
    POOLS     sizes for `uwish.App`: tx_size, rx_size, max_pins, max_peers, …
    EPOCH     the year `clock()` counts from, 1970 or 2000
    clock()   whole seconds since then, None while the time is not known

and, for `device.py`, where there is such a thing,

    WATCHDOG_S   seconds, unless the configuration says otherwise
    LED_PIN      the status LED, and LED_KIND: "plain", "inverted" or "rgb"
    FREQUENCY    of the processor, in Hz: the key exchange is long arithmetic
    dh_profile   "small" or "fast", see `uwish.crypto`; without it the library chooses
"""

from binascii import hexlify, unhexlify

import enrol
import sensors
from agent import Agent

import uwish
from uwish.log import info


def make_app(config, board, store):
    """The App, with its own identity; nothing of it is asked of the network before `poll`."""
    app = uwish.App(config["name"], (config["protocol"],), store=store, **board.POOLS)
    if enrol.ensure_identity(app, config["name"]):
        info("identity: there was none, made %s", str(hexlify(app.uid), "ascii"))
    gateway = config["gateway"]
    if gateway:
        rhid = gateway.get("rhid")
        try:
            enrol.serve_only(
                app,
                store,
                unhexlify(gateway["document"]),
                gateway.get("transports", ()),
                unhexlify(rhid) if rhid else uwish.ANY_HOST,
            )
        except ValueError as error:
            raise ValueError("gateway: %s" % error) from None
    return app


def make_agent(config, board, app, report, kind=Agent):
    """The Agent (or another `kind`) with the sensors that work; `report("failed", sentence)` for
    each that does not."""
    working = []
    for options in config["sensors"]:
        if isinstance(options, str):
            options = {"sensor": options}
        try:
            working.append(sensors.load(options["sensor"], options))
        except Exception as error:
            # Whatever a driver raises: the device is more than one of its sensors.
            report("failed", "sensor %s: %s" % (options["sensor"], error))
    return kind(
        app,
        working,
        base_name(config["name"], app.uid),
        int(config["interval_s"] * 1000),
        report,
        config["frame_size"],
        board.clock,
        board.EPOCH,
    )


def base_name(name, uid):
    """What goes before the names of all its records: the device's name, made unique by the start of
    its uid, in the characters that RFC 8428 section 4.5.1 allows and letters first."""
    text = "".join([c if _is_allowed(c) else "-" for c in name]).lstrip("-_./:")
    return "%s-%s:" % (text or "device", str(hexlify(uid[:3]), "ascii"))


def _is_allowed(c):
    return "a" <= c <= "z" or "A" <= c <= "Z" or "0" <= c <= "9" or c in "-:._/"
