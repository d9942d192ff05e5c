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
from ..errors import Failure

# Who we are is in identity.json, and where this file is, is known when it is read.
_NOT_HERE = ("directory", "alias", "as_json", "help")
_HEAD = "# Options of `uwish gateway`, by their long names; see `uwish gateway --help`.\n"


def options(command):
    """{name in the file: click.Option} of all that may be set for this command."""
    return {
        max(option.opts, key=len).lstrip("-"): option
        for option in command.params
        if option.name not in _NOT_HERE
    }


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
        raise Failure(f"the settings in {path} are damaged: {error}") from None
    known = options(command)
    for name in content:
        if name not in known:
            raise Failure(f"{path}: no option of `uwish gateway` is called {name!r}")
    return {known[name].name: value for name, value in content.items()}


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
