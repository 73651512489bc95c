"""Columns of text in canonical form: lengths, then bytes; by codes where there are few texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jupyter_mvt.capture.block import Block, bitmap, octets_of, presence
from jupyter_mvt.capture.rowhash import NULL_WORD, text_words

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Codebook", "coded_block", "is_coded", "text_block"]

Array = np.ndarray[Any, Any]

_MANY_CODES = 4096
_LONGEST_RUN = 8
_MOST_BYTES = 1 << 20


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
    """The few texts of a column, looked at once for all of its blocks.

    Attributes
    ----------
    entries
        The texts, and last an empty one for what is missing.
    sizes, words
        Their lengths and their words for the rows' hashes.
    runs
        All runs of `stride` texts, in the order of their codes read as digits of one number:
        to decode takes a step for each run rather than for each row.
    """

    entries: Any
    sizes: Array
    words: Array
    runs: Any
    stride: int

    @classmethod
    def of(cls, entries: Any, rows: int) -> Codebook:
        """Return what blocks need to know of a dictionary's texts, none of them missing.

        `rows` is the length of the whole column: for few rows, few runs are worth their while.
        """
        entries = entries.cast(pa.large_string())
        starts, lengths, data = _laid_out(entries)
        words = text_words(data, starts, lengths, None)
        entries = pa.concat_arrays([entries, pa.array([""], pa.large_string())])
        runs, stride = _runs(entries, len(data), rows)
        return cls(entries, np.append(lengths, 0), np.append(words, NULL_WORD), runs, stride)


def _runs(entries: Any, size: int, rows: int) -> tuple[Any, int]:
    """Return all runs of as many texts as stay few and short together, and how many that is."""
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
    indices = array.indices if valid is None else array.indices.fill_null(0)
    codes = indices.to_numpy(zero_copy_only=False)
    if valid is not None:
        codes = np.where(valid, codes, len(book.entries) - 1)
    # "clip" spares numpy a copy; Arrow has no codes out of range.
    lengths = book.sizes.take(codes, mode="clip")
    words = book.words.take(codes, mode="clip")
    pieces = (bitmap(valid), octets_of(lengths), *_decoded(codes, book))
    return Block(pieces, array.null_count, words)


def _decoded(codes: Array, book: Codebook) -> tuple[Buffer, ...]:
    """Return the bytes of all texts, one after the other."""
    whole = len(codes) // book.stride * book.stride
    digits = codes[:whole].reshape(-1, book.stride)
    numbers = digits[:, 0].astype(np.int32)
    for place in range(1, book.stride):
        numbers *= len(book.entries)
        numbers += digits[:, place]
    found = [book.runs.take(pa.array(numbers)), book.entries.take(pa.array(codes[whole:]))]
    return tuple(_laid_out(texts)[2] for texts in found if len(texts))
