"""The virtual device from its command line to its summary, against a gateway in this process."""

import gc
import json
import os
import sys
import unittest
from binascii import hexlify, unhexlify

sys.path.insert(0, "firmware")
sys.path.insert(0, "boards/unix")

import builder
import virtual_device
from loopback_gateway import FakeGateway
from senml_reader import Reader

from uwish import log
from uwish.documents import Document
from uwish.senml import Pack

STATE = "build/test-device/state"
CONTACT = "build/test-device-contact"


def remove(path):
    """Delete a file or a folder with its files."""
    try:
        for name in os.listdir(path):
            os.remove(path + "/" + name)
        os.rmdir(path)
    except OSError:
        try:
            os.remove(path)
        except OSError:
            pass


class DeviceTest(unittest.TestCase):
    def setUp(self):
        self.lines = []
        self.argv = sys.argv[:]
        self.make_app = builder.make_app
        self.gateway = FakeGateway()
        virtual_device.print = self.on_print
        builder.make_app = self.make_pumped_app
        remove(STATE)

    def tearDown(self):
        log.sink = print
        sys.argv[:] = self.argv
        builder.make_app = self.make_app
        virtual_device.print = print
        self.gateway.stop()
        remove(STATE)
        remove(CONTACT)

    def on_print(self, line, file=None):
        self.lines.append(line)

    def make_pumped_app(self, settings, board, store):
        """As builder's, but the gateway has its turn with every turn of the device."""
        app = self.make_app(settings, board, store)
        poll = app.poll

        def poll_both(timeout_ms):
            self.gateway.pump()
            return poll(min(timeout_ms, 2))

        app.poll = poll_both
        return app

    def run_device(self, *arguments):
        """Its exit status; what it printed is then in `lines`."""
        self.lines.clear()
        sys.argv[:] = ["run.py", "--state", STATE] + list(arguments)
        return virtual_device.main()

    def export(self, *arguments):
        """The device's document; the gateway knows it from now on."""
        self.assertEqual(self.run_device("--export", *arguments), 0)
        self.assertEqual(len(self.lines), 1)
        document = Document(unhexlify(self.lines[0]))
        self.gateway.host.contacts[document.uid] = document.public
        return document

    def write_contact(self, data):
        with open(CONTACT, "wb") as f:
            f.write(data)

    def events(self, kind):
        """The events of this kind that it has printed as JSON."""
        return [e for e in map(json.loads, self.lines) if e["event"] == kind]

    def test_the_identity_is_made_once(self):
        document = self.export("--name", "greenhouse")
        self.assertEqual(document.alias, "greenhouse")
        self.assertEqual(self.export().uid, document.uid)

    def test_from_the_first_start_to_the_summary(self):
        document = self.export()
        self.write_contact(self.gateway.document)
        where = ("--contact", CONTACT, "--transport", self.gateway.transport)
        limits = ("--interval", "0.05", "--frames", "5", "--seconds", "60", "--json")
        self.assertEqual(self.run_device(*where, *limits), 0)
        self.assertEqual(len(self.gateway.host.got), 5)
        reader = Reader()
        self.assertTrue(reader.open(self.gateway.host.payloads()[0]))
        reader.next()
        base = "unix-%s:" % str(hexlify(document.uid[:3]), "ascii")
        self.assertTrue(reader.named(base.encode() + b"interval"))
        self.assertEqual(self.events("start")[0]["uid"], str(hexlify(document.uid), "ascii"))
        self.assertEqual(len(self.events("online")), 1)
        self.assertEqual(len(self.events("frame")), 5)
        summary = self.events("summary")[0]
        self.assertEqual((summary["frames"], summary["sent"], summary["refused"]), (5, 5, 0))
        self.assertEqual((summary["handshakes"], summary["reconnects"]), (1, 0))
        if hasattr(gc, "mem_alloc"):
            self.assertEqual(summary["heap_per_send"], 0)
            self.assertTrue(summary["heap_used"] < summary["heap_limit"])
        # The second time it knows its gateway.
        self.assertEqual(self.run_device(*limits), 0)
        self.assertEqual(len(self.gateway.host.got), 10)

    def test_a_setting_is_obeyed_and_shown(self):
        self.export()
        self.write_contact(hexlify(self.gateway.document) + b"\n")
        pack = Pack(bytearray(40))
        pack.number("interval", 1, -1, "s")
        pump = self.gateway.pump

        def command():
            pump()
            if self.gateway.host.got and not self.told:
                self.told = True
                self.gateway.host.send(bytes(pack.buf[: pack.length]))

        self.told = False
        self.gateway.pump = command
        status = self.run_device(
            "--contact", CONTACT, "--transport", self.gateway.transport, "--interval", "60",
            "--frames", "3", "--seconds", "60", "--json",
        )  # fmt: skip
        self.assertEqual(status, 0)
        self.assertEqual(
            self.events("setting"), [{"event": "setting", "name": "interval", "value": 0.1}]
        )
        summary = self.events("summary")[0]
        self.assertEqual((summary["settings"], summary["interval_s"]), (1, 0.1))

    def test_it_ends_by_itself_when_nobody_is_there(self):
        self.export()
        self.write_contact(self.gateway.document)
        transport = self.gateway.transport
        self.gateway.stop()
        where = ("--contact", CONTACT, "--transport", transport)
        self.assertEqual(self.run_device(*where, "--seconds", "1", "--json"), 0)
        summary = self.events("summary")[0]
        self.assertEqual((summary["frames"], summary["handshakes"]), (0, 0))
        self.assertTrue(summary["last_error"])

    def test_lines_for_people(self):
        self.export()
        self.write_contact(self.gateway.document)
        where = ("--contact", CONTACT, "--transport", self.gateway.transport)
        self.assertEqual(self.run_device(*where, "--frames", "1", "--seconds", "60"), 0)
        kinds = [line.split(" ")[0] for line in self.lines]
        for kind in ("start", "online", "frame", "offline", "summary"):
            self.assertTrue(kind in kinds, kind)

    def test_what_it_cannot_do_it_says_in_a_sentence(self):
        self.write_contact(b"deadbeef")
        for arguments, words in (
            ((), "no gateway yet"),
            (("--contact", "build/no-such-file"), "there is no file build/no-such-file"),
            (("--contact", CONTACT), "not an identity document"),
            (("--transport", "wish://127.0.0.1:1"), "--contact"),
            (("--interval", "0"), "interval_s: must be"),
            (("--name", "x" * 33), "name: must be"),
            (("--protocol", "x" * 11), "protocol: must be"),
            (("--state", CONTACT), "cannot be made"),
            (("--state", CONTACT + "/deeper"), "cannot be made"),
        ):
            self.assertEqual(self.run_device(*arguments), 1)
            self.assertEqual(len(self.lines), 1, self.lines)
            self.assertTrue(words in self.lines[0], self.lines[0])


class BaseNameTest(unittest.TestCase):
    def test_characters_that_the_rfc_allows(self):
        for name, expected in (
            ("greenhouse", "greenhouse-0a0b0c:"),
            ("Room 5/a", "Room-5/a-0a0b0c:"),
            ("-x", "x-0a0b0c:"),
            ("über", "ber-0a0b0c:"),
            ("ü", "device-0a0b0c:"),
        ):
            self.assertEqual(builder.base_name(name, b"\x0a\x0b\x0c\x0d" * 8), expected)


if __name__ == "__main__":
    unittest.main()
