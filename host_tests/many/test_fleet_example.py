"""tools/examples/fleet is no prose: what can be run without Docker is run."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import click
import yaml
from balancer import CONFIGURATION, EXAMPLE, environment, haproxy_path
from command_line import ENVIRONMENT, ROOT, ok
from mqtt_broker import GIVE_UP_S, HOST, Ear, free_port, mosquitto_path, until

from uwish.identity import Identity
from uwish_host.cli import main
from uwish_host.commands import settings
from uwish_host.commands.gateway import gateway
from uwish_host.state import State

COMPOSE = yaml.safe_load((EXAMPLE / "compose.yaml").read_text())
GATEWAYS = ("gateway1", "gateway2", "gateway3")


def parse(words):
    """What `uwish` makes of a command line, without running it: {parameter: value}."""
    words = list(words)
    command = main.get_command(None, words[0])
    assert command is not None, words
    name = words.pop(0)
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        name = words.pop(0)
        command = command.commands[name]
    context = command.make_context(name, words)
    # A group that is left without a command of its own has understood nothing.
    assert not isinstance(context.command, click.Group), words
    return context.params


def run_setup(tmp_path):
    """`setup.sh`, as the README says."""
    passphrase = tmp_path / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_text("a long passphrase\n")
    return subprocess.run(
        [EXAMPLE / "setup.sh", tmp_path / "site", passphrase],
        env={**ENVIRONMENT, "UWISH": f"{shlex.quote(sys.executable)} -m uwish_host"},
        capture_output=True,
        text=True,
        timeout=GIVE_UP_S,
    )


def test_haproxy_takes_its_configuration():
    done = subprocess.run(
        [haproxy_path(), "-c", "-V", "-f", str(CONFIGURATION)],
        env=environment(f"{HOST}:{free_port()}", []),
        capture_output=True,
        text=True,
        timeout=GIVE_UP_S,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr and "ALERT" not in done.stderr, done.stderr


def test_haproxy_knows_the_gateways_of_the_composition():
    text = CONFIGURATION.read_text()
    default = re.findall(r'^ +server \w+ "\$\{UWISH_GATEWAY_\d-([\w:]+)\}"', text, re.M)
    assert default == [f"{name}:37009" for name in GATEWAYS]
    for name in GATEWAYS:
        assert parse(COMPOSE["services"][name]["command"])["address"] == "0.0.0.0:37009"
        assert name in COMPOSE["services"]["balancer"]["depends_on"]


def test_every_gateway_has_a_state_that_was_made(tmp_path):
    made = run_setup(tmp_path)
    assert made.returncode == 0, made.stderr
    site = tmp_path / "site"
    states = []
    for name in GATEWAYS:
        service = COMPOSE["services"][name]
        inside = parse(service["command"])["directory"]
        (volume,) = service["volumes"]
        assert volume == "./site:/site"
        states.append(State(site / inside.relative_to("/site")))
    first, *others = [state.identity() for state in states]
    assert {own.uid for own in others} == {first.uid}
    assert len({own.hid for own in (first, *others)}) == 3
    for state in states:
        assert state.check_privacy() == []
        said = settings.load(state.settings_path, gateway)
        assert said["mqtt"] == "mqtt://broker:1883" and "broker" in COMPOSE["services"]
        (secret,) = COMPOSE["services"][name]["secrets"]
        assert said["mqtt_password_file"] == f"/run/secrets/{secret}"
    document = Identity.create("lamp").document().hex()
    ok("device", "add", "--state", states[2].directory, "--alias", "lamp", document)
    for state in states:
        assert [contact.alias for contact in state.contacts().values()] == ["lamp"]
    # Run again by mistake it changes nothing.
    assert run_setup(tmp_path).returncode != 0
    assert states[0].identity().dump() == first.dump()


def test_files_that_are_mounted_and_copied_are_there():
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            # What the README has the user make, and what Docker keeps itself.
            if source not in ("./site", "./passwords", *COMPOSE["volumes"]):
                assert (EXAMPLE / source).is_file(), source
    build = COMPOSE["services"]["gateway1"]["build"]
    context = (EXAMPLE / build["context"]).resolve()
    assert context == ROOT
    dockerfile = (context / build["dockerfile"]).read_text()
    for sources in re.findall(r"^COPY (.+) \S+$", dockerfile, re.M):
        for source in sources.split():
            assert (context / source).exists(), source


def test_the_broker_takes_its_configuration(tmp_path):
    """With the container's folders and port replaced by the test's."""
    folder = tmp_path / "broker"
    folder.mkdir()
    port = free_port()
    passwords = folder / "passwords"
    passwords.touch(mode=0o600)
    tool = shutil.which("mosquitto_passwd")
    subprocess.run([tool, "-b", passwords, "site", "secret"], check=True)
    text = (EXAMPLE / "mosquitto.conf").read_text()
    for old, new in (
        ("listener 1883", f"listener {port} {HOST}"),
        ("/mosquitto/config/passwords", str(passwords)),
        ("/mosquitto/data/", f"{folder}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    if os.geteuid() == 0:
        text += "user root\n"
    (folder / "mosquitto.conf").write_text(text)
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(
            [mosquitto_path(), "-c", folder / "mosquitto.conf"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: listens(process, folder / "log"), "Mosquitto")
        ear = Ear(port, "#", user="site", password="secret")
        ear.publish("t", b"x")
        until(lambda: ear.at("t"), "an answer")
        ear.close()
    finally:
        process.terminate()
        process.wait(GIVE_UP_S)
    said = (folder / "log").read_text()
    assert "Error" not in said and "eprecated" not in said, said


def listens(process, log):
    assert process.poll() is None, log.read_text()
    return "running" in log.read_text()


def test_every_command_of_the_readme_is_there():
    text = (EXAMPLE / "README.md").read_text()
    text = text.replace("\\\n", " ")
    commands = re.findall(r"^(?:docker compose exec \S+ )?uwish (.+)$", text, re.M)
    assert len(commands) == 2
    for command in commands:
        parse(shlex.split(command))
