"""The ids of bytes that this process has stored or found stored, known again at a glance.

Most of a model is as it was at the commit before. A keyed 128-bit XXH3 of a chunk, which reads
memory as fast as it comes, tells which bytes these are; BLAKE3 takes four times as long and is
left to bytes not met before. Nothing that is written or read back gets its id from here.

The key is drawn anew in each process and told to nobody, so that no content can be made to pass
for another.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xxhash import xxh3_128_digest

from jupyter_mvt.objects.ids import raw_digest

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Glance"]

_MOST = 1 << 16


class Glance:
    """What a process knows of the ids of its chunks; threads may share it."""

    def __init__(self) -> None:
        self._key = int.from_bytes(os.urandom(8), "little")
        self._ids: dict[bytes, bytes] = {}

    def mark(self, data: Buffer) -> bytes:
        """Return what `data` is recognised by in this process."""
        return xxh3_128_digest(data, self._key) + len(data).to_bytes(8, "little")

    def id_of(self, mark: bytes) -> bytes | None:
        """Return the id of the bytes that have this mark, ``None`` if it was not learned."""
        return self._ids.get(mark)

    def learn(self, mark: bytes, data: Buffer) -> bytes:
        """Return the id of `data`, which nobody changes, and know it by its mark from now on."""
        oid = raw_digest(data)
        if len(self._ids) >= _MOST:
            self._ids.clear()
        self._ids[mark] = oid
        return oid
