"""What was compiled before, kept in the user's cache directory: making the library smaller takes
seconds, and between two deploys mostly nothing has changed.

    $UWISH_CACHE, else $XDG_CACHE_HOME/uwish, else ~/.cache/uwish
        compiled/KEY.zip    the .mpy files of one set of sources, for one kind of board
        names/BUILD.json    what the short names in that build's tracebacks mean

KEY is a hash of everything the files are made from, the tools included, so nothing in here can be
out of date; what is damaged counts as absent, and nothing is needed: without a directory that can
be written all is made anew each time.
"""

import contextlib
import hashlib
import json
import os
import secrets
import zipfile
from functools import cache
from pathlib import Path

_PARTS = ("compile.py", "../shrink")  # the tools, beside the compiler, that decide what is made
_MOST = 40  # of each kind, 100 KB or less each; the oldest go
_FUNCTIONS = "functions.json"


def key_of(compiler, arch, texts):
    """The key for `texts` ({name: source}), compiled for `arch` by the mpy-cross that calls itself
    `compiler`."""
    digest = hashlib.sha256()
    for part in (_tools(), compiler, str(arch)):
        digest.update(f"{len(part)} {part}".encode())
    for name, text in sorted(texts.items()):
        data = text.encode()
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()[:32]


def load(key):
    """({name: bytes}, functions) as they were stored; None when they were not."""
    path = _folder("compiled") / f"{key}.zip"
    try:
        with zipfile.ZipFile(path) as archive:
            # Reading checks each file's CRC-32.
            found = {name: archive.read(name) for name in archive.namelist()}
            functions = json.loads(found.pop(_FUNCTIONS))
        os.utime(path)
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):
        return None
    return found, functions


def store(key, files, functions):
    """Keep `files` ({name: bytes}) and `functions` ({short name: [long name, …]})."""

    def write(path):
        with zipfile.ZipFile(path, "x") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
            archive.writestr(_FUNCTIONS, json.dumps(functions))

    _replace("compiled", f"{key}.zip", write)


def keep_names(build, names):
    """Remember what the short names in the tracebacks of `build` stand for: something that JSON
    has (see names.py)."""
    _replace("names", f"{build}.json", lambda path: path.write_text(json.dumps(names)))


def names_of(build=None):
    """What was kept of a build, or of the one that was made last; None when nothing is."""
    try:
        folder = _folder("names")
        path = folder / f"{build}.json" if build else max(folder.glob("*.json"), key=_age)
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


@cache
def _tools():
    """A hash of the sources of what makes files smaller and compiles them."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for part in _PARTS:
        path = here / part
        for file in [path] if path.is_file() else sorted(path.glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _folder(kind):
    chosen = os.environ.get("UWISH_CACHE")
    if not chosen:
        try:
            base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        except RuntimeError as error:  # nobody knows where this user is at home
            raise OSError(str(error)) from None
        chosen = Path(base, "uwish")
    return Path(chosen, kind)


def _replace(kind, name, write):
    # Whole or not at all, also when two do it at once.
    with contextlib.suppress(OSError):
        folder = _folder(kind)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = folder / f".{name}.{secrets.token_hex(4)}"
        try:
            write(temporary)
            temporary.rename(folder / name)
        finally:
            temporary.unlink(missing_ok=True)
        kept = [path for path in folder.iterdir() if not path.name.startswith(".")]
        for path in sorted(kept, key=_age)[:-_MOST]:
            path.unlink(missing_ok=True)


def _age(path):
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
