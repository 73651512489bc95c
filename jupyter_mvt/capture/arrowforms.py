"""Arrow types that say the same as a plainer one: maps, views, extensions, and how they say it.

And what a value of a plain one takes, a column of any as one array, labels as stretches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.arrowviews import is_view, texts_of_view, view_texts
from jupyter_mvt.capture.progressions import progressions_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["evened", "fancier", "is_text", "plain_type", "plainer", "runs", "whole", "width_of"]

_OWN_EXTENSIONS = "arrow."
"""How the names begin of extension types that Arrow itself brings; others need their library."""


def plain_type(kind: Any) -> Any:
    """Return the plainer type that holds what arrays of `kind` hold, ``None`` if there is none."""
    types = pa.types
    if types.is_map(kind):
        return pa.list_(pa.struct([kind.key_field, kind.item_field]))
    if _is(types, "is_list_view", kind):
        return pa.list_(kind.value_field)
    if _is(types, "is_large_list_view", kind):
        return pa.large_list(kind.value_field)
    if is_view(kind):
        return texts_of_view(kind)
    if isinstance(kind, pa.BaseExtensionType) and kind.extension_name.startswith(_OWN_EXTENSIONS):
        return kind.storage_type
    return None


def _is(types: Any, test: str, kind: Any) -> bool:
    found: Callable[[Any], bool] | None = getattr(types, test, None)  # by Arrow's version
    return found is not None and found(kind)


def plainer(array: Any) -> Any:
    """Return what `array` holds as its plainer type; views of text may be in chunks."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return array.storage
    if pa.types.is_map(kind):
        entries = pa.StructArray.from_arrays(
            [array.keys, array.items], fields=[kind.key_field, kind.item_field]
        )
        return pa.Array.from_buffers(plain_type(kind), len(array), array.buffers()[:2],
                                     offset=array.offset, children=[entries])  # fmt: skip
    if hasattr(array, "sizes"):
        return _listed(array)
    return view_texts(array)


def _listed(views: Any) -> Any:
    """Return views of lists as lists one behind the other."""
    kind, valid = plain_type(views.type), views.is_valid().to_numpy(zero_copy_only=False)
    sizes = np.where(valid, np.asarray(views.sizes), 0)
    wide = np.int64 if pa.types.is_large_list(kind) else np.int32
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(wide)
    mask = np.packbits(valid, bitorder="little")
    places = [pa.py_buffer(mask), pa.py_buffer(offsets)]
    return pa.Array.from_buffers(kind, len(views), places, children=[views.flatten()])


def fancier(kind: Any, array: Any) -> Any:
    """Return `array`, which `plainer` gave, as `kind` again; views of text are made elsewhere."""
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, array)
    if pa.types.is_map(kind):
        return pa.Array.from_buffers(kind, len(array), array.buffers()[:2], array.null_count,
                                     array.offset, children=[array.values])  # fmt: skip
    offsets = np.asarray(array.offsets)
    sizes = pa.py_buffer(np.diff(offsets))
    places = [array.buffers()[0], array.buffers()[1], sizes]
    return pa.Array.from_buffers(kind, len(array), places, children=[array.values])


def runs(array: Any) -> tuple[Any, Any]:
    """Return where the runs of a run-end-encoded array, or of its slice, end, and their values."""
    first, count = array.find_physical_offset(), array.find_physical_length()
    ends = array.run_ends.slice(first, count).to_numpy() - array.offset
    own = np.minimum(ends, len(array)).astype(ends.dtype)
    return pa.array(own, array.run_ends.type), array.values.slice(first, count)


def is_text(kind: Any) -> bool:
    """Tell whether a type is text or bytes, by offsets."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
             pa.types.is_large_binary)  # fmt: skip
    return any(test(kind) for test in tests)


def width_of(kind: Any) -> int:
    """Return the bytes of one value of fixed width, else 0."""
    fixed = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    fixed = fixed or pa.types.is_fixed_size_binary(kind)
    return kind.byte_width if fixed and not pa.types.is_boolean(kind) else 0


def whole(column: Any) -> Any:
    """Return all of a column as one array; what is one already is not copied."""
    if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1:
        return column.chunk(0)
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks else pa.array([], array.type)
    return array


def evened(labels: Any) -> Any:
    """Return labels of rows as the stretches of their numbers, if these are much smaller."""
    if not pa.types.is_integer(labels.type) or labels.null_count:
        return labels
    return progressions_of(whole(labels).to_numpy()) or labels
