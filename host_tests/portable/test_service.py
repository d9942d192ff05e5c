"""What this program is on the wire: names, limits, and the `send` template of each protocol."""

import unittest

from messages import binary, doc, send, text

from uwish.bson import Cursor
from uwish.service import FRAME_OVERHEAD, Service

LONGEST = "0123456789"


class Names(unittest.TestCase):
    def test_the_service_id_is_the_padded_name(self):
        for name in ("s", "greenhouse", "x" * 32, "kasvihuone ä"):
            service = Service(name, ("a",))
            self.assertEqual(len(service.sid), 32)
            self.assertEqual(service.sid.rstrip(b"\0"), name.encode())
            self.assertEqual(service.name, name.encode())

    def test_limits_count_bytes(self):
        for name in ("", "x" * 33, "ä" * 17):
            self.assertRaises(ValueError, Service, name, ("a",))
        for protocol in ("", "01234567890", "ä" * 6):
            self.assertRaises(ValueError, Service, "s", (protocol,))
            self.assertRaises(ValueError, Service, "s", ("good", protocol))
        self.assertEqual(Service("ä" * 16, ("ä" * 5,)).protocols, ("ä" * 5,))

    def test_wrong_types(self):
        for name in (b"bytes", None, 5):
            self.assertRaises(TypeError, Service, name, ("a",))
        for protocol in (b"bytes", None, 5):
            self.assertRaises(TypeError, Service, "s", (protocol,))

    def test_a_tuple_with_at_least_one(self):
        # A name alone would be taken for as many protocols as it has letters.
        self.assertRaises(ValueError, Service, "s", "sensor")
        self.assertRaises(ValueError, Service, "s", ())
        self.assertEqual(Service("s", ["a", "b"]).protocols, ("a", "b"))


class Protocols(unittest.TestCase):
    def test_which_of_ours_a_string_names(self):
        service = Service("s", ("a", "ab", LONGEST))
        for name, index in (("a", 0), ("ab", 1), (LONGEST, 2), ("b", -1), ("", -1), ("abc", -1)):
            data = doc(text("p", name))
            cursor = Cursor()
            self.assertTrue(cursor.open(data, 0, len(data)))
            cursor.next()
            self.assertEqual(service.index_of(cursor), index)
        self.assertEqual(service.protocol_bytes(2), LONGEST.encode())


class Templates(unittest.TestCase):
    def test_each_is_the_beginning_of_a_send(self):
        service = Service("sensor", ("a", "sensor", LONGEST))
        for i, protocol in enumerate(service.protocols):
            template = bytes(service.templates[i])
            whole = send(service.sid, b"r" * 32, protocol, b"")
            n = len(template)
            self.assertEqual(n + 3, len(whole))
            # Lengths and the remote's id are patched in; all else is the same bytes.
            hole = template.index(service.sid, template.index(service.sid) + 32)
            self.assertEqual(template[12:16], whole[12:16])
            self.assertEqual(template[hole + 32 : n - 5], whole[hole + 32 : n - 5])
            self.assertEqual(whole[hole : hole + 32], b"r" * 32)
            self.assertEqual(whole[n - len(binary("3", b"")) : n], binary("3", b""))

    def test_how_much_a_frame_grows(self):
        service = Service("sensor", ("a", "sensor", LONGEST))
        for i, protocol in enumerate(service.protocols):
            for n in (0, 64, 1000):
                size = len(service.templates[i]) + n + 3
                self.assertEqual(size, len(send(service.sid, bytes(32), protocol, bytes(n))))
                # A record's length field and tag cost 18 (WIRE.md 3.1: 153 and the protocol).
                self.assertEqual(size + 18, n + 153 + len(protocol))
                self.assertTrue(size + 18 <= n + FRAME_OVERHEAD)


if __name__ == "__main__":
    unittest.main()
