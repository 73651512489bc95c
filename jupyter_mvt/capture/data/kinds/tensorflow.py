"""Tensors and ``tf.data`` pipelines of TensorFlow.

A pipeline is never iterated: a look at shuffled rows would change the order of the next epoch, and
its steps run the user's code. What it reads from is fingerprinted whole: arrays, and files that
are named; what its steps make of that is said not to be covered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.data.kind import Table, joined, table_of
from jupyter_mvt.capture.data.kinds.files import gather, is_path
from jupyter_mvt.capture.data.kinds.numpy import from_array
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KIND", "TensorFlowKind"]

_KNOWN = "biufcMmSU"
_KEEPING = frozenset(
    {"prefetch", "options", "shuffle", "batch", "padded_batch", "cache", "repeat", "model",
     "rebatch", "unbatch", "zip", "concatenate"}
)  # fmt: skip
"""Steps after which all rows are there as they were."""
_DEPTH = 100
_HINT = "name the arrays or files behind it: mvt commit --data X_train"


class TensorFlowKind:
    """Tensors, variables, and pipelines by what they read from."""

    name = "tensorflow"
    match: tuple[str, ...] = ("tensorflow.Tensor", "tensorflow.Variable", "tensorflow.DatasetV2")

    def table(self, obj: Any) -> Table | None:
        """Return the columns of all that is read."""
        if not hasattr(obj, "_inputs"):
            return from_array(_host(obj), "tensorflow")
        steps: list[str] = []
        found = _source(obj, steps)
        left = sorted({step for step in steps if step not in _KEEPING})
        if not left:
            return found
        words = f"what its steps make of the rows is not covered: {', '.join(left)}"
        return replace(found, lost=(*found.lost, words))


KIND = TensorFlowKind()


def _source(pipeline: Any, steps: list[str]) -> Table:
    """Return what a pipeline reads, adding its steps on the way there."""
    asked = pipeline
    for _ in range(_DEPTH):
        files = _files(pipeline)
        if files is not None:
            return files
        inputs = list(pipeline._inputs())
        if not inputs:
            return _arrays(pipeline)
        step = _step(pipeline)
        steps.append(step)
        if len(inputs) > 1:
            parts = [(str(i), _source(part, steps)) for i, part in enumerate(inputs)]
            return joined(parts, "tensorflow")
        pipeline = inputs[0]
        if step == "flat_map" and getattr(pipeline, "_tensors", None) and not _rows(pipeline):
            break  # Dataset.from_generator
    raise _unreadable(asked, "they come from a generator")


def _step(pipeline: Any) -> str:
    """Return the word for a step: ``map`` for a ``_ParallelMapDataset``."""
    name = re.sub(r"^_|DatasetV?\d?$|Parallel", "", type(pipeline).__name__)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removeprefix("_")).lower()


def _files(pipeline: Any) -> Table | None:
    """Return the files that a pipeline reads, if it names them."""
    paths = getattr(pipeline, "file_paths", None)  # keras.utils.image_dataset_from_directory
    named = getattr(pipeline, "_filenames", None)
    tensors = getattr(named, "_tensors", None)
    if paths is None and tensors:
        paths = np.ravel(_host(tensors[0])).tolist()
    return table_of(gather([*paths])) if paths and is_path([*paths]) else None


def _rows(pipeline: Any) -> bool:
    return any(len(tensor.shape) for tensor in pipeline._tensors)


def _arrays(pipeline: Any) -> Table:
    tensors = list(getattr(pipeline, "_tensors", ()))
    if not tensors and hasattr(pipeline, "_start"):
        ends = (int(getattr(pipeline, name)) for name in ("_start", "_stop", "_step"))
        return from_array(np.arange(*ends), "tensorflow")
    if not tensors:
        raise _unreadable(pipeline, "what it reads from is not known")
    names = list(_names(getattr(pipeline, "element_spec", None), ""))
    if len(names) != len(tensors):
        names = [str(number) for number in range(len(tensors))]
    tables = [_table(_host(tensor)) for tensor in tensors]
    if names == [""]:
        return tables[0]
    return joined(list(zip(names, tables, strict=True)), "tensorflow")


def _table(host: Any) -> Table:
    """Return an array's columns; of one that names files, what these hold."""
    paths = host.tolist() if host.dtype.kind == "O" and host.ndim == 1 else None
    found = table_of(gather(paths)) if paths and is_path(paths) else None
    return from_array(host, "tensorflow") if found is None else found


def _names(spec: Any, path: str) -> Iterator[str]:
    """Yield the place of each tensor in the rows, in TensorFlow's order."""
    if isinstance(spec, Mapping):
        inner: list[tuple[Any, Any]] = sorted(spec.items())
    elif isinstance(spec, (tuple, list)):
        inner = list(enumerate(spec))
    else:
        yield path
        return
    for key, item in inner:
        yield from _names(item, f"{path}.{key}" if path else str(key))


def _host(tensor: Any) -> Any:
    try:
        host = np.asarray(tensor.numpy())
    except Exception as error:  # TensorFlow's own errors are of no common class
        raise _unreadable(tensor, str(error).partition("\n")[0][:120]) from error
    if host.dtype.kind in _KNOWN:
        return host
    if host.dtype.kind == "O":
        return _texts(host)
    return host.astype(np.float32)  # bfloat16 and float8, exactly


def _texts(host: Any) -> Any:
    """Return TensorFlow's texts, which are bytes, as texts where they are some."""
    try:
        texts = [item.decode() if isinstance(item, bytes) else item for item in host.ravel()]
    except UnicodeDecodeError:
        return host
    made = np.empty(len(texts), object)
    made[:] = texts
    return made.reshape(host.shape)


def _unreadable(obj: Any, why: str) -> CaptureError:
    msg = f"The rows of a {type(obj).__name__.removeprefix('_')} cannot be read: {why.rstrip('.')}."
    return CaptureError(msg, hint=_HINT, code="unreadable-data")
