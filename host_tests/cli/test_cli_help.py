"""What the commands say of themselves."""

import click
import pytest
from command_line import ok, process, uwish

import uwish as library
from uwish_host.cli import main


def all_commands(command, path=()):
    yield list(path)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from all_commands(inner, (*path, name))


COMMANDS = list(all_commands(main))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command):
    said = ok(*command, "--help")
    assert said.startswith("Usage: ")
    assert ok(*command, "-h") == said


def test_the_version():
    assert ok("--version") == f"uwish, version {library.__version__}\n"


def test_an_unknown_command_is_status_2():
    result = uwish("nonsense")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_the_module_is_the_command():
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"uwish, version {library.__version__}\n")


def test_the_demo_has_help():
    done = process("--help", module="uwish_host.demo")
    assert done.returncode == 0
    assert "--seconds" in done.stdout


def test_the_state_directory_can_come_from_the_environment(state):
    ok("identity", "create", env={"UWISH_STATE": str(state)})
    assert (state / "identity.json").exists()


def test_a_command_without_a_state_says_how_to_give_it():
    result = uwish("device", "list", env={"UWISH_STATE": ""})
    assert result.exit_code == 2
    assert "--state" in result.stderr
