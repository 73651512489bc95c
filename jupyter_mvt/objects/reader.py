"""What reading stored content looks like to floors that do not care where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.objects.manifest import Entry, Manifest

__all__ = ["ObjectReader"]


class ObjectReader(Protocol):
    """Verified reading. Every method raises `CorruptionError` rather than return wrong bytes."""

    def blob(self, oid: ObjectId) -> bytes:
        """Return a small object whole."""
        ...

    def manifest(self, oid: ObjectId) -> Manifest:
        """Return a manifest."""
        ...

    def content(self, entry: Entry) -> memoryview:
        """Return the content of one entry, contiguous, of ``entry.nbytes`` bytes.

        The memory is the caller's own: writing to it never alters the store.
        """
        ...

    def pieces(self, entry: Entry) -> Iterator[memoryview]:
        """Yield the content of one entry in order, each piece until the next is asked for.

        For large content that would otherwise be there twice: it never is there as a whole.
        """
        ...

    def ahead(self, entries: Iterable[Entry]) -> Callable[[Entry], memoryview]:
        """Return `content` for one who wants all `entries`, in order as far as possible."""
        ...
