"""`uwish gateway init`, its settings, and that `uwish gateway` goes on working without either."""

import json
import os
import stat
import tomllib

import click
import pytest
from command_line import GatewayProcess, ok, refused, uwish

from uwish_host import files
from uwish_host.commands import settings
from uwish_host.commands.gateway import gateway as serving


def names(state):
    return sorted(path.name for path in state.iterdir())


def test_it_makes_everything_and_says_what_comes_next(state):
    said = ok("gateway", "init", "--state", state, "--alias", "house")
    assert names(state) == ["contacts.json", "contacts.lock", "gateway.toml", "identity.json"]
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for path in state.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    shown = json.loads(ok("identity", "show", "--state", state, "--json"))
    assert shown["alias"] == "house"
    # All 64 digits of the uid, in groups of four, on two lines.
    groups = [line.replace("fingerprint", "").split() for line in said.splitlines()[1:3]]
    assert [len(line) for line in groups] == [8, 8]
    assert "".join(sum(groups, [])) == shown["uid"]
    for command in ("gateway", "gateway unit", "provision", "device add", "identity backup"):
        assert f"uwish {command} " in said
    assert json.loads((state / "identity.json").read_text())["private"] not in said


def test_as_json(state):
    made = json.loads(ok("gateway", "init", "--state", state, "--json"))
    shown = json.loads(ok("identity", "show", "--state", state, "--json"))
    assert {name: made[name] for name in ("alias", "uid", "hid")} == {
        name: shown[name] for name in ("alias", "uid", "hid")
    }


def test_a_second_one_is_refused_and_changes_nothing(state):
    ok("gateway", "init", "--state", state, "--name", "hub")
    before = {path.name: path.read_bytes() for path in state.iterdir()}
    said = refused("gateway", "init", "--state", state, "--name", "other")
    assert "already" in said
    assert "nothing was changed" in said
    assert {path.name: path.read_bytes() for path in state.iterdir()} == before


def test_after_a_gateway_that_was_started_without_it(full):
    assert "already" in refused("gateway", "init", "--state", full)
    assert not (full / "gateway.toml").exists()


def test_a_directory_that_others_can_see_is_refused(state):
    state.mkdir(mode=0o755)
    assert "chmod 700" in refused("gateway", "init", "--state", state)
    assert names(state) == []
    state.chmod(0o700)
    ok("gateway", "init", "--state", state)


def test_a_bad_alias_makes_nothing(state):
    assert "47 bytes" in refused("gateway", "init", "--state", state, "--alias", "x" * 48)
    assert not (state / "identity.json").exists()
    ok("gateway", "init", "--state", state)


def test_options_are_kept_and_used_and_the_command_line_comes_first(state):
    given = ("--listen", "127.0.0.1:0", "--name", "hub", "--protocol", "chess", "--no-store")
    ok("gateway", "init", "--state", state, *given, "--workers", "0", "--flush-ms", "100")
    assert tomllib.loads((state / "gateway.toml").read_text()) == {
        "listen": "127.0.0.1:0",
        "name": "hub",
        "protocol": ["chess"],
        "no-store": True,
        "workers": 0,
        "flush-ms": 100,
    }
    with GatewayProcess(state, "--protocol", "sensor") as running:
        assert running.listening["name"] == "hub"
        assert running.listening["protocols"] == ["sensor"]
    assert not (state / "readings.db").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("listen =", "damaged"),
        ("state = '/elsewhere'", "'state'"),
        ("alias = 'x'", "'alias'"),
        ("lisen = 'x'", "'lisen'"),
        ("listen = 'nonsense'", "HOST:PORT"),
    ],
)
def test_settings_that_cannot_be(state, text, said):
    ok("gateway", "init", "--state", state)
    (state / "gateway.toml").write_text(text)
    assert said in refused("gateway", "--state", state, status=2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workers = 'many'", "gateway.toml: workers: 'many' is not a valid integer range"),
        ("workers = 1.5", "gateway.toml: workers: '1.5' is not a valid integer range"),
        ("workers = true", "gateway.toml: workers: a text or a number is wanted"),
        ("http = [80]", "gateway.toml: http: a text or a number is wanted"),
        ("keep-days = {a = 1}", "gateway.toml: keep-days: a text or a number is wanted"),
        ("keep-days = 0", "gateway.toml: keep-days: 0.0 is not in the range"),
        ("no-store = 'yes'", "gateway.toml: no-store: true or false is wanted"),
        ("protocol = [1]", "gateway.toml: protocol: a text or a list of texts is wanted"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named_with_its_file(state, text, said):
    ok("gateway", "init", "--state", state)
    (state / "gateway.toml").write_text(text)
    assert said in refused("gateway", "--state", state, status=2)


def test_a_list_of_one_may_be_a_text(state):
    ok("gateway", "init", "--state", state, "--listen", "127.0.0.1:0")
    with open(state / "gateway.toml", "a") as file:
        file.write("protocol = 'chess'\nkeep-days = 7\nno-store = true\n")
    with GatewayProcess(state) as running:
        assert running.listening["protocols"] == ["chess"]


@pytest.mark.parametrize("options", [("--listen", "nonsense"), ("--mqtt", "http://broker")])
def test_what_makes_no_sense_is_not_kept(state, options):
    refused("gateway", "init", "--state", state, *options, status=2)
    assert not state.exists()


@pytest.mark.parametrize(
    ("name", "value", "main"),
    [
        ("mqtt-user", "house", "mqtt"),
        ("mqtt-password-file", "/nowhere/x", "mqtt"),
        ("mqtt-window", "10", "mqtt"),  # what it is anyway
        ("metrics-readings", "5", "metrics"),
        ("http-name", "fleet.example", "http"),
    ],
)
def test_an_option_does_nothing_without_the_one_it_belongs_to(state, name, value, main):
    said = f"--{name} does nothing without --{main}: give that too"
    for words in (("gateway",), ("gateway", "init")):
        assert said in refused(*words, "--state", state, f"--{name}", value, status=2)
    assert not state.exists()
    ok("gateway", "init", "--state", state)
    (state / "gateway.toml").write_text(f"{name} = {json.dumps(value)}\n")
    assert said in refused("gateway", "--state", state, status=2)


def test_a_password_that_is_put_there_later(state):
    given = ("--mqtt", "mqtt://broker", "--mqtt-user", "x", "--mqtt-password-file", "/nowhere/x")
    ok("gateway", "init", "--state", state, *given)
    assert "cannot read the broker's password" in refused("gateway", "--state", state)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("frob",), "No such command 'frob'"),
        (("--state", "x", "frob"), "No such command 'frob'"),
        (("--state", "x", "init"), "uwish gateway init ..."),
    ],
)
def test_a_command_that_there_is_not_or_that_comes_too_late(words, said):
    result = uwish("gateway", *words)
    assert result.exit_code == 2 and said in result.stderr


def test_texts_of_all_kinds_survive():
    values = {"a": 'quo"te \\ back', "b": "Zürich 🏠", "c": ["x", "y"], "d": 1.5, "e": False}
    assert tomllib.loads(settings.render(values)) == values


def test_what_names_the_state_cannot_be_a_setting():
    kept = settings.options(serving)
    assert "listen" in kept
    assert not {"state", "alias", "json", "help"} & set(kept)


def test_the_state_may_come_from_the_environment(state):
    ok("gateway", "init", env={"UWISH_STATE": str(state)})
    (state / "gateway.toml").write_text("lisen = 1")
    result = uwish("gateway", env={"UWISH_STATE": str(state)})
    assert "'lisen'" in result.stderr


def test_help_has_the_options_of_serving_and_the_other_commands():
    said = ok("gateway", "--help")
    for word in ("--listen", "--state", "--workers", "init", "unit"):
        assert word in said
    assert all(isinstance(option, click.Option) for option in settings.options(serving).values())


def test_what_others_can_read_is_told_at_the_start(full):
    full.chmod(0o755)
    (full / "contacts.json").chmod(0o640)
    with GatewayProcess(full) as running:
        _, _, err = running.stop()
    assert f"chmod go= {full}\n" in err
    assert f"chmod go= {full / 'contacts.json'}\n" in err


@pytest.mark.parametrize("what", ["", "contacts.json", "gateway.toml"])
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_can_change_keeps_it_from_starting(full, what, mode):
    path = full / what
    if not path.exists():
        path.write_text("")
    path.chmod(mode | 0o100)
    said = refused("gateway", "--state", full, "--listen", "127.0.0.1:0")
    assert f"chmod go-w {path}" in said


def test_root_leaves_no_files_that_the_service_cannot_read(tmp_path, document):
    """`sudo uwish device add` in the directory of a gateway that runs as somebody else."""
    if os.geteuid() != 0:
        given = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files.os, "geteuid", lambda: 0)
            patch.setattr(files.os, "fchown", lambda fd, uid, gid: given.append((uid, gid)))
            files.write_new(tmp_path / "file", "x")
        assert given == [(tmp_path.stat().st_uid, tmp_path.stat().st_gid)]
        return
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    os.chown(state, 4242, 4243)
    ok("gateway", "init", "--state", state)
    ok("device", "add", "--state", state, document().hex())
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in state.iterdir()}
    assert owners == {(4242, 4243)}


def test_a_lock_is_never_opened_through_a_link(full, tmp_path, document):
    """Whose directory it is could otherwise have root give him any file."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (full / "contacts.lock").unlink()
    (full / "contacts.lock").symlink_to(victim)
    assert "contacts.lock" in refused("device", "add", "--state", full, document("x").hex())
    assert victim.stat().st_uid == os.geteuid()
