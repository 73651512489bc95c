"""A file outside of a repository that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_mvt.store.fs import Disk, discard

__all__ = ["replacing"]


@contextmanager
def replacing(disk: Disk, path: str, half: str) -> Iterator[int]:
    """Give the handle of a new file that takes the place of `path` once the block ends well.

    Parameters
    ----------
    disk
        The door to it.
    path
        What the file is called in the end.
    half
        A name beside it that nothing else has: of the file until then, and of none if it fails
        or is interrupted.
    """
    try:
        handle = disk.create(half)
        try:
            yield handle
        finally:
            disk.close(handle)
        disk.rename(half, path)
    except BaseException:
        discard(disk, half)
        raise
