"""Long text and long bytes: kept as their bytes, which are read and made a stretch at a time.

Within JSON they would be several copies of themselves, and bytes twice as long.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from functools import partial
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LONG_KINDS", "is_long", "live_long", "long_part"]

LONG_KINDS = ("str", "bytes", "bytearray")
_LEAST = 2 << 20
_AT_ONCE = 1 << 20
_KEPT = "surrogatepass"  # halves of characters are text for Python


def is_long(value: Any) -> bool:
    """Tell whether a value is text or bytes that are kept as a part of their own."""
    return type(value) in (str, bytes, bytearray) and len(value) >= _LEAST


def long_part(value: Any, path: str) -> Part:
    """Return the bytes of text (as UTF-8) or bytes."""
    if type(value) is not str:
        nbytes, window = len(value), partial(_bytes, value)
    elif value.isascii():
        nbytes, window = len(value), partial(_ascii, value)
    else:
        runs = range(0, len(value), _AT_ONCE)
        ends = [*accumulate(len(_octets(value, at)) for at in runs)]
        nbytes, window = ends[-1], partial(_text, value, ends)
    return Part(path=path, dtype="bytes", shape=(nbytes,), nbytes=nbytes,
                read=partial(window, 0, nbytes), shifts=True, window=window)  # fmt: skip


def live_long(name: str, kind: str, pieces: Iterable[memoryview]) -> Any:
    """Return the text or the bytes called `name`, made of what comes in pieces.

    Raises
    ------
    CorruptionError
        They are no text (code ``corrupt-variable``).
    """
    if kind == "str":
        try:
            return _decoded(pieces)
        except UnicodeDecodeError as error:
            msg = f"The stored variable {name!r} is no text."
            raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable") from error
    if kind == "bytes":
        octets = BytesIO()
        for piece in pieces:
            octets.write(piece)
        return octets.getvalue()
    found = bytearray()
    for piece in pieces:
        found += piece
    return found


def _decoded(pieces: Iterable[memoryview]) -> str:
    decoder, text = codecs.getincrementaldecoder("utf-8")(_KEPT), ""
    for piece in pieces:
        for at in range(0, len(piece), _AT_ONCE):
            # Where nothing else holds it, text grows in its place; to join it would be a copy.
            text += decoder.decode(piece[at : at + _AT_ONCE])
    text += decoder.decode(b"", final=True)
    return text


def _bytes(value: bytes | bytearray, start: int, stop: int) -> bytes:
    # Never a view: who holds a bytearray's memory keeps its owner from making it longer.
    return bytes(value[start:stop])


def _ascii(text: str, start: int, stop: int) -> bytes:
    return text[start:stop].encode()


def _text(text: str, ends: Sequence[int], start: int, stop: int) -> bytes:
    number = bisect_right(ends, start)
    begin = ends[number - 1] if number else 0
    first, found = begin, []
    while begin < stop:
        found.append(_octets(text, number * _AT_ONCE))
        begin, number = ends[number], number + 1
    return b"".join(found)[start - first : stop - first]


def _octets(text: str, at: int) -> bytes:
    return text[at : at + _AT_ONCE].encode("utf-8", _KEPT)
