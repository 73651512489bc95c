"""Tensors, datasets and loaders of PyTorch."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.columns import numpy_strip, object_strip
from jupyter_mvt.capture.data.kind import Table, is_dataset, joined, kind_of, once, table_of
from jupyter_mvt.capture.data.kinds.numpy import from_array
from jupyter_mvt.errors import CaptureError

__all__ = ["KIND", "TorchKind"]

_SAMPLED = 256
_MOST_LISTED = 100_000
_DEPTH = 4


class TorchKind:
    """Tensors and what wraps them are read whole; other datasets by a sample of their items."""

    name = "torch"
    match: tuple[str, ...] = (
        "torch.Tensor",
        "torch.Dataset",
        "torch.IterableDataset",
        "torch.DataLoader",
    )

    def table(self, obj: Any) -> Table | None:
        """Return the columns: one group for each tensor of an item."""
        return _table(obj, 0)


KIND = TorchKind()


def _table(obj: Any, depth: int) -> Table | None:
    names = {base.__name__ for base in type(obj).__mro__ if base.__module__.startswith("torch")}
    if "Tensor" in names:
        return None if obj.is_sparse else from_array(_host(obj), "torch")
    if "DataLoader" in names:
        inner = _inner(obj.dataset, depth)
        return None if inner is None else replace(inner, kind="torch")
    if "IterableDataset" in names:
        raise once(obj)
    arrays = _arrays(obj)
    if arrays is not None:
        parts = [(str(i), from_array(array, "torch")) for i, array in enumerate(arrays)]
        return joined(parts, "torch")
    if "Subset" in names:
        whole = _selected(obj, depth)
        if whole is not None:
            return whole
    return _sampled(obj, depth)


def _inner(dataset: Any, depth: int) -> Table | None:
    if depth >= _DEPTH:
        return None
    return _table(dataset, depth + 1) if kind_of(dataset) is KIND else table_of(dataset)


def _arrays(dataset: Any) -> list[Any] | None:
    """Return the arrays of tensor datasets, of parts of them and of their concatenation."""
    names = {base.__name__ for base in type(dataset).__mro__}
    if "TensorDataset" in names:
        return [_host(tensor) for tensor in dataset.tensors]
    if "Subset" in names:
        whole = _arrays(dataset.dataset)
        rows = np.asarray(dataset.indices, np.int64)
        return None if whole is None else [array[rows] for array in whole]
    if "ConcatDataset" in names:
        found = [_arrays(part) for part in dataset.datasets]
        known = [part for part in found if part is not None]
        same = len(known) == len(found) and len({_shape(part) for part in known}) == 1
        return [np.concatenate(column) for column in zip(*known, strict=True)] if same else None
    return None


def _shape(arrays: list[Any]) -> tuple[Any, ...]:
    return tuple((array.dtype, array.shape[1:]) for array in arrays)


def _host(tensor: Any) -> Any:
    host = tensor.detach().cpu()
    if host.dtype.itemsize == 2 and str(host.dtype) == "torch.bfloat16":
        host = host.float()  # exact: every bfloat16 is a float32
    return host.resolve_conj().resolve_neg().numpy() if host.is_complex() else host.numpy()


def _selected(subset: Any, depth: int) -> Table | None:
    """Return a subset of a Hugging Face dataset as its own selection says it."""
    inner = subset.dataset
    if kind_of(inner) is not KIND and hasattr(inner, "select") and is_dataset(inner):
        return _inner(inner.select(list(subset.indices)), depth)
    return None


def _sampled(dataset: Any, depth: int) -> Table:
    """Return what is known of a dataset that makes its items when asked for them.

    Arrays and frames that it holds are read whole; of its items a sample, always the same one.
    """
    try:
        rows = len(dataset)
        spots = np.unique(np.linspace(0, rows - 1, min(rows, _SAMPLED)).astype(np.int64))
        cells = [_item(dataset, int(spot)) for spot in spots]
    except Exception as error:
        msg = f"The items of the {type(dataset).__qualname__} cannot be read: {error}"
        hint = "name the arrays or files behind it: mvt commit --data X_train"
        raise CaptureError(msg[:300], hint=hint, code="unreadable-data") from error
    items = Table(kind="torch", rows=rows, nbytes=0,
                  strips=(numpy_strip("row", spots), object_strip("item", cells)))  # fmt: skip
    lost = (f"{len(spots):,} of {rows:,} items were read, not all",)
    held = [part for part in _held(dataset, depth) if part[1].strips]
    return replace(joined([("sample", items), *held], "torch", lost), rows=rows)


def _held(dataset: Any, depth: int) -> Iterator[tuple[str, Table]]:
    for name, value in sorted(getattr(dataset, "__dict__", {}).items()):
        listed = isinstance(value, list) and 0 < len(value) <= _MOST_LISTED
        if is_dataset(value) or (listed and _is_scalar(value[0])):
            table = _inner(value, depth)
            if table is not None:
                yield name, table


def _is_scalar(value: Any) -> bool:
    first = value[0] if isinstance(value, tuple) and value else value
    return isinstance(first, (str, bytes, int, float))


def _item(dataset: Any, spot: int) -> Any:
    # Random augmentation must neither change the id nor the user's own random numbers.
    with _own_chance():
        return _plain(dataset[spot])


@contextmanager
def _own_chance() -> Iterator[None]:
    torch = sys.modules["torch"]
    mine, numbers, tensors = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        random.seed(0)
        np.random.seed(0)
        torch.default_generator.manual_seed(0)
        yield
    finally:
        random.setstate(mine)
        np.random.set_state(numbers)
        torch.set_rng_state(tensors)


def _plain(value: Any) -> Any:
    """Return an item as nested arrays and plain values; a picture as its pixels."""
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        return _host(value)
    if hasattr(value, "tobytes") and hasattr(value, "mode") and hasattr(value, "size"):
        return [str(value.mode), list(value.size), value.tobytes()]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [_plain(item) for item in value]
    return value
