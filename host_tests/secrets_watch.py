"""Watches over the whole suite that no key seed and no Wi-Fi password is ever written anywhere but
where it is meant to be. A pytest plugin; conftest.py loads it, in each process of pytest-xdist.

After each test it looks for the secrets of that test, which it knows from

- identities made in this process, identity.json of gateways, stores of devices, and the flash of
  virtual boards (a seed is recognised by the public key beside it);
- the networks of virtual boards, and the passwords that `uwish provision` was given;

in the form of bytes, hex and base64, in

- what the test printed and logged, and why it failed;
- what the commands and programs that it ran said, and its boards at their serial ports;
- every file below its temporary folders but those that are there to keep a secret.

A test that shows a secret on purpose, because it looks at a device's own file, says so by
`allow(text)`.
"""

import base64
import contextlib
import json
import re
import subprocess
from pathlib import Path

import click.testing
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from uwish.identity import Identity
from uwish_host.board import secret
from uwish_host.sim import VirtualBoard

# Files that are there to keep a secret: identities, and what is put onto a board. Flash is known by
# what is in it.
_KEEPERS = {"identity.json", "identity.0", "identity.1", "password", "for-the-board", "journal"}
_LITTLEFS = b"littlefs"
_STORED = b"uW\x00\x01"  # a value in a device's store (uwish/flash.py)
_HEADER = 12
_FEWEST = 8  # characters of a Wi-Fi password
_VARIETY = 4  # different characters, or it is no secret but a filler such as "xxxxxxxx"

_heard = []  # (where, bytes)
_allowed = []
_known = {}  # secret: what it is
_folders = set()  # temporary ones
_seen = {}  # file: (size, time) when it was looked at


def heard(where, text):
    """Something was written there by whatever a test runs."""
    if text:
        _heard.append((where, text if isinstance(text, bytes) else text.encode(errors="replace")))


def allow(text):
    """A test has asked for this text, and a secret is in it."""
    _allowed.append(text if isinstance(text, bytes) else text.encode())


def know(value, what):
    """From now on `value` (bytes or str) is a secret of this test."""
    value = value.encode() if isinstance(value, str) else bytes(value)
    if len(value) >= _FEWEST and len(set(value)) >= _VARIETY:
        _known[value] = what


def leaks(folders):
    """Where secrets were found, as sentences that do not hold them; forgets everything."""
    files = {path: data for folder in folders for path, data in _files(folder)}
    for path, data in files.items():
        _learn(path, data)
    found = set()
    for value, what in _known.items():
        forms = _forms(value)
        for where, data in _heard:
            if any(form in data for form in forms) and any(f in _without(data) for f in forms):
                found.add(f"{what} in {where}")
        for path, data in files.items():
            if not _keeps(path, data) and any(form in data for form in forms):
                found.add(f"{what} in the file {path.name}")
    _heard.clear()
    _allowed.clear()
    _known.clear()
    return sorted(found)


def _without(data):
    # A board writes "\r\n" for a newline.
    for text in sorted(_allowed, key=len, reverse=True):
        for form in (text.strip(), text.strip().replace(b"\n", b"\r\n")):
            data = data.replace(form, b"")
    return data


def _forms(value):
    encoded = base64.b64encode(value).rstrip(b"=")
    return {
        *(value, value.hex().encode(), value.hex().upper().encode()),
        *(encoded, encoded.replace(b"+", b"-").replace(b"/", b"_"), repr(value).encode()[2:-1]),
    }


def _files(folder):
    for path in Path(folder).rglob("*"):
        try:
            if not path.is_file() or path.is_symlink():
                continue
            found = path.stat()
            stamp = found.st_size, found.st_mtime_ns
            if _seen.get(path) != stamp:
                _seen[path] = stamp
                yield path, path.read_bytes()
        except OSError:
            continue  # it went meanwhile


def _keeps(path, data):
    return path.name in _KEEPERS or _LITTLEFS in data[:64] or data[4096:4160].count(_LITTLEFS)


def _learn(path, data):
    if path.name == "identity.json":
        # A test may have damaged it.
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            know(bytes.fromhex(json.loads(data)["private"]), "a gateway's private key")
    for match in re.finditer(re.escape(_STORED), data):
        value = data[match.start() + _HEADER : match.start() + _HEADER + 65]
        if len(value) == 65 and value[0] == 1 and _belong(value[1:33], value[33:]):
            know(value[1:33], "a device's key seed")


def _belong(seed, public):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == public


class Watch:
    """The plugin."""

    def __init__(self):
        self.leaks = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when != "teardown":
            if report.longrepr:
                heard(f"what is said of the failure in its {call.when}", str(report.longrepr))
            return report
        for title, text in report.sections:  # of all phases
            heard(title, text)
        try:
            found = leaks(_folders)
        except Exception as error:
            # Of the watch itself; pytest would take it for one of its own and end.
            found = [f"none is known, the watch failed: {type(error).__name__}: {error}"]
        # The test's own; those of its module and session may get more files.
        own = (getattr(item, "funcargs", None) or {}).get("tmp_path")
        _folders.discard(own)
        if found:
            self.leaks += found
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} shows secrets: {'; '.join(found)}"
        return report


def _listen():
    # What tests run, wherever they run it.
    create = Identity.create.__func__
    invoke, run = click.testing.CliRunner.invoke, subprocess.run
    begin, end, control = VirtualBoard.__init__, VirtualBoard.__exit__, VirtualBoard.control
    ask, make_folder = secret.ask_password, pytest.TempPathFactory.mktemp

    def noted_create(cls, *arguments, **options):
        made = create(cls, *arguments, **options)
        know(made._seed, "an identity's key seed")
        return made

    def noted_invoke(self, *arguments, **options):
        result = invoke(self, *arguments, **options)
        heard("what a command says", result.output_bytes)
        return result

    def noted_run(*arguments, **options):
        done = run(*arguments, **options)
        for text in (done.stdout, done.stderr):
            heard("what a program says", text)
        return done

    def noted_begin(self, *arguments, **options):
        begin(self, *arguments, **options)
        for password in (self._settings.networks or {}).values():
            know(password or "", "a Wi-Fi password")

    def noted_control(self, op, **fields):
        if op == "network":
            know(fields.get("password") or "", "a Wi-Fi password")
        return control(self, op, **fields)

    def noted_end(self, *arguments):
        heard("what a board says", bytes(self._printed))
        return end(self, *arguments)

    def noted_ask(*arguments, **options):
        password = ask(*arguments, **options)
        know(password, "a Wi-Fi password")
        return password

    def noted_folder(self, *arguments, **options):
        _folders.add(folder := make_folder(self, *arguments, **options))
        return folder

    pytest.TempPathFactory.mktemp = noted_folder
    Identity.create = classmethod(noted_create)
    click.testing.CliRunner.invoke = noted_invoke
    subprocess.run = noted_run
    VirtualBoard.__init__, VirtualBoard.__exit__ = noted_begin, noted_end
    VirtualBoard.control = noted_control
    secret.ask_password = noted_ask
    import uwish_host.commands.provision as command

    command.ask_password = noted_ask


def pytest_configure(config):
    if not config.pluginmanager.has_plugin("secrets-watch-reports"):
        _listen()
        config.pluginmanager.register(Watch(), "secrets-watch-reports")
