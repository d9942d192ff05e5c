"""Files on a board: what is there, and new ones under temporary names."""

FOLDER = "/deploy"


def hashes(paths):
    """Print "<sha256 or -> <path>" for each of these files."""
    import hashlib
    from binascii import hexlify

    buf = bytearray(512)
    view = memoryview(buf)
    for path in paths:
        digest = hashlib.sha256()
        try:
            with open(path, "rb") as f:
                n = f.readinto(buf)
                while n:
                    digest.update(view[:n])
                    n = f.readinto(buf)
        except OSError:
            print("-", path)
            continue
        print(str(hexlify(digest.digest()), "ascii"), path)


def names(folder):
    """What is in a folder, [] when there is none."""
    import os

    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def present(paths):
    """Those of these paths that are there."""
    import os

    found = []
    for path in paths:
        try:
            os.stat(path)
        except OSError:
            continue
        found.append(path)
    return found


def free():
    """Bytes that files may still take."""
    import os

    disk = os.statvfs("/")
    # A littlefs that is full to the brim counts below 0, or what 64 bits make of that.
    return disk[0] * disk[3] if 0 <= disk[3] <= disk[2] else 0


def make(folder):
    """Make a folder in a folder that is there, unless it is there."""
    import os

    try:
        os.mkdir(folder)
    except OSError:
        os.stat(folder)


def remove(paths):
    """Remove these files; those that are gone are all right."""
    import os

    for path in present(paths):
        os.remove(path)


class Receiver:
    """Writes a file piece by piece, each in base64."""

    def __init__(self, path):
        self._file = open(path, "wb")  # noqa: SIM115 (it outlives this call)

    def take(self, piece):
        from binascii import a2b_base64

        self._file.write(a2b_base64(piece))

    def close(self):
        self._file.close()
