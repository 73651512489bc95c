"""Manifests as bytes: compact, canonical, decoded within bounds.

Layout: the magic; the table of dtypes; the entries sorted by path, each path as the number of
bytes shared with the path before and the rest; chunk ids as 32 raw bytes; the ties. Numbers are
unsigned LEB128. A manifest's identity is the digest of the same encoding without its volatile
entries, so a manifest with none of those is its own identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, starmap
from operator import attrgetter, xor
from typing import Any, TypeAlias

from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.manifest import Entry, Manifest, Part, Tie

__all__ = [
    "Encoded",
    "build_manifest",
    "chunk_ids",
    "decode_manifest",
    "encode_manifest",
    "without",
]

MAGIC = b"MVTM\x01"
_VOLATILE = 1
_ID = 32
_MAX_DIMENSIONS = 64
_END = b"\xff"  # no byte of UTF-8
_BYTES = [bytes((value,)) for value in range(0x80)]  # small numbers as they are written

_Kind: TypeAlias = tuple[str, bool, tuple[int, ...], int, int]
"""What many entries have in common: dtype, whether volatile, shape, bytes, bytes of its ids."""
_PATH = attrgetter("path")
_KIND = tuple(map(attrgetter, ("dtype", "volatile", "shape", "nbytes")))


@dataclass(frozen=True, slots=True)
class Encoded:
    """A manifest as bytes, and what a commit says about it; its entries are seldom asked for.

    Attributes
    ----------
    data
        The bytes; their digest is the manifest's object id.
    identity, nbytes
        As `Manifest` has them.
    """

    data: bytes
    identity: ObjectId
    nbytes: int

    def decoded(self) -> Manifest:
        """Return the manifest itself."""
        return decode_manifest(self.data)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is known of a manifest before its ids: the same from version to version of a model."""

    order: tuple[int, ...]
    head: bytes
    frames: tuple[bytes, ...]
    lasting: tuple[int, ...] | None
    """Numbers of those that are not volatile, ``None`` if all are so."""


def build_manifest(
    parts: Sequence[Part | Entry], ids: Sequence[bytes], ties: Iterable[Tie]
) -> Encoded:
    """Return the manifest of `parts`, in any order, each with the raw ids of its chunks joined.

    Raises
    ------
    CaptureError
        A path occurs twice, or a tie leads nowhere (code ``bad-bundle``).
    """
    tied = tuple(sorted(ties, key=attrgetter("path")))
    if tied:
        _check_ties({part.path for part in parts}, tied)
    data, identity = _encode(parts, ids, tied)
    return Encoded(data, identity, sum(part.nbytes for part in parts))


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of `manifest`; their digest is its object id."""
    return _encode_entries(manifest.entries, manifest.ties)[0]


def decode_manifest(data: Buffer) -> Manifest:
    """Return the manifest that `data` encodes.

    Raises
    ------
    CorruptionError
        `data` is not the encoding of a manifest (code ``corrupt-manifest``).
    """
    try:
        return _Decoder(bytes(data)).manifest()
    except (IndexError, ValueError) as error:
        msg = f"A manifest cannot be decoded: {error}."
        raise CorruptionError(msg, code="corrupt-manifest", hint="mvt fsck") from error


def chunk_ids(data: Buffer) -> list[bytes]:
    """Return the raw ids of all chunks in a manifest whose bytes match its id; quick.

    Raises
    ------
    CorruptionError
        `data` is not the encoding of a manifest (code ``corrupt-manifest``).
    """
    decoder = _Decoder(bytes(data))
    try:
        return decoder.chunks()
    except (IndexError, ValueError) as error:
        msg = f"A manifest cannot be decoded: {error}."
        raise CorruptionError(msg, code="corrupt-manifest", hint="mvt fsck") from error


def without(manifest: Manifest, below: str) -> Manifest:
    """Return the manifest that there would be if nothing were stored below a path."""
    lead = f"{below}."
    entries = tuple(entry for entry in manifest.entries if not entry.path.startswith(lead))
    ties = tuple(tie for tie in manifest.ties if not tie.path.startswith(lead))
    return Manifest(entries=entries, ties=ties, identity=_encode_entries(entries, ties)[1])


def _check_ties(paths: set[str], ties: Sequence[Tie]) -> None:
    if len(paths | {tie.path for tie in ties}) != len(paths) + len(ties):
        raise _twice()
    for tie in ties:
        if tie.target not in paths:
            msg = f"The tie {tie.path!r} leads to {tie.target!r}, which is not in the bundle."
            raise CaptureError(msg, code="bad-bundle")


def _twice() -> CaptureError:
    return CaptureError("Two parts of one bundle have the same path.", code="bad-bundle")


def _encode_entries(entries: Sequence[Entry], ties: Sequence[Tie]) -> tuple[bytes, ObjectId]:
    return _encode(entries, [bytes.fromhex("".join(entry.chunks)) for entry in entries], ties)


def _encode(
    parts: Sequence[Part | Entry], ids: Sequence[bytes], ties: Sequence[Tie]
) -> tuple[bytes, ObjectId]:
    """Return the bytes of a manifest, and its identity."""
    described = [tuple(map(attribute, parts)) for attribute in _KIND]
    layout = _layout(tuple(map(_PATH, parts)), *described, tuple(map(len, ids)))
    ordered = map(ids.__getitem__, layout.order)
    names = [_string(name) for tie in ties for name in (tie.path, tie.target)]
    framed = chain.from_iterable(zip(layout.frames, ordered, strict=True))
    data = b"".join(chain((layout.head,), framed, (_number(len(ties)),), names))
    if layout.lasting is None:
        return data, digest(data)
    some = [parts[number] for number in layout.lasting]
    return data, _encode(some, [ids[number] for number in layout.lasting], ties)[1]


@lru_cache(maxsize=4)
def _layout(paths: tuple[str, ...], *columns: tuple[Any, ...]) -> _Layout:
    """Return what is known of parts by their paths and the columns of a `_Kind`."""
    # Text is ordered as its UTF-8 is.
    order = tuple(sorted(range(len(paths)), key=paths.__getitem__))
    if len(set(paths)) != len(paths):
        raise _twice()
    kinds: list[_Kind] = list(zip(*columns, strict=True))
    ordered = [kinds[number] for number in order]
    dtypes = {name: at for at, name in enumerate(dict.fromkeys(kind[0] for kind in ordered))}
    head = b"".join((MAGIC, _number(len(dtypes)), *map(_string, dtypes), _number(len(ordered))))
    named = [paths[number].encode("utf-8", "surrogatepass") for number in order]
    described = {kind: _described(kind, dtypes) for kind in set(kinds)}
    framed = tuple(
        _number(shared) + _number(len(path) - shared) + path[shared:] + described[kind]
        for path, shared, kind in zip(named, _shared(named), ordered, strict=True)
    )
    lasting = tuple(number for number, kind in enumerate(kinds) if not kind[1])
    return _Layout(order, head, framed, None if len(lasting) == len(kinds) else lasting)


def _described(kind: _Kind, dtypes: dict[str, int]) -> bytes:
    dtype, volatile, shape, nbytes, ids = kind
    flags = _VOLATILE if volatile else 0
    numbers = (dtypes[dtype], flags, len(shape), *shape, nbytes, ids // _ID)
    return b"".join(map(_number, numbers))


def _number(value: int) -> bytes:
    if value < 0x80:
        return _BYTES[value]
    if value >= 1 << 63:
        msg = f"A bundle announces {value}, which no disk holds."
        raise CaptureError(msg, code="bad-bundle")
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _string(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return _number(len(data)) + data


def _shared(paths: Sequence[bytes]) -> list[int]:
    """Return how many bytes each path has in common with the one before."""
    # As numbers with the first byte lowest: two differ first at the lowest bit that does, at
    # the latest where one of them ends, by a byte that no text has.
    numbers = [int.from_bytes(path + _END, "little") for path in paths]
    differing = starmap(xor, pairwise(numbers))
    return [0, *[((bits & -bits).bit_length() - 1) >> 3 for bits in differing]][: len(paths)]


class _Decoder:
    """Reads forward; every declared size is checked against what is left."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def manifest(self) -> Manifest:
        if self._take(len(MAGIC)) != MAGIC:
            msg = "it is not a manifest"
            raise ValueError(msg)
        dtypes = [self._string() for _ in range(self._count(1))]
        entries = self._entries(dtypes)
        ties = tuple(Tie(self._string(), self._string()) for _ in range(self._count(2)))
        if self._at != len(self._data):
            msg = "bytes are left over"
            raise ValueError(msg)
        # Canonical: there is one encoding for one manifest, whoever wrote it.
        data, identity = _encode_entries(entries, ties)
        if data != self._data:
            msg = "its encoding is not canonical"
            raise ValueError(msg)
        return Manifest(entries=entries, ties=ties, identity=identity)

    def chunks(self) -> list[bytes]:
        """Pass over all but the chunks' ids."""
        if self._take(len(MAGIC)) != MAGIC:
            msg = "it is not a manifest"
            raise ValueError(msg)
        for _ in range(self._count(1)):
            self._take(self._number())
        found: list[bytes] = []
        for _ in range(self._count(7)):
            self._number()
            self._take(self._number())
            self._number()
            self._number()
            for _ in range(self._count(1) + 1):
                self._number()
            ids = self._take(_ID * self._count(_ID))
            found += [ids[at : at + _ID] for at in range(0, len(ids), _ID)]
        return found

    def _entries(self, dtypes: list[str]) -> tuple[Entry, ...]:
        entries = []
        before = b""
        for i in range(self._count(7)):
            shared = self._number()
            if shared > len(before):
                msg = "a path shares more than there is"
                raise ValueError(msg)
            path = before[:shared] + self._take(self._number())
            if i and path <= before:
                msg = "paths are not in order"
                raise ValueError(msg)
            before = path
            entries.append(self._entry(path.decode("utf-8", "surrogatepass"), dtypes))
        return tuple(entries)

    def _entry(self, path: str, dtypes: list[str]) -> Entry:
        dtype = dtypes[self._number()]
        flags = self._number()
        dimensions = self._count(1)
        if flags > _VOLATILE or dimensions > _MAX_DIMENSIONS:
            msg = "an entry is out of range"
            raise ValueError(msg)
        shape = tuple(self._number() for _ in range(dimensions))
        nbytes = self._number()
        chunks = tuple(ObjectId(self._take(_ID).hex()) for _ in range(self._count(_ID)))
        return Entry(
            path=path, dtype=dtype, shape=shape, nbytes=nbytes, chunks=chunks,
            volatile=bool(flags),
        )  # fmt: skip

    def _count(self, least: int) -> int:
        count = self._number()
        if count * least > len(self._data) - self._at:
            msg = "it declares more than it holds"
            raise ValueError(msg)
        return count

    def _number(self) -> int:
        value = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 56:
                msg = "a number is too large"
                raise ValueError(msg)

    def _take(self, length: int) -> bytes:
        if length > len(self._data) - self._at:
            msg = "it is cut off"
            raise ValueError(msg)
        piece = self._data[self._at : self._at + length]
        self._at += length
        return piece

    def _string(self) -> str:
        return self._take(self._number()).decode("utf-8", "surrogatepass")
