"""Arrays and storages met while pickling: which memory they share decides what is stored."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import RAW_DTYPES, array_part, array_window, dtype_of, is_padded
from jupyter_mvt.capture.declarative.kinds import wide
from jupyter_mvt.capture.overlaps import block, overlapping, span
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.manifest import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import Buffer

__all__ = ["Column", "Memory"]

Array = np.ndarray[Any, Any]
_QUANTIZED = {"qint8": "int8", "quint8": "uint8", "qint32": "int32", "quint4x2": "uint8",
              "quint2x4": "uint8"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """An array whose rows may move: cut by content, and nobody's view."""

    values: Array


@dataclass(slots=True)
class _Item:
    number: int
    array: Array
    path: str
    storage: str | None = None
    low: int = 0
    high: int = 0


class Memory:
    """Gathers members; `finish` decides on the parts once all are known.

    Parameters
    ----------
    path_of
        Returns the name of the attribute that holds an array at an address, or ``""``.
    """

    def __init__(self, path_of: Callable[[int], str]) -> None:
        self.rows: list[list[Any]] = []
        self.parts: list[Part] = []
        self.lost: dict[str, None] = {}
        self._path_of = path_of
        self._items: list[_Item] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._alive: list[Any] = []
        self._paths: set[str] = set()

    def array(self, array: Array) -> int:
        """Return the number of an array; it stays a view of what others share with it."""
        number, new = self._number(("array", id(array)), array)
        if new:
            path = self._path_of(array.ctypes.data) or f"array.{number}"
            self._items.append(_Item(number, array.view(np.ndarray), path))
        return number

    def column(self, column: Column) -> int:
        """Return the number of a column, which is stored by its values."""
        number, _ = self._number(("column", id(column)), column)
        name = self._claim(f"column.{number}")
        self._logical(number, column.values, name, shifts=True)
        return number

    def octets(self, value: bytes | bytearray | str) -> int:
        """Return the number of a long run of bytes or text."""
        number, new = self._number((type(value), id(value)), value)
        if new:
            data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            name = self._claim(f"{type(value).__name__}.{number}")
            self._add(name, "bytes", (len(data),), len(data), lambda: data, shifts=True)
            self.rows[number] = [type(value).__name__, name]
        return number

    def storage(self, storage: Any, dtype: str) -> int:
        """Return the number of a tensors' storage, whose numbers are of `dtype`."""
        number, new = self._number(("storage", storage._cdata, dtype), storage)
        if not new:
            return number
        path = self._path_of(storage.data_ptr()) or f"storage.{number}"
        if storage.device.type != "cpu":
            self._device(number, storage, dtype, path)
            return number
        memory = block(storage.data_ptr(), storage.nbytes(), storage)
        self._items.append(_Item(number, memory, path, dtype))
        return number

    def finish(self) -> None:
        """Add a part for every memory, and describe each member by it."""
        # By number, not by address: equal objects shall give equal names.
        for item in self._items:
            item.low, item.high = span(item.array)
        groups = [sorted(group, key=lambda item: item.number) for group in overlapping(self._items)]
        for group in sorted(groups, key=lambda group: group[0].number):
            if len(group) == 1 and group[0].storage is None:
                item = group[0]
                self._logical(item.number, item.array, self._claim(item.path), shifts=False)
            elif _alike(group):
                first, *others = group
                self._logical(first.number, first.array, self._claim(first.path), shifts=False)
                for item in others:
                    self.rows[item.number] = self.rows[first.number]
            else:
                self._shared(group)

    def _number(self, key: tuple[Any, ...], value: Any) -> tuple[int, bool]:
        known = self._numbers.get(key)
        if known is not None:
            return known, False
        self._numbers[key] = len(self.rows)
        self.rows.append([])
        self._alive.append(value)  # an address means something only while its owner lives
        return len(self.rows) - 1, True

    def _claim(self, path: str) -> str:
        name, number = path, 2
        while name in self._paths:
            name, number = f"{path}~{number}", number + 1
        self._paths.add(name)
        return name

    def _add(
        self, path: str, dtype: str, shape: tuple[int, ...], nbytes: int,
        read: Callable[[], Buffer], *, shifts: bool = False,
        window: Callable[[int, int], Buffer] | None = None,
    ) -> None:  # fmt: skip
        self.parts.append(
            Part(path=path, dtype=dtype, shape=shape, nbytes=nbytes, read=read, shifts=shifts,
                 window=window)
        )  # fmt: skip

    def _logical(self, number: int, array: Array, name: str, *, shifts: bool) -> None:
        self.parts.append(replace(array_part(array, name), shifts=shifts))
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        self.rows[number] = ["array", name, wide(array.dtype), list(array.shape), order]

    def _shared(self, group: list[_Item]) -> None:
        low, high = min(item.low for item in group), max(item.high for item in group)
        name = self._claim(next((i.path for i in group if i.storage is None), group[0].path))
        kinds = {item.storage or wide(item.array.dtype) for item in group}
        memory = block(low, high - low, [item.array for item in group])
        dtype, size = _numbers(kinds, memory.nbytes)
        self._add(name, dtype, (memory.nbytes // size,), memory.nbytes,
                  lambda: memory.data, window=array_window(memory))  # fmt: skip
        for item in group:
            offset = item.array.ctypes.data - low
            if item.storage is not None:
                self.rows[item.number] = ["storage", name, item.storage, offset,
                                          item.array.nbytes]  # fmt: skip
            else:
                array = item.array
                self.rows[item.number] = ["view", name, wide(array.dtype), list(array.shape),
                                          list(array.strides), offset]  # fmt: skip

    def _device(self, number: int, storage: Any, dtype: str, path: str) -> None:
        torch = sys.modules["torch"]
        self.lost[f"tensors on {storage.device} come back on the CPU"] = None
        octets = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)

        def window(start: int, stop: int) -> Buffer:
            return memoryview(octets[start:stop].cpu().numpy())

        name, nbytes = self._claim(path), storage.nbytes()
        kind, size = _numbers({dtype}, nbytes)
        self.parts.append(
            Part(path=name, dtype=kind, shape=(nbytes // size,), nbytes=nbytes,
                 read=lambda: window(0, nbytes), window=window)
        )  # fmt: skip
        self.rows[number] = ["storage", name, dtype, 0, nbytes]


def _alike(group: list[_Item]) -> bool:
    """Tell whether all are one array under several names, whose memory is its content."""
    first = group[0].array
    one = (first.ctypes.data, first.shape, first.strides, first.dtype)
    return (
        all(item.storage is None for item in group)
        and all((a.ctypes.data, a.shape, a.strides, a.dtype) == one
                for a in (item.array for item in group))
        and bool(first.flags.c_contiguous)
        and first.dtype == first.dtype.newbyteorder("<")
        and not is_padded(first.dtype)
    )  # fmt: skip


def _itemsize(name: str) -> int:
    try:
        return dtype_of(name).itemsize
    except CorruptionError:
        return 0  # of a framework's own (torch.uint1): kept as bytes


def _numbers(kinds: set[str], nbytes: int) -> tuple[str, int]:
    """Return dtype and item size of a memory of which its members say `kinds`."""
    if len(kinds) == 1:
        name = _QUANTIZED.get(kind := next(iter(kinds)), kind)
        size = RAW_DTYPES.get(name, 0)
        if not size and not name.startswith((">", "[")):
            size = _itemsize(name)
        if size and nbytes % size == 0:
            return name, size
    return "uint8", 1
