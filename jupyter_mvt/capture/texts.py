"""Columns of text in canonical form: lengths, then bytes; by codes where there are few texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.block import Block, bitmap, octets_of, presence
from jupyter_mvt.capture.rowhash import NULL_WORD, text_words

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Codebook", "coded_block", "is_coded", "text_block"]

Array = np.ndarray[Any, Any]

_MANY_CODES = 4096


def text_block(array: Any, valid: Array | None) -> Block:
    """Return an Arrow array of large strings or binaries as a block."""
    if valid is not None:
        array = array.fill_null(b"" if pa.types.is_large_binary(array.type) else "")
    if not len(array) or array.buffers()[1] is None:
        return Block((bitmap(valid),), array.null_count, np.zeros(0, np.uint64))
    starts, lengths, data = _laid_out(array)
    words = text_words(data, starts, lengths, valid)
    pieces = (bitmap(valid), octets_of(lengths), data)
    return Block(pieces, 0 if valid is None else int((~valid).sum()), words)


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


@dataclass(frozen=True, slots=True)
class Codebook:
    """The few texts of a column, looked at once for all of its blocks."""

    entries: Any
    sizes: Array
    words: Array

    @classmethod
    def of(cls, entries: Any) -> Codebook:
        """Return what blocks need to know of the texts of a dictionary, none of them missing."""
        entries = entries.cast(pa.large_string())
        starts, lengths, data = _laid_out(entries)
        return cls(entries, lengths, text_words(data, starts, lengths, None))


def coded_block(array: Any, book: Codebook) -> Block:
    """Return what `text_block` would of the same texts, decoded."""
    valid = presence(array)
    if not len(array):
        return text_block(array.dictionary_decode().cast(pa.large_string()), valid)
    codes = array.indices if valid is None else array.indices.fill_null(0)
    rows = codes.to_numpy(zero_copy_only=False)
    lengths = book.sizes.take(rows)
    words = book.words.take(rows)
    if valid is not None:
        lengths[~valid] = 0
        words[~valid] = NULL_WORD
    decoded = pa.DictionaryArray.from_arrays(array.indices, book.entries).dictionary_decode()
    data = _laid_out(decoded)[2]
    return Block((bitmap(valid), octets_of(lengths), data), array.null_count, words)
