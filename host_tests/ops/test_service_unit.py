"""The systemd unit of a gateway: hardened, and nothing given can change what it says."""

import configparser
import os
import shutil
import stat
import subprocess

import pytest
from command_line import ENVIRONMENT, GIVE_UP_S, ok, refused, uwish

from uwish_host.errors import Failure
from uwish_host.ops import unit as units


def parsed(text):
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read_string(text)
    return parser


UNIT = ("gateway", "unit", "--state")


def test_a_service_of_its_own_user():
    service = parsed(ok(*UNIT, "/var/lib/uwish"))["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["StateDirectory"] == "uwish"
    assert service["StateDirectoryMode"] == "0700"
    assert service["ExecStart"].endswith("gateway --state /var/lib/uwish")
    assert service["ExecStart"].startswith("/")


def test_a_service_of_a_user_with_a_directory_elsewhere(tmp_path):
    service = parsed(ok(*UNIT, tmp_path, "--user", "alice", "--memory-max", "1G"))["Service"]
    assert service["User"] == "alice"
    assert "DynamicUser" not in service
    assert service["ReadWritePaths"] == str(tmp_path)
    assert service["MemoryMax"] == "1G"


def test_elsewhere_without_a_user_is_refused(tmp_path):
    assert "--user" in refused(*UNIT, tmp_path)


def test_nobody_runs_it_as_root():
    assert "root" in refused(*UNIT, "/var/lib/uwish", "--user", "root")


@pytest.mark.parametrize("user", ["", "a b", "-x", "x\nUser=root", "x:y", "%i"])
def test_a_user_that_cannot_be(user):
    assert "no name or number of a user" in refused(*UNIT, "/var/lib/uwish", "--user", user)


def test_who_prints_the_unit_need_not_be_let_into_the_directory(tmp_path, monkeypatch):
    """It was made by root, with `sudo uwish gateway init`."""
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert ok(*UNIT, tmp_path, "--user", "alice")
    assert uwish("device", "list", "--state", tmp_path).exit_code == 2


@pytest.mark.parametrize("value", ["", "lots", "-1", "5X", "512M\nUser=root"])
def test_a_limit_of_memory_that_cannot_be(value):
    result = uwish(*UNIT, "/var/lib/uwish", "--memory-max", value)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_directory_cannot_add_lines_to_the_unit(tmp_path):
    said = refused(*UNIT, "/var/lib/x\nExecStartPre=evil")
    assert "cannot stand in a unit" in said


def test_words_are_quoted_as_systemd_reads_them():
    text = units.make_unit(
        ["/opt/my tools/uwish", "a$b", "50%", 'q"'], units.Path("/var/lib/a b"), "alice"
    )
    assert r'ExecStart="/opt/my tools/uwish" a$$b 50%% "q\""' in text.splitlines()


def test_homes_are_closed_unless_something_of_ours_lies_there():
    closed = units.make_unit(["/opt/uwish"], units.Path("/var/lib/uwish"))
    assert "ProtectHome=yes" in closed
    for command, directory in (("/home/a/uwish", "/var/lib/uwish"), ("/opt/uwish", "/home/a/s")):
        text = units.make_unit([command], units.Path(directory), "alice")
        assert "ProtectHome=read-only" in text


HARDENED = [
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "CapabilityBoundingSet=",
    "MemoryMax=512M",
    "Restart=on-failure",
    "Type=notify",
    "WatchdogSec=60",
    "SystemCallArchitectures=native",
    "KillMode=mixed",
    "UMask=0077",
]


@pytest.mark.parametrize("line", HARDENED)
def test_what_hardens_it_is_there(line):
    assert line in ok(*UNIT, "/var/lib/uwish").splitlines()


def test_the_check_finds_what_is_missing():
    sound = ok(*UNIT, "/var/lib/uwish")
    assert units.check(sound) == []
    for line in ("Type=notify", "NoNewPrivileges=yes", "ProtectSystem=strict", "DynamicUser=yes"):
        assert len(units.check(sound.replace(line + "\n", ""))) == 1, line
    assert "absolute" in units.check(sound.replace("ExecStart=/", "ExecStart="))[0]
    assert "root" in units.check(sound.replace("DynamicUser=yes", "User=0"))[0]
    assert "no unit" in units.check("nonsense")[0]
    assert units.check("")


def test_systemd_finds_nothing_wrong_with_it(tmp_path):
    """Where there is systemd; what can be seen without it is in the tests above."""
    analyze = shutil.which("systemd-analyze")
    directories = [("/var/lib/uwish",), (tmp_path / "state", "--user", "daemon")]
    for number, arguments in enumerate(directories):
        text = ok(*UNIT, *arguments)
        assert units.check(text) == []
        if analyze is None:
            continue
        path = tmp_path / f"uwish{number}.service"
        path.write_text(text)
        done = subprocess.run(
            [analyze, "verify", path], capture_output=True, text=True, timeout=GIVE_UP_S
        )
        # It may have something to say of the machine's own units.
        assert (done.returncode, path.name in done.stdout + done.stderr) == (0, False), done


def test_the_unit_names_a_program_that_runs(tmp_path):
    """The first word of ExecStart is there and can be run."""
    command = parsed(ok(*UNIT, "/var/lib/uwish"))["Service"]["ExecStart"].split()
    assert os.stat(command[0]).st_mode & stat.S_IXUSR
    arguments = command[: command.index("gateway")]
    done = subprocess.run([*arguments, "--version"], env=ENVIRONMENT, capture_output=True)
    assert done.returncode == 0


def test_what_cannot_be_written_down_is_refused():
    with pytest.raises(Failure, match="cannot stand"):
        units.make_unit(["/opt/uwish"], units.Path("/var/lib/a\x00b"))
