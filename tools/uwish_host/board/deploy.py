"""Getting a set of files onto a board, whole or not at all, whenever the cable or the power goes.

    1  stage    what is new is written to /deploy, under names of its own, and is hashed there;
                nothing that the board uses is touched
    2  commit   /deploy/steps says what to rename and what to remove; then boot.py is replaced, by
                one rename, by a program that does these steps (remote/finish.py)
    3  finish   the steps are done; the last puts the real boot.py in its place

Cut in 1, the board has the old files, and the next deploy goes on where this one was; cut after the
rename of 2, it completes 3 by itself at its next start, before anything of uwish is loaded. That a
rename replaces a file in one step is what littlefs promises, the file system of MicroPython's ESP32
boards; on FAT the same order holds, but that one rename is two.
"""

import base64

from ..errors import Failure
from .layout import Deployed, sha256
from .port import BoardError, source
from .sources import library

FOLDER = "/deploy"
MANIFEST = f"{FOLDER}/manifest"
_STEPS = f"{FOLDER}/steps"
_FINISHED = f"{FOLDER}/finished"
_KEPT = {"manifest", "steps", "finished"}
_PIECE = 1536  # bytes sent at once: 2 KB of base64, which a board has room for
_START = ("/main.py", "/boot.py")


class Deploy:
    """One deploy of `layout` (a layout.Layout) to `board` (a port.Board)."""

    def __init__(self, board, layout):
        self._board = board
        self._layout = layout
        self._there = {}  # staged name: hash, from an earlier deploy
        self.former = Deployed(None)
        self.changed = []  # paths
        self.stale = []
        self.left_over = ""  # a sentence on an earlier deploy that was cut short

    def look(self, done=lambda: None):
        """Find out what the board has: `changed`, `stale`, `former`, `left_over`; `done()` is
        called for each file that was hashed."""
        board = self._board
        board.step = "reading what is on it"
        self.former = Deployed(board.read(MANIFEST))
        names = board.call("disk", "names", FOLDER)
        staged = [name for name in names if name not in _KEPT]
        self._say_what_was_left(names, staged)
        found = self._hash([f"{FOLDER}/{name}" for name in staged])
        self._there = {path.rpartition("/")[2]: found[path] for path in found}
        wanted = self._layout.hashes
        has = self._hash(wanted, done)
        self.changed = sorted(path for path in wanted if has[path] != wanted[path])
        stale = [path for path in self.former.files if path not in wanted]
        self.stale = sorted(path for path in stale if path.startswith("/lib/")) + self._shadows()

    @property
    def needed(self):
        """False when the board has everything already, and says so."""
        return bool(self.changed or self.stale or self.former.build != self._layout.build)

    def tidy(self):
        """Remove what an earlier deploy has left, when nothing is needed."""
        board = self._board
        board.step = "tidying up"
        left = [name for name in board.call("disk", "names", FOLDER) if name != "manifest"]
        board.call("disk", "remove", [f"{FOLDER}/{name}" for name in left])

    def stage(self, sent=lambda size: None):
        """Write and check what is new; `sent(bytes)` after each piece. A Failure when there is no
        room; the board works as before then."""
        board = self._board
        board.step = "making room"
        # boot.py goes last in any case: what replaces it for a while is the commit.
        wanted = {self._staged(path): path for path in {*self.changed, "/boot.py"}}
        hashes = self._layout.hashes
        done = {n for n, path in wanted.items() if self._there.get(n) == hashes[path]}
        useless = [n for n in self._there if n not in done]
        board.call("disk", "remove", [f"{FOLDER}/{name}" for name in [*useless, "finished"]])
        missing = sorted(path for name, path in wanted.items() if name not in done)
        self._require_room(missing)
        board.call("disk", "make", FOLDER)
        try:
            for path in missing:
                board.step = f"writing {path}"
                self._send(f"{FOLDER}/{self._staged(path)}", self._layout.files[path], sent)
            board.step = "writing the manifest"
            self._send(f"{FOLDER}/new", self._layout.manifest(), sent)
        except BoardError as error:
            if error.is_full:
                board.call("disk", "remove", [f"{FOLDER}/{name}" for name in [*wanted, "new"]])
            raise
        self._check_staged(wanted)

    def commit(self):
        """From here on the board has the new files, whatever happens."""
        board = self._board
        board.step = "writing the steps"
        steps = "".join(f"{step}\n" for step in self._steps()).encode()
        recovery = (source("finish") + "\n\nrecover()\n").encode()
        self._send(f"{FOLDER}/steps.new", steps)
        self._send(f"{FOLDER}/boot.new", recovery)
        found = self._hash([f"{FOLDER}/steps.new", f"{FOLDER}/boot.new"])
        if set(found.values()) != {sha256(steps), sha256(recovery)}:
            raise Failure(f"{board.port}: the flash does not keep what is written: nothing changed")
        board.step = "changing over"
        board.run(
            "import os\n"
            f"os.rename('{FOLDER}/steps.new', '{_STEPS}')\n"
            f"os.rename('{FOLDER}/boot.new', '/boot.py')"
        )

    def finish(self):
        """Do the steps, and check every file."""
        board = self._board
        board.step = "putting the files in place"
        board.load("finish")
        board.run("finish()", timeout_s=120)
        board.call("disk", "remove", [_STEPS])

    def verify(self, done=lambda: None):
        """A Failure unless the board has exactly what it should; `done()` for each file."""
        self._board.step = "checking"
        wanted = self._layout.hashes
        has = self._hash(wanted, done)
        wrong = [path for path in wanted if has[path] != wanted[path]]
        if wrong:
            others = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
            raise Failure(
                f"{self._board.port}: {wrong[0]} is not what was sent{others}: "
                "run `uwish deploy` again; if it stays so, the flash is worn out"
            )

    def _steps(self):
        for path in self.stale:
            if path not in _START:
                yield f"- {path}"
        for path in self.changed:
            if path != "/boot.py":
                yield f"> {FOLDER}/{self._staged(path)} {path}"
        yield f"> {FOLDER}/new {MANIFEST}"
        yield f"> {FOLDER}/{self._staged('/boot.py')} /boot.py"

    def _staged(self, path):
        """Its name in /deploy: another one for each path and content."""
        return sha256(f"{path} {self._layout.hashes[path]}".encode())[:16]

    def _say_what_was_left(self, names, staged):
        # Steps that were not begun find the manifest where it was staged.
        if "finished" in names or ("steps" in names and "new" not in names):
            self.left_over = (
                f"an earlier deploy was cut short after it took effect: the board has {self.former}"
            )
        elif staged or "steps" in names:
            self.left_over = (
                "an earlier deploy was cut short before it took effect: the board still has "
                f"{self.former}"
            )

    def _shadows(self):
        """Sources that MicroPython would load instead of ours (mip puts such files there): beside
        a .mpy of ours, and of the library also where we have none, because what was merged into
        another module has left its folder behind, where an old __init__.py would run."""
        beside = {p[:-4] + ".py" for p in self._layout.files if p.endswith(".mpy")}
        beside.update(f"/lib/{name}" for name in library())
        return self._board.call("disk", "present", sorted(beside.difference(self._layout.files)))

    def _require_room(self, missing):
        board = self._board
        block = 4096
        sizes = [len(self._layout.files[path]) for path in missing]
        # Each file takes whole blocks; the manifest, the steps and the folder's own come to four.
        need = sum(-(-size // block) * block for size in sizes) + 4 * block
        free = board.call("disk", "free")
        if need > free:
            raise Failure(
                f"{board.port}: its flash has {free // 1000} KB free, this deploy needs "
                f"{need // 1000} KB: remove files from it (mpremote fs rm); nothing was changed"
            )

    def _check_staged(self, wanted):
        self._board.step = "checking what was written"
        found = self._hash([f"{FOLDER}/{name}" for name in wanted])
        for name, path in wanted.items():
            if found[f"{FOLDER}/{name}"] != self._layout.hashes[path]:
                raise Failure(
                    f"{self._board.port}: {path} arrived damaged: run `uwish deploy` again; "
                    "nothing was changed"
                )

    def _send(self, path, data, sent=lambda size: None):
        board = self._board
        board.load("disk")
        board.run(f"_receiver = Receiver({path!r})")
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            board.run(f"_receiver.take({base64.b64encode(piece)!r})")
            sent(len(piece))
        board.run("_receiver.close()")

    def _hash(self, paths, done=lambda: None):
        found = {}

        def take(line):
            digest, _, path = line.partition(" ")
            found[path] = digest
            done()

        if paths:
            self._board.load("disk")
            self._board.run(f"hashes({list(paths)!r})", on_line=take)
        return found
