"""Announcements of the real desktop core, ours, and datagrams that are none."""

import json
import unittest
from binascii import unhexlify

from support import Random

from uwish.announcement import Announcement, announce

with open("host_tests/vectors/bson_messages.json") as f:
    VECTOR = json.load(f)["wld_advert_body"]
with open("host_tests/vectors/core_announcement.json") as f:
    CORE = json.load(f)

UID = b"u" * 32
HID = b"h" * 32
PUBLIC = b"p" * 32
OURS = announce("Alice", UID, HID, PUBLIC, "wish://192.0.2.7:37009")


def said(datagram, off=0, end=None):
    """(size, uid, hid, port) of the announcement in `datagram`, None when there is none."""
    a = Announcement()
    size = a.read(datagram, off, len(datagram) if end is None else end)
    if not size:
        return None
    return size, bytes(datagram[a.uid : a.uid + 32]), bytes(datagram[a.hid : a.hid + 32]), a.port


def with_transport(text):
    return announce("Alice", UID, HID, PUBLIC, text)


class Reading(unittest.TestCase):
    def test_the_stock_cores_vector(self):
        datagram = b"W." + unhexlify(VECTOR["hex"])
        fields = VECTOR["json"]
        expected = (
            len(datagram),
            unhexlify(fields["wuid"]["$hex"]),
            unhexlify(fields["whid"]["$hex"]),
            37009,
        )
        self.assertEqual(said(datagram), expected)

    def test_what_a_stock_core_sent_names_no_host(self):
        datagram = unhexlify(CORE["hex"])
        self.assertTrue(CORE["transport"].encode() + b"\0" in datagram)
        self.assertEqual(CORE["transport"], "wish://:20001")
        size, uid, hid, port = said(datagram)
        self.assertEqual(size, len(datagram))
        self.assertEqual(uid, unhexlify(CORE["uid"]))
        self.assertEqual(hid, unhexlify(CORE["hid"]))
        self.assertEqual(port, 20001)

    def test_ours_is_written_as_the_core_writes_it(self):
        fields = VECTOR["json"]
        made = announce(
            fields["alias"],
            unhexlify(fields["wuid"]["$hex"]),
            unhexlify(fields["whid"]["$hex"]),
            unhexlify(fields["pubkey"]["$hex"]),
            fields["transports"][0],
        )
        self.assertEqual(made, b"W." + unhexlify(VECTOR["hex"]))

    def test_in_the_middle_of_a_buffer(self):
        buf = bytearray(b"xyz" + OURS + OURS)
        self.assertEqual(said(buf, 3), (len(OURS), UID, HID, 37009))
        self.assertEqual(said(buf, 3 + len(OURS)), (len(OURS), UID, HID, 37009))
        self.assertIsNone(said(buf, 2))

    def test_the_longest_we_announce(self):
        longest = announce("é" * 23, UID, HID, PUBLIC, "wish://" + "h" * 50 + ":65535")
        self.assertEqual(said(longest), (len(longest), UID, HID, 65535))
        with self.assertRaises(ValueError):
            announce("a" * 200, UID, HID, PUBLIC, "wish://h:1")

    def test_ports(self):
        for text, port in (
            ("wish://:1", 1),
            ("wish://[2001:db8::1]:37009", 37009),
            ("wish://h:00080", 80),
        ):
            self.assertEqual(said(with_transport(text))[3], port)
        for text in (
            "wish://",
            "wish://:",
            "wish://h",
            "wish://h:0",
            "wish://h:65536",
            "wish://h:123456",
            "wish://h:000000000000000000000001",
            "wish://h:12x",
            "wish://12345",
            "wish:/h:1",
            "http://h:80",
            "",
        ):
            self.assertIsNone(said(with_transport(text)))


class Refusing(unittest.TestCase):
    def test_what_lacks_a_field(self):
        for name in (b"alias", b"wuid", b"whid", b"pubkey", b"transports"):
            self.assertIsNone(said(OURS.replace(name, b"x" * len(name))))

    def test_what_the_one_before_it_had(self):
        a = Announcement()
        for name in (b"alias", b"wuid", b"whid", b"pubkey", b"transports"):
            lacking = OURS.replace(name, b"x" * len(name))
            self.assertEqual(a.read(OURS, 0, len(OURS)), len(OURS))
            self.assertEqual(a.read(lacking, 0, len(lacking)), 0)

    def test_ids_of_another_size(self):
        from uwish.bson_writer import Writer

        for short in (b"wuid", b"whid", b"pubkey"):
            buf = bytearray(300)
            buf[0:2] = b"W."
            w = Writer()
            w.begin(buf, 2, 300)
            w.string(b"alias", b"Alice")
            for name in (b"wuid", b"whid", b"pubkey"):
                w.binary(name, UID, 0, 31 if name == short else 32)
            w.array(b"transports")
            w.string(b"0", b"wish://:1")
            w.close()
            w.finish()
            self.assertIsNone(said(buf))

    def test_every_cut(self):
        for n in range(len(OURS)):
            self.assertIsNone(said(OURS, 0, n))

    def test_every_wrong_length_byte(self):
        # Whatever the lengths claim, nothing beyond the end is read.
        for i in range(len(OURS)):
            for value in (0x00, 0x7F, 0xFF):
                buf = bytearray(OURS)
                buf[i] = value
                found = said(buf)
                self.assertTrue(found is None or found[0] <= len(buf))

    def test_noise(self):
        random = Random(9090)
        for _ in range(500):
            noise = bytearray(random.below(256) for _ in range(random.below(300)))
            noise[0:2] = b"W."
            self.assertIsNone(said(noise))

    def test_damage(self):
        random = Random(9091)
        for _ in range(1000):
            buf = bytearray(OURS)
            for _ in range(1 + random.below(4)):
                buf[random.below(len(buf))] = random.below(256)
            found = said(buf)
            self.assertTrue(found is None or (found[0] <= len(buf) and 0 < found[3] < 65536))


if __name__ == "__main__":
    unittest.main()
