"""Stored bytes as memory: nothing is copied, and what is written to it never reaches the disk."""

from __future__ import annotations

import mmap
import threading
import weakref

from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store.backend import Backend, Mappable
from jupyter_mvt.store.index import Place

__all__ = ["MAPPED", "Mappings", "memory", "same"]

MAPPED = 1 << 20
"""Contents of at least this size are mapped."""
_PEEKED = 64 << 10
_WINDOW = 128 << 20
_BLOCK = 1 << 20
_ALIGNED = 64
_HUGE = 4 << 20
"""From so many bytes on numpy asks the system for huge pages."""


class _Window:
    """A stretch of a pack in memory, and which parts of it have an owner."""

    def __init__(self, start: int, memory: mmap.mmap) -> None:
        self.start = start
        self.end = start + len(memory)
        # Owners keep it alive, nobody else: what training wrote to it goes with the model.
        self.memory = weakref.ref(memory)
        self._owned: list[tuple[int, int]] = []

    def own(self, start: int, end: int) -> bool:
        """Give a part to its first owner; tell whether it was free."""
        if start < self.start or end > self.end:
            return False
        if any(start < other and end > first for first, other in self._owned):
            return False
        self._owned.append((start, end))
        return True


class Mappings:
    """Hands out parts of packs as copy-on-write memory, each part of a mapping once.

    Python keeps a file open for each mapping, so the arrays of one model share a few.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def take(self, place: Place, length: int) -> memoryview | None:
        """Return `length` bytes from where `place` begins, or ``None`` if they cannot be mapped."""
        if not isinstance(self._backend, Mappable):
            return None
        begin, end = place.offset, place.offset + length
        with self._lock:
            window = self._windows.get(place.pack)
            memory = None if window is None else window.memory()
            if window is None or memory is None or not window.own(begin, end):
                start = begin - begin % mmap.ALLOCATIONGRANULARITY
                size = self._size(place.pack) - start
                memory = self._backend.map(place.pack, start, min(max(_WINDOW, end - start), size))
                if memory is None:
                    return None
                window = self._windows[place.pack] = _Window(start, memory)
                if not window.own(begin, end):
                    return None
            return memoryview(memory)[begin - window.start : end - window.start]

    def peek(self, place: Place) -> memoryview:
        """Return the stored bytes of an object, for reading only; fewer if the pack is cut off."""
        if place.stored >= _PEEKED and isinstance(self._backend, Mappable):
            skip = place.offset % mmap.ALLOCATIONGRANULARITY
            start = place.offset - skip
            memory = self._backend.map(place.pack, start, skip + place.stored)
            if memory is not None:
                return memoryview(memory)[skip:].toreadonly()
        return memoryview(self._backend.get_range(place.pack, place.offset, place.stored))

    def _size(self, pack: str) -> int:
        stat = self._backend.stat(pack)
        return 0 if stat is None else stat.size


def memory(size: int) -> memoryview:
    """Return memory that is about to be filled: not cleared first, and aligned for tensors.

    It has pages of the usual size: to find huge ones where the page cache has all memory in pieces
    takes several times as long as filling it.
    """
    if size >= _HUGE and hasattr(mmap, "MAP_ANONYMOUS"):
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        try:
            return memoryview(mmap.mmap(-1, size, flags=flags))
        except OSError as error:
            msg = f"There is no memory for {size} bytes."
            raise MemoryError(msg) from error
    import numpy as np

    whole = np.empty(size + _ALIGNED, np.uint8)
    skip = -whole.__array_interface__["data"][0] % _ALIGNED
    return whole[skip : skip + size].data


def same(one: Buffer, other: Buffer) -> bool:
    """Tell whether two buffers of one length hold the same bytes; faster than hashing one."""
    import numpy as np

    whole = len(one) // 8
    if whole:
        left = np.frombuffer(one, np.uint64, whole)
        right = np.frombuffer(other, np.uint64, whole)
        step = _BLOCK // 8
        for at in range(0, whole, step):
            if not np.array_equal(left[at : at + step], right[at : at + step]):
                return False
    return bytes(one[whole * 8 :]) == bytes(other[whole * 8 :])
