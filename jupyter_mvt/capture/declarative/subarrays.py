"""Kinds of nodes for numpy's own kinds of arrays: matrices, records, texts of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["ARRAY_READERS", "write_subarray", "write_texts"]

_CLASSES: Mapping[str, type[np.ndarray[Any, Any]]] = {"matrix": np.matrix, "recarray": np.recarray}
_MISSING = object()


def write_subarray(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a matrix or of records: the plain array that it is a view of."""
    return [type(value).__name__, encoder.value(value.view(np.ndarray), path)]


def _read_subarray(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    array = decoder.value(node[1])
    cls = _CLASSES[node[0]]
    sound = isinstance(array, np.ndarray) and (cls is not np.matrix or array.ndim == 2)
    if not sound or (cls is np.recarray and array.dtype.names is None):
        refuse("an array is not of its kind")
    return array.view(cls)


def write_texts(encoder: Encoder, value: Any, path: str, order: str) -> Node:
    """Return the node of an array of texts: their UTF-8 in a row, where each ends, what lacks."""
    dtype: Any = value.dtype
    blank = getattr(dtype, "na_object", _MISSING)
    nan = isinstance(blank, float) and blank != blank
    if not (blank is _MISSING or blank is None or nan or type(blank) is str):
        raise Undeclarable(path, f"texts with {type(blank).__qualname__} for what is missing")
    items = value.ravel(order="C").tolist()
    lacks = np.array([item is blank or (nan and item != item) for item in items], bool)
    texts = [b"" if lack else item.encode() for item, lack in zip(items, lacks, strict=True)]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    content = np.frombuffer(b"".join(texts), np.uint8)
    rule = "none" if blank is _MISSING else "nan" if nan else "value"
    kept = blank if rule == "value" else None
    return ["texts", list(value.shape), order, rule, kept, bool(dtype.coerce),
            encoder.array(content, path), encoder.array(ends, f"{path}~ends"),
            encoder.array(lacks, f"{path}~lacks") if lacks.any() else None]  # fmt: skip


def _read_texts(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, shape, order, rule, kept, coerce, content, ends, lacks = node
    stops = decoder.array(ends)
    size = decoder.shape(shape, stops.size)
    octets = decoder.array(content).tobytes()
    missing = np.zeros(stops.size, bool) if lacks is None else decoder.array(lacks)
    sound = stops.dtype == np.int64 and stops.ndim == 1 and missing.shape == stops.shape
    if not sound or rule not in ("none", "nan", "value") or order not in ("C", "F"):
        refuse("an array of texts is malformed")
    steps = np.diff(stops, prepend=0)
    if stops.size and ((steps < 0).any() or stops[-1] != len(octets)):
        refuse("texts do not end where their array does")
    blank = float("nan") if rule == "nan" else kept
    options = {} if rule == "none" else {"na_object": blank}
    made = np.empty(size, np.dtypes.StringDType(coerce=bool(coerce), **options), order=order)
    for place, stop, step, lack in zip(np.ndindex(size), stops, steps, missing, strict=True):
        made[place] = blank if lack else octets[stop - step : stop].decode()
    return made


ARRAY_READERS: Mapping[str, Read] = {
    "matrix": _read_subarray,
    "recarray": _read_subarray,
    "texts": _read_texts,
}
