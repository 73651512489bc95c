"""Fingerprints of live values, within a budget of time, to tell what changed.

Equal prints mean equal content for the types that are known to the last byte; for all others
there is none, and one has to assume that they may have changed.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from blake3 import blake3

__all__ = ["Prints", "glimpse"]

_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_BYTES_A_SECOND = 1.5e9
_ITEMS_A_SECOND = 4e6
_MOST_ITEMS = 20_000
_DEPTH = 40
_HEAP = 1 << 9
_SAMPLE_BYTES = 1 << 18
_SAMPLE_ITEMS = 64


class _Unknown(Exception):
    """The value is of no known type, or too large for what is left of the budget."""


class Prints:
    """Takes fingerprints until `seconds` are used up."""

    def __init__(self, seconds: float) -> None:
        self._until = perf_counter() + seconds
        self._state: Any = None
        self._seen: dict[int, int] = {}
        self._items = 0

    @property
    def held(self) -> frozenset[int]:
        """Ids of the objects that the newest fingerprint is made of."""
        return frozenset(self._seen)

    def of(self, value: Any) -> bytes | None:
        """Return the fingerprint of `value`, ``None`` when it has none or time is up."""
        self._state, self._seen, self._items = blake3(), {}, 0
        try:
            self._add(value, 0)
        except Exception:
            # Hostile objects raise what they like; they have no fingerprint.
            return None
        digest: bytes = self._state.digest()
        return digest

    def _spend(self, nbytes: float, items: float = 1.0) -> None:
        cost = nbytes / _BYTES_A_SECOND + items / _ITEMS_A_SECOND
        self._items += 1
        if perf_counter() + cost > self._until or self._items > _MOST_ITEMS:
            raise _Unknown

    def _text(self, *texts: object) -> None:
        for text in texts:
            data = str(text).encode("utf-8", "surrogatepass")
            self._state.update(len(data).to_bytes(8, "little") + data)

    def _add(self, value: Any, depth: int) -> None:
        cls = type(value)
        if cls in _SCALARS:
            size = len(value) if cls in (str, bytes) else 8
            self._spend(size)
            self._text(cls.__name__, repr(value))
            return
        if depth > _DEPTH:
            raise _Unknown
        if id(value) in self._seen:
            self._text("again", self._seen[id(value)])
            return
        self._seen[id(value)] = len(self._seen)
        self._spend(0)
        self._text(cls.__module__, cls.__qualname__)
        root = cls.__module__.partition(".")[0]
        if cls in (list, tuple, set, frozenset, dict, OrderedDict):
            self._contain(value, depth)
        elif root == "numpy":
            self._array(value, depth)
        elif root == "pandas":
            self._frame(value)
        elif hasattr(cls, "data_ptr") and root == "torch":
            self._tensor(value)
        elif isinstance(value, type) or callable(getattr(value, "__code__", None)):
            raise _Unknown
        else:
            self._object(value, root, depth)

    def _contain(self, value: Any, depth: int) -> None:
        self._text(len(value))
        if isinstance(value, dict):
            for key, item in value.items():
                self._add(key, depth + 1)
                self._add(item, depth + 1)
        elif isinstance(value, (set, frozenset)):
            self._text(*sorted(map(repr, value)))
            if not all(type(item) in _SCALARS for item in value):
                raise _Unknown
        else:
            for item in value:
                self._add(item, depth + 1)

    def _array(self, value: Any, depth: int) -> None:
        dtype = getattr(value, "dtype", None)
        if dtype is None or not hasattr(value, "tobytes"):
            if type(value).__name__.startswith("dtype") or "DType" in type(value).__name__:
                self._text(repr(value))
                return
            raise _Unknown
        self._text(dtype.str, value.shape)
        if dtype.hasobject:
            self._spend(0, value.size)
            for item in value.ravel().tolist():
                self._add(item, depth + 1)
            return
        self._spend(value.nbytes)
        if value.flags.c_contiguous and value.size:
            self._state.update(memoryview(value.reshape(-1)).cast("B"))
        else:
            self._state.update(value.tobytes())

    def _frame(self, value: Any) -> None:
        usage = value.memory_usage(index=True)
        nbytes = int(usage if isinstance(usage, int) else usage.sum())
        self._spend(4 * nbytes, 4 * getattr(value, "size", 1))
        pandas: Any = sys.modules["pandas"]
        self._text(value.shape, getattr(value, "dtypes", ""), getattr(value, "name", ""))
        if hasattr(value, "columns"):
            self._text(list(value.columns), value.columns.names)
        self._text(value.index.names)
        self._state.update(pandas.util.hash_pandas_object(value).to_numpy().tobytes())

    def _tensor(self, value: Any) -> None:
        nbytes = value.element_size() * value.nelement()
        self._spend(nbytes, 20)
        self._text(value.dtype, tuple(value.shape), value.device, value.requires_grad)
        torch: Any = sys.modules["torch"]
        flat = value.detach().cpu().contiguous().reshape(-1)
        if nbytes:
            self._state.update(memoryview(flat.view(torch.uint8).numpy()))
        # Asking others for a gradient makes torch warn.
        if value.requires_grad and (value.is_leaf or value.retains_grad):
            self._add(value.grad, 1)
        self._attributes(value)

    def _attributes(self, value: Any) -> None:
        extra = getattr(value, "__dict__", None)
        if extra:
            self._add(dict(extra), 1)

    def _object(self, value: Any, root: str, depth: int) -> None:
        cls = type(value)
        plain = all(
            base is object or (base.__flags__ & _HEAP and not vars(base).get("__slots__"))
            for base in cls.__mro__
        )
        if plain and hasattr(value, "__dict__") and not hasattr(cls, "__next__"):
            self._add(vars(value), depth + 1)
        elif root == "sklearn":
            made, arguments, *state = value.__reduce__()
            self._text(made.__module__, made.__qualname__)
            self._add([arg for arg in arguments if not isinstance(arg, type)], depth + 1)
            self._add(state, depth + 1)
        else:
            raise _Unknown


def glimpse(model: Any) -> bytes:
    """Return a print of a model's own arrays: of small ones whole, of large ones spread elements.

    A write to a whole array, or to a tensor by ``.data``, changes it nearly always; it is a hint
    of when a model changed, and never proof that it did not.
    """
    state = blake3()
    left = _SAMPLE_BYTES
    for array in _arrays(model):
        if array.dtype.hasobject or not array.size:
            continue
        if array.nbytes <= left and array.flags.c_contiguous:
            left -= array.nbytes
            state.update(memoryview(array.reshape(-1)).cast("B"))
        else:
            state.update(array.flat[:: max(1, array.size // _SAMPLE_ITEMS)].tobytes())
    digest: bytes = state.digest()
    return digest


def _arrays(model: Any) -> Iterator[Any]:
    if hasattr(type(model), "named_parameters") and hasattr(type(model), "buffers"):
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.device.type == "cpu":
                yield _viewed(tensor.detach())
        return
    for value in list(getattr(model, "__dict__", {}).values()):
        if type(value).__name__ == "ndarray":
            yield value


def _viewed(tensor: Any) -> Any:
    try:
        return tensor.numpy()
    except TypeError:  # numpy has no such dtype: bfloat16
        return tensor.contiguous().reshape(-1).view(sys.modules["torch"].uint8).numpy()
