"""Which names of a namespace share something that can be changed: what is to be kept together."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["groups", "owner"]

_MOST_OBJECTS = 200_000
_IMMUTABLE = (type(None), bool, int, float, complex, str, bytes, range, type, types.ModuleType,
              types.FunctionType, types.BuiltinFunctionType, types.CodeType)  # fmt: skip


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
    for name, value in values.items():
        for key in _mutable(value):
            other = holder.setdefault(key, name)
            if other != name:
                parent[root(name)] = root(other)
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


def _mutable(value: Any) -> Iterator[int]:
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
            if one.dtype.hasobject:
                queue.extend(one.flat)
            continue
        storage = getattr(one, "untyped_storage", None)
        if storage is not None and type(one).__module__.partition(".")[0] == "torch":
            yield storage().data_ptr() or id(one)
            continue
        if not isinstance(one, (tuple, frozenset)):
            yield id(one)
        queue.extend(_inside(one))


def _inside(one: Any) -> Iterable[Any]:
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, (list, tuple, set, frozenset)):
        return list(one)
    if type(one).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow"):
        return ()  # tables are copied on write: sharing memory is not sharing content
    if isinstance(one, types.MethodType):
        return [one.__self__]
    state = getattr(one, "__dict__", None)
    return list(state.values()) if isinstance(state, dict) else ()
