"""`uwish identity`: our public side, and nothing of the other."""

import json
import stat

from command_line import ok, refused

from uwish.documents import Document


def private_key(state):
    return json.loads((state / "identity.json").read_text())["private"]


def test_create_makes_a_private_state(state):
    ok("identity", "create", "--state", state, "--alias", "house")
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for path in state.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert len(private_key(state)) == 64


def test_create_again_changes_nothing(state):
    first = ok("identity", "create", "--state", state)
    kept = (state / "identity.json").read_bytes()
    assert ok("identity", "create", "--state", state).split()[-1] == first.split()[-1]
    assert (state / "identity.json").read_bytes() == kept


def test_another_alias_is_refused(state):
    ok("identity", "create", "--state", state, "--alias", "house")
    assert "'house'" in refused("identity", "create", "--state", state, "--alias", "barn")
    assert "house" in ok("identity", "show", "--state", state)


def test_a_bad_alias_is_refused(state):
    assert "47 bytes" in refused("identity", "create", "--state", state, "--alias", "x" * 48)
    assert not (state / "identity.json").exists()


def test_keys_are_fresh(tmp_path):
    for name in ("one", "two"):
        ok("identity", "create", "--state", tmp_path / name)
    assert private_key(tmp_path / "one") != private_key(tmp_path / "two")


def test_show_in_words_and_as_json(state):
    ok("identity", "create", "--state", state)
    words = ok("identity", "show", "--state", state)
    shown = json.loads(ok("identity", "show", "--state", state, "--json"))
    parsed = Document(bytes.fromhex(shown["document"]))
    assert shown["alias"] == parsed.alias == "gateway"
    assert shown["uid"] == parsed.uid.hex()
    assert shown["public"] == parsed.public.hex()
    assert shown["hid"].startswith("00")
    for value in (shown["uid"], shown["hid"], shown["document"]):
        assert value in words


def test_export_raw_hex_and_to_a_file(state, tmp_path):
    ok("identity", "create", "--state", state)
    transports = ("--transport", "wish://192.0.2.1:37009", "--transport", "wish://[2001:db8::1]:1")
    hexadecimal = ok("identity", "export", "--state", state, "--hex", *transports)
    path = tmp_path / "gateway.bin"
    ok("identity", "export", "--state", state, "-o", path, *transports)
    assert path.read_bytes().hex() == hexadecimal.strip()
    assert Document(path.read_bytes()).transports == [
        "wish://192.0.2.1:37009",
        "wish://[2001:db8::1]:1",
    ]


def test_a_bad_transport_is_refused(state):
    ok("identity", "create", "--state", state)
    for transport in ("192.0.2.1:37009", "wish://", "wish://host", "wish://host:99999"):
        said = refused("identity", "export", "--state", state, "--transport", transport)
        assert "wish://host:port" in said
    five = ["--transport", "wish://host:1"] * 5
    assert "at most 4" in refused("identity", "export", "--state", state, *five)


def test_the_private_key_is_never_shown(state, document):
    ok("identity", "create", "--state", state)
    said = "".join(
        ok(*command, "--state", state)
        for command in (
            ["identity", "create"],
            ["identity", "show"],
            ["identity", "show", "--json"],
            ["identity", "export", "--hex"],
            ["device", "add", document().hex()],
            ["device", "list", "--json"],
        )
    )
    assert private_key(state) not in said
