"""A backend in memory, for tests and scratch repositories."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Stat, missing

__all__ = ["MemoryBackend"]

_WHERE = "memory"


class MemoryBackend:
    """Keys and values in a dictionary; see `Backend` for the methods."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[bytes, int]] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes:
        """See `Backend.get`."""
        try:
            return self._values[layout.check_key(key)][0]
        except KeyError:
            raise missing(key, _WHERE) from None

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `Backend.get_range`."""
        return self.get(key)[offset : offset + length]

    def read_into(self, key: str, offset: int, target: memoryview) -> int:
        """See `Backend.read_into`."""
        piece = self.get_range(key, offset, target.nbytes)
        target[: len(piece)] = piece
        return len(piece)

    def put(self, key: str, data: Buffer, *, durable: bool = True) -> None:
        """See `Backend.put`."""
        with self._lock:
            self._set(layout.check_key(key), bytes(data))

    def put_if_absent(self, key: str, data: Buffer) -> bool:
        """See `Backend.put_if_absent`."""
        with self._lock:
            if layout.check_key(key) in self._values:
                return False
            self._set(key, bytes(data))
            return True

    def writer(self) -> MemoryWriter:
        """See `Backend.writer`."""
        return MemoryWriter(self)

    def list(self, prefix: str) -> Iterator[str]:
        """See `Backend.list`."""
        return iter(sorted(key for key in list(self._values) if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        """See `Backend.delete`."""
        self._values.pop(layout.check_key(key), None)

    def stat(self, key: str) -> Stat | None:
        """See `Backend.stat`."""
        found = self._values.get(layout.check_key(key))
        return None if found is None else Stat(len(found[0]), str(found[1]))

    def settle(self, key: str) -> None:
        """See `Backend.settle`: memory does not outlive its process anyway."""

    def _set(self, key: str, data: bytes) -> None:
        self._changes += 1
        self._values[key] = (data, self._changes)


class MemoryWriter:
    """See `ObjectWriter`."""

    def __init__(self, backend: MemoryBackend) -> None:
        self._backend = backend
        self._data = bytearray()

    def write(self, *pieces: Buffer) -> None:
        """See `ObjectWriter.write`."""
        for piece in pieces:
            self._data += piece

    def commit(self, key: str) -> None:
        """See `ObjectWriter.commit`."""
        self._backend.put(key, self._data)
        self._data = bytearray()

    def abort(self) -> None:
        """See `ObjectWriter.abort`."""
        self._data = bytearray()
