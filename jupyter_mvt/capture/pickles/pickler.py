"""The pickler: protocol 5, by value for what a notebook defines, its large content outside."""

from __future__ import annotations

import pickle
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import is_nameable
from jupyter_mvt.capture.pickles.frames import columnar, reduced
from jupyter_mvt.capture.pickles.memory import Column, Memory

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["plain_pickler", "sharing_pickler"]

_LONG = 4096
_INSIDE = frozenset({int, float, bool, type(None), tuple, list, dict, set, frozenset, complex})
_STORAGES = frozenset({"TypedStorage", "UntypedStorage"})


def plain_pickler() -> Any:
    """Return the pickler that takes by value what a notebook defines."""
    # Plain pickle refers to __main__, gone tomorrow.
    try:
        return import_module("cloudpickle").Pickler
    except ImportError:
        return pickle.Pickler


@cache
def sharing_pickler() -> Any:
    """Return a class like `plain_pickler`, made with a `Memory` that takes what is large."""
    base = plain_pickler()
    inherited = getattr(base, "reducer_override", None)

    class SharingPickler(base):  # type: ignore[misc, valid-type]
        def __init__(self, stream: Any, memory: Memory, buffers: Callable[[Any], Any]) -> None:
            super().__init__(stream, protocol=5, buffer_callback=buffers)
            self._memory = memory
            self._rows: set[int] = set()

        def persistent_id(self, value: Any) -> Any:
            # Asked for every object there is, so what is common is answered first.
            kind = type(value)
            if kind in _INSIDE or (kind is str and len(value) < _LONG):
                return None
            number = self._outside(value, kind)
            return None if number is None else ("out", number)

        def _outside(self, value: Any, kind: type) -> int | None:
            if kind is str or kind is bytes or kind is bytearray:
                return self._memory.octets(value) if len(value) >= _LONG else None
            if kind is np.ndarray or kind is np.memmap:
                if value.dtype.hasobject or value.dtype.metadata or not is_nameable(value.dtype):
                    return None
                if value.ctypes.data in self._rows:
                    return self._memory.column(Column(value))
                return self._memory.array(value)
            if kind is Column:
                return self._memory.column(value)
            if kind.__name__ in _STORAGES and kind.__module__.startswith("torch"):
                return _storage(self._memory, value)
            return None

        def reducer_override(self, value: Any) -> Any:
            found = reduced(value)
            if found is not NotImplemented:
                return found
            self._rows.update(array.ctypes.data for array in columnar(value))
            return NotImplemented if inherited is None else inherited(self, value)

    return SharingPickler


def _storage(memory: Memory, value: Any) -> int:
    typed = type(value).__name__ == "TypedStorage"
    inner = value._untyped_storage if typed else value
    dtype = str(value.dtype).removeprefix("torch.") if typed else "uint8"
    return memory.storage(inner, dtype)
