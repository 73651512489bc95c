"""Which names of a namespace share something that can be changed: what is to be kept together."""

from __future__ import annotations

import datetime
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_mvt.capture.overlaps import overlapping, span

__all__ = ["components", "groups", "owner", "tokens_of"]

_MOST_OBJECTS = 200_000
_ROWS, _COLUMNS = (
    ("crow_indices", "col_indices", "values"),
    ("ccol_indices", "row_indices", "values"),
)
_SPARSE = {"sparse_coo": ("_indices", "_values"), "sparse_csr": _ROWS, "sparse_bsr": _ROWS,
           "sparse_csc": _COLUMNS, "sparse_bsc": _COLUMNS}  # fmt: skip
_IMMUTABLE = (type(None), bool, int, float, complex, str, bytes, range, type, types.ModuleType,
              types.FunctionType, types.BuiltinFunctionType, types.CodeType, np.dtype,
              datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo)  # fmt: skip


def groups(values: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the names in groups that share a list, a dict, an object or an array's memory.

    A name that shares nothing is alone; order of names is kept. Graphs of more than 200,000
    objects are followed no further than that.
    """
    parent = {name: name for name in values}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name] = parent[parent[name]]
        return name

    holder: dict[int, str] = {}
    places: list[_Place] = []
    for name, value in values.items():
        for key in _mutable(value, name, places):
            other = holder.setdefault(key, name)
            if other != name:
                parent[root(name)] = root(other)
    for group in overlapping(places):
        for place in group[1:]:
            parent[root(place.name)] = root(group[0].name)
    found: dict[str, list[str]] = {}
    for name in values:
        found.setdefault(root(name), []).append(name)
    return [tuple(names) for names in found.values()]


def owner(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Return the array whose memory `array` uses; ``None`` when it is not numpy's own."""
    base: Any = array.base
    while isinstance(base, np.ndarray):
        array, base = base, base.base
    return array if base is None else None


@dataclass(slots=True)
class _Place:
    """Where an array of a name lies, whoever owns that memory."""

    name: str
    number: int
    low: int
    high: int


def tokens_of(tensors: Iterable[Any]) -> tuple[tuple[int, int], ...]:
    """Return address and version of each tensor: what differs when it surely changed."""
    return tuple((_address(tensor), _version(tensor)) for tensor in tensors)


def _address(tensor: Any) -> int:
    try:
        return int(tensor.data_ptr())
    except (RuntimeError, NotImplementedError, ValueError):
        return id(tensor)  # sparse, opaque, or without a shape yet


def _version(tensor: Any) -> int:
    try:
        # Inference tensors keep no counter.
        return 0 if tensor.is_inference() else int(tensor._version)
    except ValueError:
        return 0  # without a shape yet


def _mutable(value: Any, name: str, places: list[_Place]) -> Iterator[int]:
    """Yield a key for each thing reachable from `value` that can be changed."""
    seen: set[int] = set()
    queue = [value]
    while queue and len(seen) < _MOST_OBJECTS:
        one = queue.pop()
        if isinstance(one, _IMMUTABLE) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            memory = owner(one)
            yield id(one) if memory is None else id(memory)
            if one.size:
                places.append(_Place(name, len(places), *span(one)))
            if one.dtype.hasobject:
                queue += [item for item in one.flat if not isinstance(item, _IMMUTABLE)]
            continue
        if _is_tensor(one):
            yield id(one)
            found = _storage_of(one)
            if found is None:
                queue.extend(components(one))
            elif found[1]:
                yield found[0]
                if one.device.type == "cpu":
                    places.append(_Place(name, len(places), found[0], found[0] + found[1]))
            continue
        if not isinstance(one, (tuple, frozenset)):
            yield id(one)
        queue += [item for item in _inside(one) if not isinstance(item, _IMMUTABLE)]


def _is_tensor(one: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(one, getattr(torch, "Tensor", ()))


def _storage_of(tensor: Any) -> tuple[int, int] | None:
    """Return address and size of a tensor's memory; ``None`` if it has none of its own."""
    try:
        storage = tensor.untyped_storage()
        if storage.device.type == "meta":
            return None  # which has no memory, as what only pretends to be on a device
        return storage.data_ptr(), storage.nbytes()
    except (RuntimeError, NotImplementedError, ValueError):
        return None  # sparse, opaque, or without a shape yet


def components(tensor: Any) -> tuple[Any, ...]:
    """Return the tensors that a sparse one consists of, none of any other."""
    names = _SPARSE.get(str(getattr(tensor, "layout", "")).removeprefix("torch."), ())
    return tuple(getattr(tensor, name)() for name in names)


def _inside(one: Any) -> Iterable[Any]:
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, (list, tuple, set, frozenset)):
        return one
    if type(one).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow"):
        return ()  # tables are copied on write: sharing memory is not sharing content
    if isinstance(one, types.MethodType):
        return [one.__self__]
    state = getattr(one, "__dict__", None)
    return list(state.values()) if isinstance(state, dict) else ()
