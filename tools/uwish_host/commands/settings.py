"""The gateway's options, kept in the state directory: `gateway.toml`.

    listen = "0.0.0.0:37009"
    protocol = ["sensor", "control"]

Any option of `uwish gateway` by its long name; what the command line says comes first. So a service
is started by `uwish gateway --state DIR` alone, and secrets stay out of the list of processes.
"""

import json
import tomllib

from click.core import ParameterSource

from .. import files
from ..errors import Failure, Senseless

# Who we are is in identity.json, and where this file is, is known when it is read.
_NOT_HERE = ("directory", "alias", "as_json", "help")
_HEAD = "# Options of `uwish gateway`, by their long names; see `uwish gateway --help`.\n"


def options(command):
    """{name in the file: click.Option} of all that may be set for this command."""
    return {name_of(option): option for option in command.params if option.name not in _NOT_HERE}


def name_of(option):
    """What a click.Option is called in the file."""
    return max(option.opts, key=len).lstrip("-")


def load(path, command):
    """{parameter: value} that the file sets for `command`; empty when there is no file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        return {}  # said in better words when the state is looked at
    except OSError as error:
        raise Failure(f"the settings cannot be read: {path}: {error.strerror}") from None
    except ValueError as error:
        raise Senseless(f"the settings in {path} are damaged: {error}") from None
    known = options(command)
    for name in content:
        if name not in known:
            raise Senseless(f"{path}: no option of `uwish gateway` is called {name!r}")
    return {known[name].name: _value(path, name, known[name], content[name]) for name in content}


def _value(path, name, option, value):
    """A setting as click takes it: TOML's types are looked at here, because click would make
    something of each of them."""
    if option.multiple:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(value, str) for value in values):
            raise Senseless(f"{path}: {name}: a text or a list of texts is wanted")
        return values
    if option.is_flag:
        if not isinstance(value, bool):
            raise Senseless(f"{path}: {name}: true or false is wanted")
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Senseless(f"{path}: {name}: a text or a number is wanted")
    return str(value)


def given(ctx, command):
    """{name in the file: value} of what was said on the command line of `ctx`."""
    return {
        name: ctx.params[option.name]
        for name, option in options(command).items()
        if ctx.get_parameter_source(option.name) == ParameterSource.COMMANDLINE
    }


def render(values):
    """The file's text."""
    # Strings, numbers, booleans and lists are the same in JSON and in TOML.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"
        for name, value in values.items()
    ]
    text = _HEAD + "".join(line + "\n" for line in lines)
    tomllib.loads(text)
    return text


def save(path, values):
    """Write the file, which must not exist, for its owner only."""
    try:
        files.write_new(path, render(values))
    except FileExistsError:
        raise Failure(f"there are settings already: {path}") from None
