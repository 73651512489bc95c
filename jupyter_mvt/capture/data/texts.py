"""Columns of text in canonical form: lengths, then bytes; by codes where there are few texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from blake3 import blake3

from jupyter_mvt.capture.data.block import Block, bitmap, octets_of, presence
from jupyter_mvt.capture.data.rowhash import NULL_WORD, text_words

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Codebook", "coded_block", "coded_key", "is_coded", "text_block"]

Array = np.ndarray[Any, Any]

_MANY_CODES = 4096
_LONGEST_RUN = 8
_MOST_BYTES = 1 << 20


def text_block(array: Any, valid: Array | None) -> Block:
    """Return an Arrow array of large strings or binaries as a block."""
    if not len(array):
        return Block((bitmap(valid),), array.null_count, lambda: np.zeros(0, np.uint64))
    missing = None if valid is None else np.flatnonzero(~valid)
    starts, lengths, data = _laid_out(array)
    if missing is not None and lengths[missing].any():  # bytes under what is missing
        array = array.fill_null(b"" if pa.types.is_large_binary(array.type) else "")
        starts, lengths, data = _laid_out(array)
    pieces = (bitmap(valid), octets_of(lengths), data)
    nulls = 0 if missing is None else len(missing)
    return Block(pieces, nulls, lambda: text_words(data, starts, lengths, missing))


def _laid_out(array: Any) -> tuple[Array, Array, Buffer]:
    """Return starts and lengths of an Arrow array of large texts, and their bytes."""
    buffers = array.buffers()
    offsets = np.frombuffer(buffers[1], np.int64, len(array) + 1, array.offset * 8)
    data: Buffer = b"" if buffers[2] is None else memoryview(buffers[2])[offsets[0] : offsets[-1]]
    return offsets[:-1] - offsets[0], np.diff(offsets), data


def is_coded(column: Any) -> bool:
    """Tell whether a column is text by few codes, so that each text is looked at once only."""
    if not pa.types.is_dictionary(column.type) or column.num_chunks != 1:
        return False
    entries = column.chunk(0).dictionary
    kind = entries.type
    few = 0 < len(entries) <= _MANY_CODES and not entries.null_count
    return few and (pa.types.is_string(kind) or pa.types.is_large_string(kind))


@dataclass(frozen=True)
class Codebook:
    """The few texts of a column, looked at once for all of its blocks, and only if one is decoded.

    Attributes
    ----------
    texts
        A dictionary's, none of them missing.
    rows
        Of the whole column.
    """

    texts: Any
    rows: int

    @classmethod
    def of(cls, entries: Any, rows: int) -> Codebook:
        """Return the book of a dictionary's texts, none of them missing."""
        return cls(entries.cast(pa.large_string()), rows)

    @cached_property
    def id(self) -> bytes:
        """Return what stands for the texts and their order, and for nothing else."""
        _, lengths, data = _laid_out(self.texts)
        state = blake3(len(lengths).to_bytes(8, "little") + lengths.tobytes())
        state.update(data)
        return state.digest()

    @cached_property
    def entries(self) -> Any:
        """Return the texts, and last an empty one for what is missing."""
        return pa.concat_arrays([self.texts, pa.array([""], pa.large_string())])

    @cached_property
    def sizes(self) -> Array:
        """Return the lengths of the entries."""
        return _laid_out(self.entries)[1]

    @cached_property
    def words(self) -> Array:
        """Return the entries' words for the rows' hashes."""
        starts, lengths, data = _laid_out(self.texts)
        return np.append(text_words(data, starts, lengths, None), NULL_WORD)

    @cached_property
    def runs(self) -> tuple[Any, int]:
        """Return all runs of as many texts as stay few and short together, and how many that is.

        They are in the order of their codes read as digits of one number: to decode takes a
        step for each run rather than for each row. For few rows, few runs are worth their while.
        """
        return _runs(self.entries, int(self.sizes.sum()), self.rows)


def _runs(entries: Any, size: int, rows: int) -> tuple[Any, int]:
    most = min(_MANY_CODES, rows // 16)
    runs, stride, total = entries, 1, size
    while stride < _LONGEST_RUN:
        count = len(runs) * len(entries)
        total = total * len(entries) + size * len(runs)
        if count > most or total > _MOST_BYTES:
            break
        first = np.repeat(np.arange(len(runs)), len(entries))
        then = np.tile(np.arange(len(entries)), len(runs))
        runs = pc.binary_join_element_wise(
            runs.take(pa.array(first)), entries.take(pa.array(then)), entries[-1]
        )
        stride += 1
    return runs, stride


def coded_block(array: Any, book: Codebook) -> Block:
    """Return what `text_block` would of the same texts, decoded."""
    valid = presence(array)
    if not len(array):
        return text_block(array.dictionary_decode().cast(pa.large_string()), valid)
    codes = _codes(array, valid, book)
    # "clip" spares numpy a copy; Arrow has no codes out of range.
    lengths = book.sizes.take(codes, mode="clip")
    pieces = (bitmap(valid), octets_of(lengths), *_decoded(codes, book))
    return Block(pieces, array.null_count, lambda: book.words.take(codes, mode="clip"))


def coded_key(array: Any, book: Codebook) -> bytes:
    """Return bytes that two arrays share only if `coded_block` makes the same of them."""
    valid = presence(array)
    codes = _numbers(array, valid)
    state = blake3(book.id + codes.dtype.str.encode())
    state.update(bitmap(valid))
    state.update(octets_of(np.ascontiguousarray(codes)))
    return state.digest()


def _numbers(array: Any, valid: Array | None) -> Array:
    indices = array.indices if valid is None else array.indices.fill_null(0)
    found: Array = indices.to_numpy(zero_copy_only=False)
    return found


def _codes(array: Any, valid: Array | None, book: Codebook) -> Array:
    """Return the place of each row's text in the book."""
    codes = _numbers(array, valid).astype(np.intp)  # once, not by each `take`
    return codes if valid is None else np.where(valid, codes, len(book.entries) - 1)


def _decoded(codes: Array, book: Codebook) -> tuple[Buffer, ...]:
    """Return the bytes of all texts, one after the other."""
    runs, stride = book.runs
    whole = len(codes) // stride * stride
    digits = codes[:whole].astype(np.int32).reshape(-1, stride)
    numbers = digits[:, 0].copy()
    for place in range(1, stride):
        numbers *= len(book.entries)
        numbers += digits[:, place]
    found = [runs.take(pa.array(numbers)), book.entries.take(pa.array(codes[whole:]))]
    return tuple(_laid_out(texts)[2] for texts in found if len(texts))
