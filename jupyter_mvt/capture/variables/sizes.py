"""How many bytes a value takes, without making anything of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from jupyter_mvt.capture.sharing import components

__all__ = ["size_of"]

_MOST_OBJECTS = 200_000
_TABLES = ("pandas", "polars")


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes: arrays, tensors and tables, wherever they are.

    What is held twice counts once, and what does not tell counts as nothing. Of more than
    200,000 objects only so many are looked at.
    """
    total, seen, queue = 0, set[int](), [value]
    while queue and len(seen) < _MOST_OBJECTS:
        one = queue.pop()
        if id(one) in seen or one is None or isinstance(one, (type, bool, int, float)):
            continue
        seen.add(id(one))
        own = _own(one)
        if own is not None:
            total += own
            continue
        inside = _inside(one)
        total += 8 * len(inside)
        queue.extend(islice(inside, _MOST_OBJECTS))
    return total


def _own(value: Any) -> int | None:
    """Return the bytes of what is no container, else ``None``."""
    if isinstance(value, (str, bytes, bytearray)):
        return len(value)
    root = type(value).__module__.partition(".")[0]
    if root in _TABLES:
        usage = _told(value, "memory_usage") or _told(value, "estimated_size")
        found = usage() if callable(usage) else 0
        return int(found if isinstance(found, int) else found.sum())
    if _told(value, "untyped_storage") is not None and _told(value, "is_sparse") is not None:
        return _tensor(value)
    nbytes = _told(value, "nbytes")
    return nbytes if isinstance(nbytes, int) else None


def _tensor(value: Any) -> int:
    parts = components(value)
    if parts:
        return sum(map(_tensor, parts))
    count, each = _called(value, "numel"), _called(value, "element_size")
    told = count * each if isinstance(count, int) and isinstance(each, int) else 0
    # An expanded tensor says more than it has.
    storage = _called(value, "untyped_storage")
    held = None if storage is None else _called(storage, "nbytes")
    return min(told, held) if isinstance(held, int) else told


def _inside(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    if type(value).__module__ == "collections" and isinstance(value, Iterable):
        return list(value)
    # Sparse matrices, estimators, modules: what their attributes hold.
    state = _told(value, "__dict__")
    return list(state.values()) if type(state) is dict else []


def _told(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:
        return None  # a property of the user's own class may raise anything


def _called(value: Any, name: str) -> Any:
    method = _told(value, name)
    try:
        return method() if callable(method) else None
    except Exception:
        return None  # as torch does for layouts that have no such part
