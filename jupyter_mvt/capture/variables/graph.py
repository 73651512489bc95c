"""Variables that share content, as data: containers as nodes, arrays by the memory they view.

A node is ``[kind, …]``; inside a container, a plain value stands for itself and ``[n]`` for node
number n. What is shared is one node, so aliases, views and cycles come back as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_mvt.capture.arrays import array_of, array_part, dtype_name, dtype_of, is_nameable
from jupyter_mvt.capture.declarative.kinds import scalar_of
from jupyter_mvt.capture.sharing import owner
from jupyter_mvt.capture.variables.scalars import is_scalars
from jupyter_mvt.capture.variables.tables import live_table, table_state
from jupyter_mvt.capture.variables.trees import is_tree
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.manifest import Entry, Part

__all__ = ["Unsayable", "build", "is_plain", "say"]

_MAX_DEPTH = 200
_SCALARS = (type(None), bool, int, float, str)
_SEQUENCES = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}


class Unsayable(Exception):
    """Something in the graph is of no kind that data can say."""


def say(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return roots and nodes of `values` as plain builtins, and the memory of their arrays.

    Raises
    ------
    Unsayable
        An object of another class, an array of objects, a long list of numbers or text alone, or
        what else holds much is among them.
    """
    speaker = _Speaker()
    roots = {name: speaker.refer(value, 0) for name, value in values.items()}
    parts = tuple(speaker.parts())
    return {"roots": roots, "nodes": speaker.nodes}, parts


class _Speaker:
    """Numbers the objects of one graph as it meets them."""

    def __init__(self) -> None:
        self.nodes: list[list[Any]] = []
        self._numbers: dict[int, int] = {}
        self._alive: list[Any] = []
        self._memories: dict[int, _Used] = {}
        self._tables: list[tuple[Part, ...]] = []

    def refer(self, value: Any, depth: int) -> Any:
        cls = type(value)
        if cls in _SCALARS:
            return value
        if depth > _MAX_DEPTH:
            raise Unsayable
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self.nodes)
            self._alive.append(value)  # so that no id is used twice
            number = len(self.nodes)
            self.nodes.append([])
            self.nodes[number] = self._node(value, cls, depth + 1)
        return [self._numbers[id(value)]]

    def _node(self, value: Any, cls: type, depth: int) -> list[Any]:
        if (cls is list and is_scalars(value)) or (cls is not np.ndarray and is_tree(value)):
            raise Unsayable
        if cls in _SEQUENCES:
            items = sorted(value, key=repr) if cls in (set, frozenset) else value
            return [_SEQUENCES[cls], [self.refer(item, depth) for item in items]]
        if cls is dict:
            pairs = [[self.refer(k, depth), self.refer(v, depth)] for k, v in value.items()]
            return ["dict", pairs]
        if cls is bytes or cls is bytearray:
            return [cls.__name__, bytes(value).hex()]
        if cls is complex:
            return ["complex", value.real, value.imag]
        if cls is np.ndarray and is_plain(value.dtype):
            return self._array(value)
        if isinstance(value, np.generic) and cls is not np.record and is_plain(value.dtype):
            return ["scalar", dtype_name(value.dtype), value.tobytes().hex()]
        table = table_state(value)
        if table is None:
            raise Unsayable
        self._tables.append(table[1])
        return ["table", len(self._tables) - 1, table[0]]

    def _array(self, array: np.ndarray[Any, Any]) -> list[Any]:
        if array.dtype != array.dtype.newbyteorder("<"):
            raise Unsayable
        memory = owner(array)
        if memory is None or not array.nbytes:
            own = np.array(array, order="C")
            self._alive.append(own)
            memory, address, strides = own, own.ctypes.data, own.strides
        else:
            address, strides = array.ctypes.data, array.strides
        offset = address - memory.ctypes.data
        used = self._memories.setdefault(id(memory), _Used(len(self._memories), memory))
        used.stretch(offset, array.shape, strides, array.itemsize)
        node = ["array", used.number, dtype_name(array.dtype), list(array.shape), list(strides),
                offset, bool(array.flags.writeable)]  # fmt: skip
        used.nodes.append(node)
        return node

    def parts(self) -> Iterator[Part]:
        """Yield the stretch of each memory that is used; offsets count from there."""
        for used in self._memories.values():
            yield used.part()
        for number, table in enumerate(self._tables):
            yield from (replace(part, path=f"table.{number}.{part.path}") for part in table)


class _Used:
    """Memory that arrays view, and from where to where."""

    def __init__(self, number: int, memory: np.ndarray[Any, Any]) -> None:
        self.number = number
        self.memory = memory
        self.first: int | None = None
        self.last = 0
        self.nodes: list[list[Any]] = []

    def stretch(
        self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int
    ) -> None:
        steps = [(size - 1) * step for size, step in zip(shape, strides, strict=True)]
        if 0 in shape:
            steps, itemsize = [], 0
        first = offset + sum(step for step in steps if step < 0)
        self.first = first if self.first is None else min(self.first, first)
        self.last = max(self.last, offset + itemsize + sum(step for step in steps if step > 0))

    def part(self) -> Part:
        first = self.first or 0
        for node in self.nodes:
            node[5] -= first
        # An array that owns its memory is contiguous in one order or the other.
        flat = self.memory.reshape(-1, order="A")
        octets = flat.view(np.uint8)[first : self.last] if flat.nbytes else np.empty(0, np.uint8)
        return replace(array_part(octets, f"memory.{self.number}"), dtype="bytes")


def is_plain(dtype: np.dtype[Any]) -> bool:
    """Tell whether the name of a dtype says all of it."""
    return not dtype.hasobject and not dtype.metadata and is_nameable(dtype)


def build(
    state: Mapping[str, Any], entries: Mapping[str, Entry], read: Callable[[Entry], memoryview]
) -> dict[str, Any]:
    """Return the variables that `say` described, over memory that `read` gives.

    Raises
    ------
    CorruptionError
        The description makes no sense (code ``corrupt-variable``).
    """
    try:
        listener = _Listener(state["nodes"], entries, read)
        return {str(name): listener.value(ref) for name, ref in state["roots"].items()}
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        msg = "A stored group of variables makes no sense."
        raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable") from error


class _Listener:
    """Makes each node's object once."""

    def __init__(
        self, nodes: Any, entries: Mapping[str, Entry], read: Callable[[Entry], memoryview]
    ) -> None:
        self._nodes = nodes
        self._entries = entries
        self._read = read
        self._made: dict[int, Any] = {}
        self._memories: dict[str, memoryview] = {}

    def value(self, ref: Any) -> Any:
        if not isinstance(ref, list):
            return ref
        (number,) = ref
        if number not in self._made:
            if not isinstance(number, int) or number < 0:
                raise ValueError(number)
            self._make(number, *self._nodes[number])
        return self._made[number]

    def _make(self, number: int, kind: str, *content: Any) -> None:
        # Containers first, empty: what is inside may lead back to them.
        if kind == "list":
            made: list[Any] = []
            self._made[number] = made
            made.extend(map(self.value, content[0]))
        elif kind == "dict":
            table: dict[Any, Any] = {}
            self._made[number] = table
            table.update((self.value(k), self.value(v)) for k, v in content[0])
        elif kind in ("tuple", "frozenset"):
            items = [self.value(item) for item in content[0]]
            self._made.setdefault(number, tuple(items) if kind == "tuple" else frozenset(items))
        elif kind == "set":
            members: set[Any] = set()
            self._made[number] = members
            members.update(map(self.value, content[0]))
        elif kind in ("bytes", "bytearray"):
            octets = bytes.fromhex(content[0])
            self._made[number] = octets if kind == "bytes" else bytearray(octets)
        elif kind == "complex":
            self._made[number] = complex(*content)
        elif kind == "scalar":
            self._made[number] = scalar_of(dtype_of(content[0]), bytes.fromhex(content[1]))
        elif kind == "table":
            self._made[number] = self._table(*content)
        else:
            self._made[number] = self._array(kind, *content)

    def _table(self, number: int, state: dict[str, Any]) -> Any:
        start = f"table.{number}."
        inside = {path: entry for path, entry in self._entries.items() if path.startswith(start)}
        return live_table(
            state, {path[len(start) :]: entry for path, entry in inside.items()}, self._read
        )

    def _memory(self, path: str) -> memoryview:
        if path not in self._memories:
            # Arrays are views of it, so it lies as numpy's own memory would.
            entry = self._entries[path]
            self._memories[path] = array_of(entry, self._read(entry)).data
        return self._memories[path]

    def _array(self, kind: str, memory: int, dtype: str, shape: list[int], strides: list[int],
               offset: int, writeable: bool) -> np.ndarray[Any, Any]:  # fmt: skip
        if kind != "array" or offset < 0:
            raise ValueError(kind)
        buffer = self._memory(f"memory.{memory}")
        # numpy checks that shape, strides and offset stay within the buffer.
        made: np.ndarray[Any, Any] = np.ndarray(
            tuple(shape), dtype_of(dtype), buffer if len(buffer) else bytearray(), offset,
            tuple(strides),
        )  # fmt: skip
        if not writeable:
            made.flags.writeable = False
        return made
