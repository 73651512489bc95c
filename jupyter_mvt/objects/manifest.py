"""What a set of named byte runs consists of, as stored.

A `Part` is one named run of bytes on its way into the store; a `Manifest` is what the store
answers: the same names with the ids of their chunks. Everything with large content (a model's
arrays, an optimizer's state, a group of variables, a dataset's rows) is a manifest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from jupyter_mvt.objects.ids import Buffer, ObjectId

__all__ = ["Entry", "Manifest", "Part", "Tie"]


@dataclass(frozen=True, slots=True)
class Tie:
    """`path` is the very same storage as `target` (tied weights, aliases)."""

    path: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One named run of bytes that a commit wants to keep.

    Attributes
    ----------
    path
        Name inside its bundle, dotted for modules (``"layers.0.weight"``).
    dtype
        numpy's name (``"float32"``, ``"<U7"``), ``"bfloat16"`` and the ``"float8_*"`` names for
        what numpy lacks, ``"bytes"`` for text and opaque content.
    shape
        Logical shape; ``(nbytes,)`` for ``"bytes"``.
    nbytes
        Size of the content in bytes.
    read
        Returns the content, C order, little endian, as one contiguous buffer. Called when the
        store is ready for it, so that no second copy of a model exists, and perhaps once more
        to see that it is still the same.
    volatile
        Stored, but no part of the identity (fit times, generated ids).
    shifts
        Rows or text, where an insertion moves what follows: cut where the content says, so that
        the rest is found again. Weights, which change in place, are cut at fixed offsets.
    window
        Returns the bytes ``start:stop``, for content that is large, or is not in this process's
        memory (a file, another device), and need not be there all at once. Read again, it
        tells whether it is still the same.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    read: Callable[[], Buffer]
    volatile: bool = False
    shifts: bool = False
    window: Callable[[int, int], Buffer] | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One part as stored: its description and the ids of its chunks, in order.

    A struct, which is made five times as fast as a dataclass: a model has thousands.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    chunks: tuple[ObjectId, ...]
    volatile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The stored parts of one thing.

    Attributes
    ----------
    entries
        Sorted by path.
    ties
        Further names of entries, sorted.
    identity
        Id over names, dtypes, shapes and chunks of all entries that are not volatile, and the
        ties: equal identities mean equal content. A model's ``weights_id`` is this.
    """

    entries: tuple[Entry, ...]
    ties: tuple[Tie, ...]
    identity: ObjectId

    @property
    def nbytes(self) -> int:
        """Bytes of all entries, each counted once."""
        return sum(entry.nbytes for entry in self.entries)
