"""Copies of what is being stored, in memory that is used again.

A fresh copy of a chunk costs more in page faults than in copying; and numpy copies without
holding the interpreter's lock, which `bytes` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.store.chunking import CHUNK

if TYPE_CHECKING:
    import numpy as np

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Copies"]

_SMALL = 1 << 20


class Copies:
    """Room for copies of chunks; threads may share it."""

    def __init__(self) -> None:
        self._free: list[np.ndarray[tuple[int], np.dtype[np.uint8]]] = []

    def take(self, piece: memoryview) -> Buffer:
        """Return a copy of at most `CHUNK` bytes, good until it is given back.

        Whole `bytes`, of any length, are their own copy: they never change.
        """
        whole = piece.obj
        if type(whole) is bytes and len(whole) == len(piece):
            return whole
        if len(piece) < _SMALL:
            return bytes(piece)
        import numpy as np

        try:
            room = self._free.pop()
        except IndexError:
            room = np.empty(CHUNK, np.uint8)
        copy = room[: len(piece)]
        np.copyto(copy, np.frombuffer(piece, np.uint8))
        return copy.data

    def give(self, copy: Buffer) -> None:
        """Take the room of a copy back; nobody may read it any more."""
        if isinstance(copy, memoryview):
            self._free.append(copy.obj.base)  # type: ignore[attr-defined]
