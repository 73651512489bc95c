"""Arrow types that say the same as a plainer one: maps, views, extensions, and how they say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.arrowviews import is_view, texts_of_view, view_texts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fancier", "plain_type", "plainer", "runs"]

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
