"""Commands as they are mistyped: each is refused with a sentence that says what is wrong, and makes
nothing."""

import pytest
from command_line import ok, uwish

NO_DIRECTORY = "there is no state directory nowhere"
EMPTY = "an empty name: is a variable of the shell not set?"
SLIPS = [
    # A directory that is not there, or whose name was to come from a variable.
    (1, "readings --state nowhere", NO_DIRECTORY),
    (1, "watch --state nowhere", NO_DIRECTORY),
    (1, "send --state nowhere lamp --text x", NO_DIRECTORY),
    (1, "device list --state nowhere", NO_DIRECTORY),
    (1, "identity show --state nowhere", NO_DIRECTORY),
    (1, "identity backup --state nowhere FILE", NO_DIRECTORY),
    (1, "readings --state DIR/identity.json", "there is no state directory DIR/identity.json"),
    (2, "gateway --state EMPTY", EMPTY),
    (2, "gateway init --state EMPTY", EMPTY),
    (2, "gateway unit --state EMPTY", EMPTY),
    (2, "device list --state EMPTY", EMPTY),
    (2, "identity restore --state EMPTY FILE", EMPTY),
    (2, "sim --state EMPTY", EMPTY),
    (1, "doctor --gateway EMPTY --port nope", "--gateway has an empty name"),
    (1, "provision --gateway EMPTY --port /dev/null", "--gateway has an empty name"),
    # Numbers and times.
    (2, "gateway --state DIR --keep-days nan", "'nan' is no number"),
    (2, "gateway --state DIR --keep-days inf", "inf is not in the range 0<x<=36500"),
    (2, "gateway --state DIR --keep-days 1e300", "is not in the range"),
    (2, "watch --state DIR --interval nan", "'nan' is no number"),
    (2, "bench gateway --seconds nan", "'nan' is no number"),
    (2, "bench gateway --rate inf", "inf is not in the range"),
    (2, "doctor --wait inf", "inf is not in the range"),
    (2, "readings --state DIR --last 99999999999999999999", "is not in the range"),
    (2, "readings --state DIR --since 1h --until 2h", "--since is not before --until"),
    (1, "readings --state DIR --since 30", "say of what, as in 15m"),
    (1, "readings --state DIR --until 1e99", "no time: '1e99'"),
    (2, "sim-control temperature 5000", "5000 is not in the range -100<=x<=300"),
    (2, "sim-control temperature -101", "-101 is not in the range"),
    (2, "sim-control sensor 4 nan", "'nan' is no number"),
    (2, "sim-control sensor 4 20 --humidity 500", "is not in the range 0<=x<=100"),
    (2, "sim-control sensor 4 20 --humidty 50", "unexpected extra arguments"),
    (2, "sim-control adc 34 inf", "inf is not in the range"),
    (2, "sim-control wifi --rssi 5", "5 is not in the range -120<=x<=0"),
    (2, "sim-control power maybe", "'maybe' is not one of 'on', 'off'"),
    # What belongs together, and what does not.
    (2, "readings --state DIR --csv --json", "--csv or --json, not both"),
    (2, "readings --state DIR --frames --name x", "--name is for readings"),
    (2, "readings --state DIR --devices --last 5", "--devices shows all of them"),
    (2, "send --state DIR lamp", "give the payload by one of"),
    (2, "send --state DIR lamp --text a --hex 00", "give the payload by one of"),
    (2, "gateway --state DIR --protocol a --protocol a", "the same --protocol is given twice"),
    (2, "gateway --state DIR --mqtt-user me", "--mqtt-user does nothing without --mqtt"),
    (2, "sim --wifi-open", "--wifi-open belongs to --wifi SSID"),
    # Names.
    (2, "gatway --state DIR", "No such command 'gatway'"),
    (2, "gateway --state DIR frob", "No such command 'frob'"),
    (2, "gateway --state DIR --listen 37009", "must look like HOST:PORT"),
    (1, "gateway --state DIR --alias other", "has another alias: 'gateway'"),
    (1, "gateway init --state new --alias EMPTY", "an alias must be"),
    (1, "device add --state DIR nothing.bin", "nothing.bin: No such file or directory"),
    (1, "device remove --state DIR EMPTY", "no device is called ''"),
    (1, "deploy --port nope", "there is no port nope: "),
]


@pytest.mark.parametrize(("status", "line", "said"), SLIPS, ids=[line for _, line, _ in SLIPS])
def test_a_slip_is_told_and_makes_nothing(tmp_path, monkeypatch, status, line, said):
    monkeypatch.chdir(tmp_path)
    ok("identity", "create", "--state", "DIR")
    before = sorted(path.name for path in (tmp_path / "DIR").iterdir())
    result = uwish(*("" if word == "EMPTY" else word for word in line.split()))
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    assert said in result.stderr.splitlines()[-1]
    assert result.stdout == ""
    assert sorted(path.name for path in (tmp_path / "DIR").iterdir()) == before
    assert not (tmp_path / "nowhere").exists() and not (tmp_path / "identity.json").exists()
