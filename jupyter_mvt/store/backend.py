"""What a place that keeps bytes must be able to do.

A backend maps keys (ASCII parts joined by ``/``) to byte strings. What is published under a key
is visible whole or not at all, and a publication that returned survives a power cut. Missing
keys raise `NotFoundError` with code ``missing-key``; everything else that goes wrong is a
`StorageError`.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.ids import Buffer

__all__ = ["Backend", "Durability", "Mappable", "ObjectWriter", "Stat", "missing"]

Durability: TypeAlias = Literal["full", "fast"]


@dataclass(frozen=True, slots=True)
class Stat:
    """What is known about a key without reading it.

    Attributes
    ----------
    size
        Bytes.
    version
        Changes whenever the content may have changed (a file's inode and time, an ETag).
    settled
        Whether the content under this key is known to survive a power cut.
    """

    size: int
    version: str
    settled: bool = True


class ObjectWriter(Protocol):
    """A value on its way to a key that may not be known yet; invisible until committed."""

    def write(self, *pieces: Buffer) -> None:
        """Append `pieces`; the buffers may be reused after the call."""
        ...

    def commit(self, key: str) -> None:
        """Publish what was written under `key`, replacing what was there."""
        ...

    def abort(self) -> None:
        """Forget what was written; does nothing after `commit`."""
        ...


class Backend(Protocol):
    """A place that keeps bytes under keys."""

    def get(self, key: str) -> bytes:
        """Return the value."""
        ...

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; fewer where the value ends before."""
        ...

    def read_into(self, key: str, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; return how many bytes there were."""
        ...

    def put(self, key: str, data: Buffer, *, durable: bool = True) -> None:
        """Publish `data`, replacing what was there.

        ``durable=False`` is for what can be rebuilt: readers see it whole or not at all, but
        after a power cut it may be gone or garbled.
        """
        ...

    def put_if_absent(self, key: str, data: Buffer) -> bool:
        """Publish `data` unless the key exists; tell whether it was published.

        A backend that cannot tell (the answer was lost) raises `StorageError` with the code
        ``answer-lost``.
        """
        ...

    def writer(self) -> ObjectWriter:
        """Return a stream for a value that is too large for memory."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Return all keys that start with `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove a key; it is no error that it does not exist."""
        ...

    def stat(self, key: str) -> Stat | None:
        """Describe a key, ``None`` if it does not exist."""
        ...

    def settle(self, key: str) -> None:
        """Make sure that what is visible under `key` survives a power cut.

        Another process may have published it and not yet finished doing so.
        """
        ...


@runtime_checkable
class Mappable(Protocol):
    """A backend that can show values as memory without reading them."""

    def map(self, key: str, offset: int, length: int) -> mmap.mmap | None:
        """Return part of a value as private memory; ``None`` if it cannot be had.

        `offset` is a multiple of ``mmap.ALLOCATIONGRANULARITY``.
        """
        ...


def missing(key: str, where: str) -> NotFoundError:
    """Return the error for a key that does not exist."""
    return NotFoundError(f"There is no {key} in {where}.", code="missing-key", hint="mvt fsck")
