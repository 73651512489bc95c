"""Columns of text in canonical form: lengths, then bytes; by codes where there are few texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.block import Block, bitmap, octets_of, presence
from jupyter_mvt.capture.rowhash import NULL_WORD, text_words

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["coded_block", "is_coded", "text_block"]

Array = np.ndarray[Any, Any]

_MANY_CODES = 4096


def text_block(array: Any, valid: Array | None) -> Block:
    """Return an Arrow array of large strings or binaries as a block."""
    if valid is not None:
        array = array.fill_null(b"" if pa.types.is_large_binary(array.type) else "")
    buffers = array.buffers()
    if not len(array) or buffers[1] is None:
        return Block((bitmap(valid),), array.null_count, np.zeros(0, np.uint64))
    offsets = np.frombuffer(buffers[1], np.int64, len(array) + 1, array.offset * 8)
    lengths = np.diff(offsets)
    data: Buffer = b"" if buffers[2] is None else memoryview(buffers[2])[offsets[0] : offsets[-1]]
    words = text_words(data, offsets[:-1] - offsets[0], lengths, valid)
    pieces = (bitmap(valid), octets_of(lengths), data)
    return Block(pieces, 0 if valid is None else int((~valid).sum()), words)


def is_coded(column: Any) -> bool:
    """Tell whether a column is text by few codes, so that each text is looked at once only."""
    if not pa.types.is_dictionary(column.type) or column.num_chunks != 1:
        return False
    entries = column.chunk(0).dictionary
    kind = entries.type
    few = len(entries) <= _MANY_CODES and not entries.null_count
    return few and (pa.types.is_string(kind) or pa.types.is_large_string(kind))


def coded_block(array: Any) -> Block:
    """Return what `text_block` would of the same texts, decoded."""
    valid = presence(array)
    entries = array.dictionary.cast(pa.large_string())
    if not len(array) or not len(entries):
        return text_block(array.dictionary_decode().cast(pa.large_string()), valid)
    known = text_block(entries, None)
    sizes = np.frombuffer(known.pieces[1], np.int64)
    codes = array.indices if valid is None else array.indices.fill_null(0)
    rows = codes.to_numpy(zero_copy_only=False)
    lengths = sizes.take(rows)
    words = None if known.words is None else known.words.take(rows)
    if valid is not None:
        lengths[~valid] = 0
        words = None if words is None else np.where(valid, words, NULL_WORD)
    decoded = array.dictionary_decode().cast(pa.large_string())
    offsets = np.frombuffer(decoded.buffers()[1], np.int64, len(decoded) + 1, decoded.offset * 8)
    text = decoded.buffers()[2]
    data: Buffer = b"" if text is None else memoryview(text)[offsets[0] : offsets[-1]]
    return Block((bitmap(valid), octets_of(lengths), data), array.null_count, words)
