"""Text in views, as Arrow may have it and polars always has: kept and made a stretch at a time.

A view is 16 bytes: a length, and the text itself or its beginning and where it lies. To make a
column of offsets and bytes of it first, or views of that, would be another copy of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jupyter_mvt.capture.arrowtexts import cut_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.capture.arrowtexts import Texts

__all__ = ["in_views", "is_view", "live_views", "texts_of_view", "view_texts"]

Array = np.ndarray[Any, Any]
_AT_ONCE = 16 << 10
_MOST_BYTES = 1 << 30
_FARTHEST = (1 << 31) - 1
_WITHIN = 12
"""A text of so many bytes lies in its view."""


def is_view(kind: Any) -> bool:
    """Tell whether an array of `kind` has views of text or of bytes."""
    return str(kind) in ("string_view", "binary_view")  # Arrow 17 may have no test of them


def texts_of_view(kind: Any) -> Any:
    """Return the type that has offsets where `kind` has views."""
    return pa.large_string() if str(kind) == "string_view" else pa.large_binary()


def in_views(schema: Any) -> Any:
    """Return a schema whose columns of long text and bytes are views."""
    wide = {pa.large_string(): pa.string_view(), pa.large_binary(): pa.binary_view()}
    fields = [field.with_type(wide.get(field.type, field.type)) for field in schema]
    return pa.schema(fields, schema.metadata)


def view_texts(column: Any) -> Texts:
    """Return an array of views, which may be in chunks, as a column of text."""
    kind = texts_of_view(column.type)

    def made(first: int, last: int) -> Any:
        rows = column.slice(first, last - first)
        return (rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows).cast(kind)

    def size(first: int, last: int) -> int:
        return pc.sum(pc.binary_length(made(first, last))).as_py() or 0

    valid = None
    if column.null_count:
        valid = np.asarray(column.is_valid().to_numpy(zero_copy_only=False), bool)
    return cut_texts(kind, len(column), valid, size, made)


def live_views(kind: Any, lengths: Array, content: Any, mask: Any) -> Any:
    """Return stored texts as an array of views into `content`.

    Parameters
    ----------
    kind
        The type of views.
    lengths
        How long each text is, all as many bytes as `content` has.
    content
        A buffer of Arrow with all texts.
    mask
        A buffer with which rows are not missing, ``None`` if none is.

    Raises
    ------
    ValueError
        A text is too long for a view.
    """
    views = np.zeros((len(lengths), 4), np.int32)
    starts, row, byte = [0], 0, 0
    for ends in _runs(lengths):
        if ends[-1] > _FARTHEST:
            msg = "a text is too long for a view"
            raise ValueError(msg)
        last, past = row + len(ends), byte + int(ends[-1])
        if past - starts[-1] > _FARTHEST:
            starts.append(byte)
        run = views[row:last]
        run[:] = _viewed(kind, ends, content.slice(byte, past - byte))
        there = run[:, 0] > _WITHIN
        for place, more in ((2, len(starts) - 1), (3, byte - starts[-1])):
            np.add(run[:, place], more, out=run[:, place], where=there, casting="unsafe")
        row, byte = last, past
    pieces = [content.slice(start, end - start)
              for start, end in zip(starts, [*starts[1:], byte], strict=True)]  # fmt: skip
    return pa.Array.from_buffers(kind, len(lengths), [mask, pa.py_buffer(views), *pieces])


def _runs(lengths: Array) -> Iterator[Array]:
    """Yield behind which byte each of some texts ends, counted from the first of them."""
    for first in range(0, len(lengths), _AT_ONCE):
        ends = np.cumsum(lengths[first : first + _AT_ONCE], dtype=np.int64)
        while len(ends):
            count = max(int(np.searchsorted(ends, _MOST_BYTES, "right")), 1)
            yield ends[:count]
            ends = ends[count:] - ends[count - 1]


def _viewed(kind: Any, ends: Array, content: Any) -> Array:
    """Return the views of texts that `content` has one after the other."""
    places = pa.py_buffer(np.concatenate([[0], ends]))
    texts = pa.Array.from_buffers(texts_of_view(kind), len(ends), [None, places, content])
    made = texts.cast(kind)
    found = np.frombuffer(made.buffers()[1], np.int32, 4 * len(ends), 16 * made.offset)
    return found.reshape(-1, 4)
