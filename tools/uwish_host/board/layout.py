"""The files that a board is to have, ready to be sent."""

import hashlib
import json

from .. import __version__
from .cache import keep_names
from .compile import compile_set
from .names import listed
from .sources import for_board

FORMAT = "uwish deploy 1"


class Layout:
    """`files` is {path on the board: bytes}, `hashes` {path: SHA-256 in hex}; `build` names exactly
    this set of files, in 12 hex digits."""

    def __init__(self, files, board, fmt):
        self.files = files
        self.hashes = {path: sha256(data) for path, data in files.items()}
        self.board = board
        self.size = sum(map(len, files.values()))
        listed = "".join(f"{self.hashes[path]} {path}\n" for path in sorted(files))
        self.build = sha256(listed.encode())[:12]
        self._mpy = f"{fmt} {fmt.arch}"

    def manifest(self):
        """What the board keeps of it, in JSON."""
        fields = {
            "format": FORMAT,
            "version": __version__,
            "build": self.build,
            "board": self.board,
            "mpy": self._mpy,
            "files": self.hashes,
        }
        return json.dumps(fields, indent=0, sort_keys=True).encode()


class Deployed:
    """What a board's manifest says it has: `files` and `hashes` are {path: SHA-256 in hex}, {} and
    the rest None without one."""

    def __init__(self, text):
        self.version = self.build = self.board = None
        self.files = {}
        try:
            fields = json.loads(text or "")
            if fields["format"] == FORMAT:
                self.files = dict(fields["files"])
                self.version, self.build = str(fields["version"]), str(fields["build"])
                self.board = str(fields["board"])
        except (ValueError, KeyError, TypeError):
            pass  # as good as none: the files are hashed anyhow

    @property
    def hashes(self):
        """The same as `files`: what a Layout calls so."""
        return self.files

    def __str__(self):
        return f"uwish {self.version} (build {self.build})" if self.build else "no uwish"


def build_layout(board, fmt, done=lambda: None):
    """The Layout of `board` (its folder's name) for a board with the Format `fmt`; `done()` is
    called after each file that was compiled."""
    sources = for_board(board)
    modules = {name: file for name, file in sources.items() if name.startswith("lib/")}
    files = {f"/{n}": file.read_bytes() for n, file in sources.items() if n not in modules}
    below = {name.removeprefix("lib/"): file for name, file in modules.items()}
    compiled = compile_set(fmt.arch, below, done)
    files.update({f"/lib/{name}": data for name, data in compiled.files.items()})
    layout = Layout(files, board, fmt)
    keep_names(layout.build, listed(compiled))
    return layout


def sha256(data):
    """Its SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
