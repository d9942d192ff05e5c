"""Buffers of this process in the memory of a processor, and a guard around them."""

import ctypes
from contextlib import contextmanager

import unicorn

_DATA, _SIZE = 0x50000000, 0x400000
_BLOCK = 16  # bytes: boards begin a buffer at a multiple of it
_BETWEEN = 256  # bytes between two buffers, which nobody may touch


class _Region:
    """Bytes of this process, a buffer or several that overlap, and where they are over there."""

    def __init__(self, here, data, block):
        self.here = here
        self.data = data
        self.there = None
        self.block = block  # where their first block of 16 begins

    @property
    def end(self):
        return self.here + len(self.data)


class Memory:
    """`failure`: the first access of the last call that was wrong, as an AssertionError."""

    def __init__(self, cpu):
        self._cpu = cpu
        self._regions = []
        self.failure = None
        cpu.mem_map(_DATA, _SIZE)
        access = unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE
        cpu.hook_add(access, self._watch, None, _DATA, _DATA + _SIZE)

    @contextmanager
    def of(self, arguments):
        """The buffers among `arguments` are there in this block, and brought back after it."""
        self.failure = None
        views = [memoryview(a) for a in arguments if a is not None and not isinstance(a, int)]
        self._regions = _regions(views)
        free = _DATA + _BETWEEN
        for region in self._regions:
            region.there = free + (region.here - region.block) % _BLOCK
            self._cpu.mem_write(region.there, region.data)
            free = region.there + len(region.data) + _BETWEEN & ~(_BLOCK - 1)
        assert free < _DATA + _SIZE
        yield
        for view in views:
            data = bytes(self._cpu.mem_read(self.address(view), view.nbytes))
            if not view.readonly:
                view.cast("B")[:] = data
            else:
                assert data == view.tobytes(), "the native code writes to what is read-only"
        self._regions = []

    def address(self, buffer):
        """Where the first byte of `buffer` is over there."""
        here = _address(memoryview(buffer))
        for region in self._regions:
            if region.here <= here <= region.end:
                return region.there + here - region.here
        raise AssertionError("a buffer that was no argument")

    def _watch(self, cpu, access, address, size, value, data):
        inside = any(r.there <= address <= r.there + len(r.data) - size for r in self._regions)
        if inside and not address % size:
            return
        if self.failure is None:
            how = "reads" if access == unicorn.UC_MEM_READ else "writes"
            what = "across an alignment" if inside else "outside of all buffers"
            self.failure = AssertionError(f"the native code {how} {size} bytes {what}")
        cpu.emu_stop()


def _regions(views):
    found = []
    for view in sorted(views, key=_address):
        here, data = _address(view), view.tobytes()
        if found and here <= found[-1].end:
            last = found[-1]
            last.data = (
                last.data[: here - last.here] + data + last.data[here - last.here + len(data) :]
            )
        else:
            found.append(_Region(here, data, _address(memoryview(view.obj))))
    return found


def _address(view):
    """Where a buffer is in this process (PEP 3118: what the view exports)."""
    exported = _Exported()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(exported), 0)
    address = exported.buf or 0
    ctypes.pythonapi.PyBuffer_Release(ctypes.byref(exported))
    return address


class _Exported(ctypes.Structure):
    """Py_buffer, as far as its first field, and room for the rest of it."""

    _fields_ = [("buf", ctypes.c_void_p), ("rest", ctypes.c_void_p * 15)]
