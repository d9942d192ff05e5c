"""What the pages say there is, there is: layers, the public API's parameters, commands with their
options, events, metrics."""

import ast
import inspect
import re

import click
import pytest
from command_line import ROOT
from test_imports import LAYERS

from uwish.app import App
from uwish.identity_api import IdentityApi
from uwish.peer_api import PeerApi
from uwish.senml import Pack
from uwish_host import events
from uwish_host.cli import main
from uwish_host.show import Show

TOOLS = ROOT / "tools" / "uwish_host"
# What is told to other programs: rsync, and what runs in a container.
_OTHERS = {"docs/FLEET.md": {"--chmod"}}
_PAGES = (
    ["README.md", "firmware/README.md", "boards/virtual/README.md"]
    + [f"boards/{name}/README.md" for name in ("esp32_generic", "esp32_s3", "esp32_c3")]
    + [f"docs/{name}.md" for name in ("BOARDS", "FLEET", "GATEWAY", "ten-minutes")]
)
_GIVEN = ("protocols", "store")  # to an App: what they are is the program's own
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
_COMMAND = re.compile(r"\buwish((?: [a-z][a-z-]*)+)([^`#|]*)")


def test_the_layers_are_those_that_imports_are_held_against():
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
    rows = re.findall(r"^\| ([a-z ]+) \| (`.*?) \|", page.partition("## Layers")[2], re.M)
    told = {layer: set(re.findall(r"`(\w+)/?`", modules)) for layer, modules in rows}
    built = {layer: set(names.split()) for layer, names in LAYERS if layer != "public names"}
    assert list(told)[: len(built)] == list(built)
    assert {layer: told[layer] for layer in built} == built


def test_the_sizes_of_an_app_are_those_of_its_page():
    page = (ROOT / "docs" / "API.md").read_text()
    (example,) = re.findall(r"```python\n(import uwish\n.*?)```", page, re.S)
    call = ast.parse(example).body[-1].value
    told = {word.arg: word.value.value for word in call.keywords if word.arg not in _GIVEN}
    real = inspect.signature(App).parameters.values()
    assert told == {p.name: p.default for p in real if p.name not in ("name", *_GIVEN)}


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("app.poll(timeout_ms=0)", App.poll),
        ("app.discover(max_hosts=8)", App.discover),
        ("send(peer, payload, length=None)", PeerApi.send),
        ("pin(luid, ruid, rhid, policy, priority=0)", PeerApi.pin),
        ("unpin(luid, ruid, rhid)", PeerApi.unpin),
        ("import_(document, transports=())", IdentityApi.import_),
        ("number(name, value, exponent=0, unit=None)", Pack.number),
    ],
)
def test_a_call_takes_what_its_page_says(call, function):
    assert f"`{call}" in (ROOT / "docs" / "API.md").read_text()
    real = list(inspect.signature(function).parameters.values())[1:]
    assert re.search(r"\((.*)\)$", call)[1] == ", ".join(map(str, real))


def commands(command, ctx):
    """Yields (words, option names) of all commands below `command`."""
    inner = getattr(command, "_serving", command)
    yield (), {name for p in inner.params for name in (*p.opts, *p.secondary_opts)}
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            for words, options in commands(below, click.Context(below, parent=ctx)):
                yield (name, *words), options


OPTIONS = dict(commands(main, click.Context(main)))


def command_of(words):
    """The longest beginning of `words` that is a command; () when there is none."""
    for n in (2, 1):
        if tuple(words[:n]) in OPTIONS:
            return tuple(words[:n])
    return ()


@pytest.mark.parametrize("page", _PAGES)
def test_options_are_those_of_the_commands(page):
    text = (ROOT / page).read_text()
    every = set().union(*OPTIONS.values()) | _OTHERS.get(page, set()) | {"--large"}
    assert set(_OPTION.findall(text)) <= every
    for line in text.splitlines():
        for words, rest in _COMMAND.findall(line):
            command = command_of(words.split())
            if not command:
                continue  # "uwish" in a sentence
            # A group may be given options before the word that names its command.
            known = OPTIONS[command] | {"--help"}
            if command in (("pins",), ("sim-control",)):
                known = known.union(*(OPTIONS[c] for c in OPTIONS if c[:1] == command))
            assert set(_OPTION.findall(rest)) <= known, line


def test_the_pages_name_commands_enough():
    text = "\n".join((ROOT / page).read_text() for page in _PAGES)
    named = {command_of(words.split())[:1] for words, _ in _COMMAND.findall(text)}
    assert named - {()} >= {(name,) for name in main.list_commands(None)} - {("bench",)}


def test_events_are_told_as_they_are_listed():
    listed = set(re.findall(r"^(\w+)  +\S", events.__doc__, re.M))
    assert len(listed) > 10
    assert all(callable(getattr(Show, f"_{name}", None)) for name in listed)
    source = "\n".join(file.read_text() for file in TOOLS.rglob("*.py"))
    told = set(re.findall(r"\b(?:bus|_bus)\.event\(\s*\"(\w+)\"", source))
    assert told and told <= listed


def test_metrics_are_listed():
    families = (TOOLS / "metrics" / "families.py").read_text()
    made = set(re.findall(r'"uwish_(\w+)"', families)) - {"build"}
    page = (ROOT / "docs" / "GATEWAY.md").read_text().partition("| metric (")[2]
    table = page.partition("\n\n")[0]
    listed = set()
    for row in table.splitlines()[2:]:
        listed |= set(re.findall(r"`(\w+)(?:\{[a-z,]*\})?`", row.split("|")[1]))
    listed = {name.removesuffix("_total") for name in listed} - {"build_info"}
    assert listed == made
