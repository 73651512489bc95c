"""Pack files: many objects in one file, written once, with the index at the end.

``header | records, padded | rows | trailer``. A row is object id (32 bytes), offset, stored
length, raw length (unsigned 64 bit, little endian) and encoding (one byte; see `RAW`). The
trailer is the offset of the rows (64 bit), their number (64 bit), the BLAKE3-256 of the rows,
and the magic again. A pack is named after that digest. Gaps are zero.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterable, Mapping
from itertools import accumulate, repeat
from typing import NamedTuple

from jupyter_mvt.errors import CorruptionError, StorageError
from jupyter_mvt.objects.ids import Buffer, digest
from jupyter_mvt.store import layout
from jupyter_mvt.store.backend import Backend, ObjectWriter, missing

__all__ = [
    "ALIGNED",
    "DELTA",
    "HEADER",
    "LARGEST_ENCODED",
    "PAGE",
    "PLANES",
    "RAW",
    "ROW",
    "SMALL_ALIGN",
    "TRAILER",
    "ZSTD",
    "PackStream",
    "Row",
    "read_rows",
    "read_table",
    "rows_of",
]

MAGIC = b"MVTPACK\x01"
HEADER = MAGIC + bytes(8)
ROW = struct.Struct("<32sQQQB")
TRAILER = struct.Struct("<QQ32s8s")
RAW, ZSTD, PLANES, DELTA = range(4)
"""Encodings: bytes as they are, one zstd frame, `store.planes`, `store.delta` to a keyframe."""
LARGEST_ENCODED = 64 << 20
"""Larger objects are kept as they are, so that a small pack cannot ask for much memory."""

PAGE = 4096
ALIGNED = 64 << 10
"""Records of at least this size start on a page, so that they can be mapped."""
SMALL_ALIGN = 16

_TAIL = 16 << 10
_NOTHING = bytes.fromhex(digest(b""))


class Row(NamedTuple):
    """Where one object is inside a pack."""

    oid: bytes
    offset: int
    stored: int
    size: int
    encoding: int


class PackStream:
    """Writes a pack's bytes in order; knows nothing about what is in other packs.

    Attributes
    ----------
    size
        Bytes written so far.
    """

    def __init__(self, out: ObjectWriter) -> None:
        self._out = out
        self._table = bytearray()
        self.size = 0
        self._put(HEADER)

    @property
    def table(self) -> bytes:
        """The index as it is stored: the rows of what was added, one after the other."""
        return bytes(self._table)

    def add(self, oid: bytes, data: Buffer, size: int) -> None:
        """Append one raw object."""
        self._align(PAGE if size >= ALIGNED else SMALL_ALIGN)
        self._table += ROW.pack(oid, self.size, size, size, RAW)
        self._put(data)

    def add_small(self, objects: Mapping[bytes, bytes]) -> None:
        """Append raw objects shorter than `ALIGNED`, by their ids, in one write."""
        self._align(SMALL_ALIGN)
        sizes = list(map(len, objects.values()))
        steps = [size + -size % SMALL_ALIGN for size in sizes]
        offsets = accumulate(steps, initial=self.size)
        self._table += b"".join(map(ROW.pack, objects, offsets, sizes, sizes, repeat(RAW)))
        # Each with the gap behind it: the next begins where it may.
        self._out.write(*map(bytes.ljust, objects.values(), steps, repeat(b"\0")))
        self.size += sum(steps)

    def add_encoded(self, row: Row, pieces: Iterable[Buffer]) -> None:
        """Append one object as the pieces of its encoding; where it goes is told by `rows`."""
        self._align(PAGE if row.encoding == RAW and row.size >= ALIGNED else SMALL_ALIGN)
        at = self.size
        self._table += ROW.pack(row.oid, at, row.stored, row.size, row.encoding)
        self._put(*pieces)
        assert self.size - at == row.stored

    def finish(self, avoid: Container[str] = ()) -> str:
        """Write the index, publish the pack and return its key, which is none of `avoid`."""
        at = self.size
        while layout.pack(name := digest(self._table)) in avoid:
            # The same objects were packed and dropped before, and that file is being deleted.
            self._table += ROW.pack(_NOTHING, at, 0, 0, RAW)
        self._put(self._table)
        self._put(TRAILER.pack(at, len(self._table) // ROW.size, bytes.fromhex(name), MAGIC))
        key = layout.pack(name)
        self._out.commit(key)
        return key

    def _align(self, step: int) -> None:
        gap = -self.size % step
        if gap:
            self._put(bytes(gap))

    def _put(self, *pieces: Buffer) -> None:
        self._out.write(*pieces)
        self.size += sum(map(len, pieces))


def rows_of(table: Buffer) -> list[Row]:
    """Return the rows of an index, one an object."""
    return [Row._make(fields) for fields in ROW.iter_unpack(table)]


def read_rows(backend: Backend, key: str) -> list[Row]:
    """Return the rows of the pack `key`; see `read_table`."""
    return rows_of(read_table(backend, key))


def read_table(backend: Backend, key: str) -> bytes:
    """Return the index of the pack `key`, as it is stored.

    Raises
    ------
    CorruptionError
        Index, trailer or name are not what they were (code ``corrupt-pack``), or a folder or
        the like has its name (code ``not-a-file``).
    """
    try:
        return _read_table(backend, key)
    except StorageError as error:
        if error.code != "not-a-file":
            raise
        raise CorruptionError(error.message, hint=error.hint, code=error.code) from error


def _read_table(backend: Backend, key: str) -> bytes:
    stat = backend.stat(key)
    if stat is None:
        raise missing(key, "the repository")
    start = max(0, stat.size - _TAIL)
    tail = backend.get_range(key, start, stat.size - start)
    if len(tail) < TRAILER.size or len(tail) != stat.size - start:
        raise _corrupt(key, "it is cut off")
    at, count, check, magic = TRAILER.unpack_from(tail, len(tail) - TRAILER.size)
    length = count * ROW.size
    if magic != MAGIC or at + length + TRAILER.size != stat.size:
        raise _corrupt(key, "its trailer is damaged")
    if at >= start:
        index = tail[at - start : at - start + length]
    else:
        index = backend.get_range(key, at, length)
    name = digest(index)
    if name != check.hex() or layout.pack(name) != key:
        raise _corrupt(key, "its index is damaged")
    for _, offset, stored, size, encoding in ROW.iter_unpack(index):
        if offset < len(HEADER) or offset + stored > at:
            raise _corrupt(key, "its index points outside")
        if size > LARGEST_ENCODED and RAW < encoding <= DELTA:
            raise _corrupt(key, "its index declares too much")
    return index


def _corrupt(key: str, why: str) -> CorruptionError:
    return CorruptionError(
        f"The pack {key} is corrupt: {why}.", code="corrupt-pack", hint="mvt fsck"
    )
