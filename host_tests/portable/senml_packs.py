"""Packs for the tests of the device's reader of SenML."""

from binascii import unhexlify

from senml_reader import Reader

from uwish.senml import BASE_SUM, BASE_VALUE, SUM, TIME, UPDATE_TIME, VERSION, Pack


def opens(text):
    """Whether the pack with these bytes (hex) is sound."""
    return Reader().open(unhexlify(text))


def everything():
    """A pack with every label and every kind of value."""
    pack = Pack(bytearray(300))
    pack.base("dev:", 1700000000, "Cel")
    for label in (VERSION, BASE_VALUE, BASE_SUM):
        pack.field(label, 1)
    pack.number("temp", 2315, -2)
    for label in (SUM, TIME, UPDATE_TIME):
        pack.field(label, -5, -1)
    pack.number("half", 5, -1, "/")
    pack.number("single", 20475, -1)
    pack.number("big", 2**60)
    pack.boolean("open", True)
    pack.string("label", "Machine Room")
    pack.data("nfc", b"hi \n")
    return bytes(pack.buf[: pack.length])
