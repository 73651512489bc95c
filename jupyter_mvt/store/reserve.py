"""A little room kept back, so that a full disk can still be tidied up.

Versions are refused when a disk has no room; but a label must be moved back, a change undone and
old versions dropped all the more then. Each needs one small record in the operation log. The
pieces of the reserve are files whose content means nothing: one after the other is given up for
such a record, and made again when there is room.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

from jupyter_mvt.errors import StorageError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Backend

__all__ = ["SIZE", "keep", "pieces", "spent"]

P = ParamSpec("P")
T = TypeVar("T")

SIZE = 16 << 10
"""Bytes of a piece: a record is a block or two, and so is a folder that grows by its name."""
_COUNT = 4


def pieces() -> list[str]:
    """Return the keys of all pieces."""
    return [f"{layout.RESERVE}{number}" for number in range(1, _COUNT + 1)]


def keep(backend: Backend) -> None:
    """Make what is missing of the reserve, as far as there is room."""
    # Nothing is promised of it, so nothing waits for it: a piece that is lost is made again.
    with suppress(StorageError):
        for key in pieces():
            stat = backend.stat(key)
            if stat is None or stat.size != SIZE:
                backend.put(key, _content(), durable=False)


def spent(backend: Backend, do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do something that writes a little; where the disk is full, at the cost of the reserve."""
    while True:
        try:
            return do(*args, **named)
        except StorageError as error:
            if error.code != "disk-full" or not _give_up(backend):
                raise


def _give_up(backend: Backend) -> bool:
    """Free a piece; tell whether there was one."""
    for key in reversed(pieces()):
        if backend.stat(key) is not None:
            backend.delete(key)
            return True
    return False


def _content() -> bytes:
    """Return bytes that no file system can make smaller."""
    ids = (digest(bytes([number & 255, number >> 8])) for number in range(SIZE // 32))
    return b"".join(map(bytes.fromhex, ids))
