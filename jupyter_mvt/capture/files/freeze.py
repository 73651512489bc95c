"""A file → parts for its arrays, and a recipe that puts the same bytes together again.

A recipe is a list of ``[length, path]``: so many bytes of the part `FRAME`, which holds what no
range covers (headers, gaps), then the whole part called *path*, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.files.npy import read_npy
from jupyter_mvt.capture.files.ranges import Layout, Range, Unsound
from jupyter_mvt.capture.files.safetensors import read_safetensors
from jupyter_mvt.capture.files.zips import read_zip
from jupyter_mvt.objects.ids import digest_many
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mvt.capture.files.source import Source
    from jupyter_mvt.objects.ids import Buffer, ObjectId

__all__ = ["FRAME", "FrozenFile", "freeze_file", "layout_of"]

FRAME = "~frame"
"""Name of the part of a file that is no array."""

_STRETCH = 64 << 20
_WIDE_GAP = 256 << 10
_READ = 8 << 20
_READERS: tuple[Callable[[Source], Layout | None], ...] = (read_safetensors, read_zip, read_npy)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenFile:
    """A file taken apart.

    Attributes
    ----------
    parts
        Read when the store asks for them, a stretch at a time.
    pieces
        The recipe.
    digest
        BLAKE3-256 of the whole file.
    note
        Why it was kept as plain bytes, if its format promised more.
    """

    name: str
    size: int
    digest: ObjectId
    layout: Layout
    prefix: str
    parts: tuple[Part, ...]
    pieces: tuple[tuple[int, str | None], ...]
    note: str = ""

    def recipe(self) -> dict[str, Any]:
        """Return what is to be stored so that `files.rebuild` can put the file together."""
        return {
            "name": self.name,
            "size": self.size,
            "digest": self.digest,
            "format": self.layout.format,
            "prefix": self.prefix,
            "pieces": [list(piece) for piece in self.pieces],
        }


def freeze_file(source: Source, prefix: str = "") -> FrozenFile:
    """Take a file apart by its format; an unknown or unsound one is cut by its content.

    Parameters
    ----------
    source
        `FileSource` or `BytesSource`.
    prefix
        Put before the names of its parts, where one bundle holds several files.

    Raises
    ------
    CaptureError
        The file changed meanwhile (code ``part-changed``).
    StorageError
        It cannot be read.
    """
    layout, note = layout_of(source)
    gaps, ranges, pieces = _plan(layout.ranges, source.size, prefix)
    parts = [_part(source, item) for item in ranges]
    if gaps:
        parts.append(_frame(source, gaps, prefix))
    whole = (source.read(at, min(at + _READ, source.size)) for at in range(0, source.size, _READ))
    return FrozenFile(
        name=source.name,
        size=source.size,
        digest=digest_many(whole, threads=-1),
        layout=layout,
        prefix=prefix,
        parts=tuple(parts),
        pieces=tuple(pieces),
        note=note,
    )


def layout_of(source: Source) -> tuple[Layout, str]:
    """Return what a file consists of, and what is wrong with its header, if anything."""
    note = ""
    for reader in _READERS:
        try:
            found = reader(source)
        except Unsound as reason:
            note = f"{source.name} is kept as plain bytes: {reason}"
            break
        if found is not None:
            return found, ""
    return Layout(format="bytes"), note


def _plan(
    ranges: tuple[Range, ...], size: int, prefix: str
) -> tuple[list[tuple[int, int]], list[Range], list[tuple[int, str | None]]]:
    """Return the gaps, the ranges with those of wide gaps added, and the recipe."""
    gaps: list[tuple[int, int]] = []
    kept: list[Range] = []
    pieces: list[tuple[int, str | None]] = []
    at = 0
    end = Range(path="", dtype="bytes", shape=(0,), start=size, stop=size)
    for item in (*ranges, end):
        if item.start - at > _WIDE_GAP:
            for part in _stretches(at, item.start, prefix):
                kept.append(part)
                pieces.append((0, part.path))
            at = item.start
        if item.start > at:
            gaps.append((at, item.start))
        if item is not end:
            named = Range(path=prefix + item.path, dtype=item.dtype, shape=item.shape,
                          start=item.start, stop=item.stop)  # fmt: skip
            kept.append(named)
            pieces.append((item.start - at, named.path))
        elif item.start > at:
            pieces.append((item.start - at, None))
        at = item.stop
    return gaps, kept, pieces


def _stretches(start: int, stop: int, prefix: str) -> Iterator[Range]:
    for number, at in enumerate(range(start, stop, _STRETCH)):
        end = min(at + _STRETCH, stop)
        path = f"{prefix}~bytes.{start}.{number}" if start else f"{prefix}~bytes.{number}"
        yield Range(path=path, dtype="bytes", shape=(end - at,), start=at, stop=end)


def _part(source: Source, item: Range) -> Part:
    def window(start: int, stop: int) -> Buffer:
        return source.read(item.start + start, item.start + stop)

    size = item.stop - item.start
    return Part(path=item.path, dtype=item.dtype, shape=item.shape, nbytes=size,
                read=lambda: window(0, size), shifts=item.dtype == "bytes",
                window=window)  # fmt: skip


def _frame(source: Source, gaps: list[tuple[int, int]], prefix: str) -> Part:
    def read() -> Buffer:
        return b"".join(source.read(start, stop) for start, stop in gaps)

    size = sum(stop - start for start, stop in gaps)
    return Part(path=prefix + FRAME, dtype="bytes", shape=(size,), nbytes=size, read=read,
                shifts=True)  # fmt: skip
