"""Manifests as bytes: compact, canonical, decoded within bounds.

Layout: the magic; the table of dtypes; the entries sorted by path, each path as the number of
bytes shared with the path before and the rest; chunk ids as 32 raw bytes; the ties. Numbers are
unsigned LEB128. A manifest's identity is the digest of the same encoding without its volatile
entries, so a manifest with none of those is its own identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise, starmap
from operator import attrgetter, xor
from typing import TypeAlias

from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest
from jupyter_mvt.objects.manifest import Entry, Manifest, Tie

__all__ = ["build_manifest", "chunk_ids", "decode_manifest", "encode_manifest", "without"]

MAGIC = b"MVTM\x01"
_VOLATILE = 1
_ID = 32
_MAX_DIMENSIONS = 64
_END = b"\xff"  # no byte of UTF-8
_BYTES = [bytes((value,)) for value in range(0x80)]  # small numbers as they are written

_Kind: TypeAlias = tuple[tuple[str, bool, tuple[int, ...], int], int]
"""What many entries have in common: dtype, whether volatile, shape, bytes; number of chunks."""
_Frame: TypeAlias = tuple[tuple[str, str, bool, tuple[int, ...], int], int]
"""An entry without its ids: its path and what is in a `_Kind`, and the number of its chunks."""
_IS_VOLATILE = attrgetter("volatile")
_FRAME = attrgetter("path", "dtype", "volatile", "shape", "nbytes")


def build_manifest(entries: Iterable[Entry], ties: Iterable[Tie]) -> tuple[Manifest, bytes]:
    """Return the manifest of `entries` and `ties`, sorted, and its bytes.

    Raises
    ------
    CaptureError
        A path occurs twice, or a tie leads nowhere (code ``bad-bundle``).
    """
    # Text is ordered as its UTF-8 is.
    ordered = tuple(sorted(entries, key=attrgetter("path")))
    tied = tuple(sorted(ties, key=attrgetter("path")))
    paths = {entry.path for entry in ordered}
    names = paths | {tie.path for tie in tied}
    if len(names) != len(ordered) + len(tied):
        msg = "Two parts of one bundle have the same path."
        raise CaptureError(msg, code="bad-bundle")
    for tie in tied:
        if tie.target not in paths:
            msg = f"The tie {tie.path!r} leads to {tie.target!r}, which is not in the bundle."
            raise CaptureError(msg, code="bad-bundle")
    data = _encode(ordered, tied)
    return Manifest(entries=ordered, ties=tied, identity=_identity(ordered, tied, data)), data


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of `manifest`; their digest is its object id."""
    return _encode(manifest.entries, manifest.ties)


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
    identity = _identity(entries, ties, _encode(entries, ties))
    return Manifest(entries=entries, ties=ties, identity=identity)


def _identity(entries: Sequence[Entry], ties: Sequence[Tie], data: bytes) -> ObjectId:
    if not any(map(_IS_VOLATILE, entries)):
        return digest(data)
    return digest(_encode([entry for entry in entries if not entry.volatile], ties))


def _encode(entries: Sequence[Entry], ties: Sequence[Tie]) -> bytes:
    chunks = [entry.chunks for entry in entries]
    counts = list(map(len, chunks))
    head, frames = _frames(tuple(zip(map(_FRAME, entries), counts, strict=True)))
    raw = bytes.fromhex("".join(chain.from_iterable(chunks)))
    ends = accumulate(counts, initial=0)
    ids = [raw[_ID * start : _ID * end] for start, end in pairwise(ends)]
    names = [_string(name) for tie in ties for name in (tie.path, tie.target)]
    framed = chain.from_iterable(zip(frames, ids, strict=True))
    return b"".join(chain((head,), framed, (_number(len(ties)),), names))


@lru_cache(maxsize=4)
def _frames(entries: tuple[_Frame, ...]) -> tuple[bytes, list[bytes]]:
    """Return what comes before the entries, and each of them as far as its ids.

    From one version of a model to the next it is the same.
    """
    dtypes = {name: at for at, name in enumerate(dict.fromkeys(entry[1] for entry, _ in entries))}
    head = b"".join((MAGIC, _number(len(dtypes)), *map(_string, dtypes), _number(len(entries))))
    paths = [entry[0].encode("utf-8", "surrogatepass") for entry, _ in entries]
    kinds = [(entry[1:], count) for entry, count in entries]
    described = {kind: _described(kind, dtypes) for kind in set(kinds)}
    return head, [
        _number(shared) + _number(len(path) - shared) + path[shared:] + described[kind]
        for path, shared, kind in zip(paths, _shared(paths), kinds, strict=True)
    ]


def _described(kind: _Kind, dtypes: dict[str, int]) -> bytes:
    (dtype, volatile, shape, nbytes), count = kind
    flags = _VOLATILE if volatile else 0
    return b"".join(map(_number, (dtypes[dtype], flags, len(shape), *shape, nbytes, count)))


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
        if _encode(entries, ties) != self._data:
            msg = "its encoding is not canonical"
            raise ValueError(msg)
        return Manifest(entries=entries, ties=ties, identity=_identity(entries, ties, self._data))

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
