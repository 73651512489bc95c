"""Fingerprints of live values, within a budget of work, to tell what changed.

Equal prints mean equal content for the types that are known to the last byte; for all others
there is none, and one has to assume that they may have changed. What is looked at is chosen by
how much work it is, not by a clock: a busy machine sees the same as a quiet one.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from time import thread_time
from typing import Any

from blake3 import blake3

__all__ = ["Prints", "glimpse"]

_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_PLAIN = frozenset(_SCALARS)
_BYTES_A_SECOND = 3e9
_COPIED_BYTES_A_SECOND = 9e8
_ITEMS_A_SECOND = 2.5e5
_SCALARS_A_SECOND = 6e6
_SECONDS_A_COLUMN = 2.5e-5
_SECONDS_A_HASH = 1.5e-3
"""Of an index or a column that pandas has to hash itself."""
_SLOWER = 1.4
"""How many times as long as estimated the work may take, in time of this thread's own."""
_GLANCE = 32
"""Items between looks at the clock."""
_MOST_ITEMS = 20_000
_DEPTH = 40
_HEAP = 1 << 9
_SAMPLE_BYTES = 1 << 18
_SAMPLE_ITEMS = 64


class _Unknown(Exception):
    """The value is of no known type, or too large for what is left of the budget."""


class Prints:
    """Takes fingerprints until as much work is done as a quiet machine does in `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._until = thread_time() + _SLOWER * seconds
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

    def _spend(self, nbytes: float, seconds: float = 1 / _ITEMS_A_SECOND) -> None:
        cost = nbytes / _BYTES_A_SECOND + seconds
        self._items += 1
        if cost > self._left or self._items > _MOST_ITEMS:
            raise _Unknown
        if self._items % _GLANCE == 0 and thread_time() > self._until:
            raise _Unknown
        self._left -= cost

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
        elif root == "pandas" and hasattr(cls, "memory_usage"):
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
            self._all(list(value), depth)
            self._all(list(value.values()), depth)
        elif isinstance(value, (set, frozenset)):
            self._spend(0, len(value) / _SCALARS_A_SECOND)
            self._text(*sorted(map(repr, value)))
            if not all(type(item) in _SCALARS for item in value):
                raise _Unknown
        else:
            self._all(value, depth)

    def _all(self, values: Sequence[Any], depth: int) -> None:
        """Add each of them; numbers and short texts together, which is many times as fast."""
        self._spend(0, len(values) / _SCALARS_A_SECOND)
        kinds = set(map(type, values))
        if kinds <= _PLAIN:
            if str in kinds or bytes in kinds:
                size = sum(len(one) for one in values if isinstance(one, (str, bytes)))
                self._spend(3 * size, 0)
            self._text("plain", len(values), repr(list(values)))
            return
        for value in values:
            self._add(value, depth + 1)

    def _array(self, value: Any, depth: int) -> None:
        dtype = getattr(value, "dtype", None)
        if dtype is None or not hasattr(value, "tobytes"):
            if type(value).__name__.startswith("dtype") or "DType" in type(value).__name__:
                self._text(repr(value))
                return
            raise _Unknown
        flags = getattr(value, "flags", None)
        self._text(dtype.str, value.shape, getattr(flags, "writeable", ""))
        if hasattr(value, "mask"):
            self._add(value.mask, depth + 1)
            value = value.data
        if dtype.hasobject:
            self._all(value.ravel().tolist(), depth)
        else:
            self._buffer(value)

    def _buffer(self, value: Any) -> None:
        if value.flags.c_contiguous and value.size:
            self._spend(value.nbytes)
            self._state.update(memoryview(value.reshape(-1)).cast("B"))
        else:
            self._spend(0, value.nbytes / _COPIED_BYTES_A_SECOND)
            self._state.update(value.tobytes())

    def _frame(self, value: Any) -> None:
        self._text(value.shape, getattr(value, "name", ""))
        self._text(getattr(value, "flags", ""))
        self._add(dict(getattr(value, "attrs", None) or {}), 1)
        self._add({name: one for name, one in vars(value).items() if name[:1] != "_"}, 1)
        if hasattr(value, "index"):
            self._index(value.index)
        if hasattr(value, "columns"):
            self._index(value.columns)
            for name, column in value.items():
                self._text(name)
                self._column(column)
        elif hasattr(value, "names"):
            self._index(value)
        else:
            self._column(value)

    def _index(self, value: Any) -> None:
        self._text(type(value).__name__, value.names, value.dtype)
        if type(value).__name__ == "RangeIndex":
            self._text(value.start, value.stop, value.step)
        else:
            self._column(value)

    def _column(self, value: Any) -> None:
        """Add a column or an index: as it lies in memory, where it is numpy's own."""
        dtype = value.dtype
        self._text(dtype)
        categories = getattr(dtype, "categories", None)
        if categories is not None:
            self._index(categories)
            self._text(dtype.ordered)
            self._buffer(value.codes if hasattr(value, "codes") else value.cat.codes.to_numpy())
        elif str(dtype) in ("str", "string"):
            self._spend(0, len(value) / _SCALARS_A_SECOND)
            self._all(value.to_numpy(dtype=object, na_value=None).tolist(), 2)
        elif type(dtype).__module__.startswith("numpy") and not hasattr(value, "levels"):
            self._spend(0, _SECONDS_A_COLUMN)
            if dtype.hasobject:
                self._all(value.to_numpy().tolist(), 2)
            else:
                self._buffer(value.to_numpy().view("i8" if dtype.kind in "mM" else dtype))
        else:
            self._spend(4 * int(value.nbytes), _SECONDS_A_HASH)
            pandas: Any = sys.modules["pandas"]
            self._state.update(pandas.util.hash_pandas_object(value).to_numpy().tobytes())

    def _tensor(self, value: Any) -> None:
        nbytes = value.element_size() * value.nelement()
        self._spend(nbytes, 2e-5)
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
    held = [model, *getattr(model, "__dict__", {}).values()]
    if isinstance(model, (dict, list, tuple)):
        held += model.values() if isinstance(model, dict) else model
    for value in held:
        if type(value).__name__ == "ndarray":
            yield value


def _viewed(tensor: Any) -> Any:
    try:
        return tensor.numpy()
    except TypeError:  # numpy has no such dtype: bfloat16
        return tensor.contiguous().reshape(-1).view(sys.modules["torch"].uint8).numpy()
