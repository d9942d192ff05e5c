"""What the tests of the SenML pack share."""

from binascii import hexlify

from uwish.senml import SUM, TIME


def content(pack):
    """What it holds, in hex."""
    return str(hexlify(pack.buf[: pack.length]), "ascii")


def fill(pack):
    """A pack of six records with every kind of value; the status of each call."""
    return (
        pack.base("dev:", 1700000000, "Cel"),
        pack.number("a", 2315, -2),
        pack.boolean("b", True),
        pack.string(b"c", "Machine Room"),
        pack.data("d", b"hi \n"),
        pack.record("e", "J"),
        pack.field(SUM, 123456, 1),
        pack.number("f", 5, -1, "/"),
        pack.field(TIME, -5),
    )
