"""Members put back in place; what shared memory shares it again."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from jupyter_mvt.capture.arrays import aligned, check_entry, dtype_of
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.capture.placing import placed

if TYPE_CHECKING:
    from jupyter_mvt.capture.adapter import Skeleton
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["Members", "entry_of"]

Array = np.ndarray[Any, Any]
_TEXTS = {"bytes": bytes, "bytearray": bytearray}


class Members:
    """What a pickle finds outside of it.

    Parameters
    ----------
    rows
        As in the header; see the package.
    """

    def __init__(self, rows: list[Any], skeleton: Skeleton) -> None:
        self._rows = rows
        self._skeleton = skeleton
        self._memory: dict[str, Array] = {}
        self._made: dict[int, Any] = {}

    def find(self, pid: Any) -> Any:
        """Return the member that a pickle names; the same object for the same number."""
        sound = isinstance(pid, tuple) and len(pid) == 2 and pid[0] == "out"
        number = pid[1] if sound else None
        if type(number) is not int or not 0 <= number < len(self._rows):
            refuse("a pickle names what is not there")
        if number not in self._made:
            self._made[number] = self._make(self._rows[number])
        return self._made[number]

    def _make(self, row: Any) -> Any:
        try:
            kind, path, *rest = row
            if kind == "array":
                return self._array(path, *rest)
            if kind == "view":
                return self._view(path, *rest)
            if kind == "storage":
                return self._storage(path, *rest)
            content = self._content(path).data
            if kind == "str":
                return str(content, "utf-8", "surrogatepass")
            return _TEXTS[kind](content)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            refuse(f"a member of a pickle is malformed ({error})")

    def _content(self, path: Any) -> Array:
        if path not in self._memory:
            entry = entry_of(self._skeleton, path)
            content = self._skeleton.read(entry)
            if content.nbytes != entry.nbytes:
                refuse(f"{path!r} has not its size")
            self._memory[path] = aligned(content)
        return self._memory[path]

    def _array(self, path: str, dtype: str, shape: list[int], order: str) -> Array:
        kind = dtype_of(dtype.removeprefix(">"))
        if order == "F" or dtype.startswith(">"):
            kind = kind.newbyteorder(">") if dtype.startswith(">") else kind
            entry = entry_of(self._skeleton, path)
            pieces = self._skeleton.pieces(entry)
            memory: Literal["C", "F"] = "F" if order == "F" else "C"
            return placed(pieces, kind, tuple(shape), memory, entry.nbytes)
        content = self._content(path)
        array: Array = content.view(kind) if kind.itemsize else np.empty(0, kind)
        return array.reshape(shape)

    def _view(
        self, path: str, dtype: str, shape: list[int], strides: list[int], offset: int
    ) -> Array:
        kind = dtype_of(dtype.removeprefix(">"))
        kind = kind.newbyteorder(">") if dtype.startswith(">") else kind
        # numpy itself refuses what reaches beyond the buffer.
        return np.ndarray(tuple(shape), kind, self._content(path), offset, tuple(strides))

    def _storage(self, path: str, dtype: str, offset: int, nbytes: int) -> Any:
        torch = import_module("torch")
        memory = self._content(path)
        if offset < 0 or nbytes < 0 or offset + nbytes > memory.nbytes:
            refuse("a storage reaches beyond its memory")
        if nbytes:
            storage = torch.from_numpy(memory[offset : offset + nbytes]).untyped_storage()
        else:
            storage = torch.UntypedStorage(0)
        # torch's own way: what is not typed comes as bytes, in the same wrapper.
        kind = getattr(torch, dtype)
        return torch.storage.TypedStorage(wrap_storage=storage, dtype=kind, _internal=True)


def entry_of(skeleton: Skeleton, path: Any) -> Entry:
    """Return the stored description of a part, checked."""
    entry = skeleton.entries.get(path) if isinstance(path, str) else None
    if entry is None:
        refuse(f"array {str(path)[:60]!r} is not stored")
    check_entry(entry)
    return entry
