"""What was found out about files outside the repository, so that they need not be read again.

``seen/<64 hex digits>`` are framed records, named by a digest of what they are about. They are not
synced and mean nothing to any version: one that is gone, garbled or of another program's making
costs the reading of a file. They never leave this machine.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, NotFoundError, StorageError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store import layout
from jupyter_mvt.store.records import frame, unframe

if TYPE_CHECKING:
    from jupyter_mvt.store.backend import Backend
    from jupyter_mvt.store.store import Store

__all__ = ["Seen", "seen_by"]

_MOST_RECORDS = 256
_MOST_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """The records of one repository. Nothing that goes wrong here is anybody's concern."""

    backend: Backend

    def get(self, about: bytes) -> bytes | None:
        """Return what was kept about something, ``None`` if that cannot be told."""
        key = _key(about)
        with suppress(NotFoundError, CorruptionError, StorageError):
            name, _, body = unframe(self.backend.get(key), key).partition(b" ")
            return body if name == key.encode() else None
        return None

    def put(self, about: bytes, body: bytes) -> None:
        """Keep canonical JSON about something, in place of what was kept before."""
        if len(body) > _MOST_BYTES:
            return
        key = _key(about)
        with suppress(StorageError):
            held = list(self.backend.list(layout.SEEN))
            for other in held if len(held) >= _MOST_RECORDS and key not in held else ():
                self.backend.delete(other)
            self.backend.put(key, frame(b"%s %s" % (key.encode(), body)), durable=False)


def seen_by(store: Store) -> Seen | None:
    """Return the records of a repository in a folder, ``None`` for others: files are local."""
    return None if store.root is None else Seen(store.backend)


def _key(about: bytes) -> str:
    return f"{layout.SEEN}{digest(about)}"
