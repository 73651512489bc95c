"""A hash of rows that does not care for their order: "the same rows, in other order".

Every cell becomes a 64-bit word, a row the sum of its mixed words, the dataset the sum over
mixed rows. Fast and good against chance, not against an adversary: identity is BLAKE3's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["NULL_WORD", "add_column", "bytes_words", "row_sums", "text_words", "value_words"]

Array = np.ndarray[Any, Any]

_A = np.uint64(0x9E3779B97F4A7C15)
_B = np.uint64(0xBF58476D1CE4E5B9)
_C = np.uint64(0x94D049BB133111EB)
NULL_WORD = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_LONG = 1024
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], np.uint64)


def value_words(values: Array, missing: Array | None) -> Array:
    """Return a word for each row of fixed-width values (two-dimensional: for each row).

    Words of less than 64 bits stand for the same numbers.
    `missing` are the numbers of the rows that hold none.
    """
    width = values.dtype.itemsize
    if not values.size:
        return np.zeros(len(values), np.uint64)
    rows = values.reshape(len(values), -1)
    if width in (1, 2, 4, 8) and rows.shape[1] == 1:
        bits = values.reshape(-1).view(f"u{width}")
        words = bits if missing is None else bits.astype(np.uint64)
    else:
        words = _folded(rows)
    if missing is not None:
        words[missing] = NULL_WORD
    return words


def _folded(rows: Array) -> Array:
    octets = rows.view(np.uint8).reshape(len(rows), -1)
    step = 8 if octets.shape[1] % 8 == 0 else 4 if octets.shape[1] % 4 == 0 else 1
    cells = octets.view(f"u{step}")
    keys = _spread(np.arange(1, cells.shape[1] + 1, dtype=np.uint64) * _A) | np.uint64(1)
    words = np.empty(len(rows), np.uint64)
    stride = max(1, 65536 // cells.shape[1])
    for start in range(0, len(rows), stride):
        part = cells[start : start + stride].astype(np.uint64)
        part ^= part >> np.uint64(29)
        part *= keys
        part ^= part >> np.uint64(32)
        words[start : start + stride] = part.sum(axis=1, dtype=np.uint64)
    return words


def text_words(data: Buffer, starts: Array, lengths: Array, missing: Array | None) -> Array:
    """Return a word for each text, read eight bytes at a time from all texts at once."""
    memory = np.empty(len(data) // 8 + 3, np.uint64)
    memory[len(data) // 8 :] = 0
    memory.view(np.uint8)[: len(data)] = np.frombuffer(data, np.uint8)
    words = lengths.astype(np.uint64)
    words *= _B
    words = _next(words, memory, starts, lengths)
    if len(lengths) and int(lengths.max()) > 8:
        _rest(words, memory, starts, lengths)
    if missing is not None:
        words[missing] = NULL_WORD
    return words


def _rest(words: Array, memory: Array, starts: Array, lengths: Array) -> None:
    """Go on with what is longer than eight bytes, in place."""
    long = lengths > _LONG
    active = np.flatnonzero((lengths > 8) & ~long)
    at, left = starts.take(active, mode="clip"), lengths.take(active, mode="clip")
    while len(active):
        at += 8
        left -= 8
        words[active] = _next(words.take(active, mode="clip"), memory, at, left)
        more = np.flatnonzero(left > 8)
        if len(more) < len(active):
            active, at, left = (part.take(more, mode="clip") for part in (active, at, left))
    for row in np.flatnonzero(long):
        text = memory.view(np.uint8)[starts[row] : starts[row] + lengths[row]]
        words[row] = int.from_bytes(blake3(text.data).digest(8), "little")


def _next(words: Array, memory: Array, at: Array, left: Array) -> Array:
    """Mix the next up to eight bytes at each place into `words`, which are used up."""
    # Each line is a pass over all rows: the fewer, and the fewer new arrays, the better.
    place = at >> 3
    found = memory.take(place, mode="clip")
    place += 1
    high = memory.take(place, mode="clip")
    shift = at.astype(np.uint64)
    shift &= np.uint64(7)
    shift <<= np.uint64(3)
    found >>= shift
    np.subtract(np.uint64(63), shift, out=shift)
    high <<= shift
    high <<= np.uint64(1)
    found |= high
    found &= _MASKS.take(left, mode="clip")
    words += _A
    words ^= found
    return _spread(words, words, found)


def bytes_words(cells: Sequence[bytes]) -> Array:
    """Return a word for each byte string."""
    return np.frombuffer(b"".join(blake3(cell).digest(8) for cell in cells), np.uint64)


def _spread(words: Array, out: Array | None = None, spare: Array | None = None) -> Array:
    """Return mixed words; `out` may be `words` itself, `spare` is written over."""
    mixed: Array = np.multiply(words, _C, out=out)
    mixed ^= np.right_shift(mixed, _HALF, out=spare)
    mixed *= _B
    return mixed


def add_column(total: Array, words: Array, position: int, spare: Array) -> None:
    """Add the words of column number `position` to the rows' running hashes, in place.

    `spare` is memory of the same size that is written over.
    """
    mixed = spare
    if words.dtype.itemsize < 8:
        mixed[:] = words
    else:
        # Folded first: round floats differ in their high bits only, which a product would lose.
        np.right_shift(words, _HALF, out=mixed)
        mixed ^= words
    mixed *= _key(position)
    total += mixed


@lru_cache(maxsize=4096)
def _key(position: int) -> np.uint64:
    """Return an odd number of 64 random-looking bits for each column."""
    return np.uint64(int.from_bytes(blake3(position.to_bytes(8, "little")).digest(8), "little") | 1)


def row_sums(total: Array, spare: Array) -> tuple[int, int]:
    """Return two sums over the rows' hashes, insensitive to order; both arrays are used up."""
    first = int(_spread(total, total, spare).sum(dtype=np.uint64))
    total ^= _A
    return first, int(_spread(total, total, spare).sum(dtype=np.uint64))
