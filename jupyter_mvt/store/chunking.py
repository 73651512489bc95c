"""Where content is cut into chunks.

Weights change in place, so they are cut at fixed offsets. Rows, text and opaque files move when
something is inserted: they are cut where a rolling hash of the content says (FastCDC, 64 KiB on
average), so that all chunks but those around a change are found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.ids import Buffer
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.store.packplan import item_size

__all__ = ["CHUNK", "SMALL", "again", "cut", "small"]

CHUNK = 8 << 20
"""Length of chunks at fixed offsets, and of the stretches in which a file is read."""

SMALL = 64 << 10
"""What is shorter than this is copied before it is hashed, and packed side by side."""

# Part of the format: other figures would cut the same content at other places.
_AVERAGE, _LEAST, _MOST = 64 << 10, 16 << 10, 256 << 10


def cut(part: Part) -> Iterator[memoryview]:
    """Return the content of `part` in pieces, one a chunk.

    Raises
    ------
    CaptureError
        It has another length than it announced (code ``part-changed``).
    """
    if part.window is None and 0 < part.nbytes <= CHUNK and not part.shifts:
        return iter((_checked(part, part.read(), part.nbytes),))
    stretches = _memory(part) if part.window is None else _windows(part, part.window)
    return _by_content(part, stretches) if part.shifts else stretches


def small(part: Part) -> bytes | None:
    """Return the content of a part that is one small chunk, ``None`` for any other part.

    Raises
    ------
    CaptureError
        As `cut` does.
    """
    length = part.nbytes
    if not 0 < length < SMALL or part.shifts or part.window is not None:
        return None
    found = part.read()
    if type(found) is bytes and len(found) == length:
        return found
    return bytes(_checked(part, found, length))


def again(part: Part, at: int, length: int) -> memoryview:
    """Return `length` bytes of `part`, read again."""
    if part.window is None:
        return _checked(part, part.read(), part.nbytes)[at : at + length]
    return _checked(part, part.window(at, at + length), length)


def _memory(part: Part) -> Iterator[memoryview]:
    whole = _checked(part, part.read(), part.nbytes)
    step = part.nbytes if part.shifts else CHUNK
    for at in range(0, part.nbytes, step or 1):
        yield whole[at : at + step]


def _windows(part: Part, window: Callable[[int, int], Buffer]) -> Iterator[memoryview]:
    for at in range(0, part.nbytes, CHUNK):
        end = min(at + CHUNK, part.nbytes)
        yield _checked(part, window(at, end), end - at)


def _checked(part: Part, found: Buffer, length: int) -> memoryview:
    view = memoryview(found)
    if view.nbytes != length:
        msg = f"{part.path!r} has {view.nbytes} bytes, not the {length} announced."
        raise CaptureError(msg, code="part-changed", hint="once nothing is training: mvt commit")
    if not view.nbytes:
        return memoryview(b"")
    if view.format == "B" and view.ndim == 1:
        return view
    try:
        return view.cast("B")
    except TypeError:
        return memoryview(view.tobytes())  # a format that memoryview cannot reinterpret


def _by_content(part: Part, stretches: Iterator[memoryview]) -> Iterator[memoryview]:
    from pyfastcdc import FastCDC

    cutter = FastCDC(_AVERAGE, min_size=_LEAST, max_size=_MOST)
    item = item_size(part.dtype) or 1
    rest, left = memoryview(b""), part.nbytes
    for stretch in stretches:
        left -= len(stretch)
        at, whole = 0, len(rest) + len(stretch)
        # Joined as far as a cut in what was left over may depend on: a stretch is not copied.
        seam = memoryview(b"".join((rest, stretch[:_MOST]))) if rest else rest
        # Near the end of a stretch the next cut may depend on what comes after it.
        while at < whole and (whole - at >= _MOST or not left):
            source, start = (seam, at) if at < len(rest) else (stretch, at - len(rest))
            ahead = source[start : start + _MOST]
            length = next(cutter.cut_buf(ahead)).length
            if at + length < whole or left:
                length -= length % item  # whole numbers, so that they can be packed as such
            yield ahead[:length]
            at += length
        over = stretch[max(0, at - len(rest)) :]
        rest = memoryview(b"".join((rest[at:], over))) if at < len(rest) else over
