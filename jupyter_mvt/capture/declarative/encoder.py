"""A live object → graph, parts and ties."""

from __future__ import annotations

import copyreg
from enum import Enum
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from jupyter_mvt.capture.arrays import array_part
from jupyter_mvt.capture.declarative.graph import MAX_DEPTH, Graph, Layout, Node, Value
from jupyter_mvt.capture.declarative.policy import Namer, Undeclarable, is_stamp
from jupyter_mvt.objects.manifest import Part, Tie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence, Set

__all__ = ["Dialect", "Encoder", "Write"]

_VERSION_KEY = "_sklearn_version"
_SMALL = 64
_TEXT = frozenset({str})
_PLAIN = frozenset({str, int, float, bool, type(None)})
_new_object = copyreg.__newobj__  # type: ignore[attr-defined]


class Write(Protocol):
    """Turns one value of a special type into a node."""

    def __call__(self, encoder: Encoder, value: Any, path: str) -> Node:
        """Return the node."""
        ...


class Dialect(Protocol):
    """What a framework adds to the way objects are taken apart.

    Attributes
    ----------
    writers
        Type → writer, for types that are not taken apart by ``__reduce_ex__``.
    """

    writers: Mapping[type, Write]

    def writer(self, value: Any) -> Write | None:
        """Return a writer for a value whose exact type is not in `writers`."""
        ...

    def state(self, value: Any, state: Any) -> Any:
        """Return the state to keep of `value`, without counters and hooks."""
        ...

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> Set[str]:
        """Return which of an object's attributes or keys are stored but outside identity."""
        ...

    def step(self, owner: Any, key: str) -> str:
        """Return what `key` adds to the path of its value, possibly nothing."""
        ...


class Encoder:
    """Takes one object apart.

    Parameters
    ----------
    namer
        Gives names to classes and functions, or refuses.
    dialect
        The framework's additions.
    writers
        The writers of Python's, numpy's, scipy's and pandas' own values.
    find
        Returns those of values whose types nobody may have imported.
    """

    def __init__(
        self,
        namer: Namer,
        dialect: Dialect,
        writers: Mapping[type, Write],
        find: Callable[[Any], Write | None],
    ) -> None:
        self.namer = namer
        self.dialect = dialect
        self._find = find
        self.graph = Graph()
        self.parts: list[Part] = []
        self._aliases: list[tuple[str, Node]] = []
        self.lost: list[str] = []
        self.volatile = False
        self._writers: dict[type, Write | None] = {**writers, **dialect.writers}
        # Beside one another, not in a tuple for each: what survives makes Python collect.
        self._memo: dict[int, int] = {}
        self._met: list[Any] = []
        self._where: list[str] = []
        self._paths: set[str] = set()
        self._layouts: dict[tuple[str, tuple[str, ...], str | None], int] = {}
        self._depth = 0

    def value(self, value: Any, path: str) -> Value:
        """Return `value` as a graph value, adding the nodes that it needs."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        known = self._memo.get(id(value))
        if known is not None:
            self._tie(path, known)
            return [known]
        index = len(self.graph.nodes)
        node: Node = []
        self.graph.nodes.append(node)
        if kind not in (tuple, frozenset) and not isinstance(value, np.generic):
            self._memo[id(value)] = index
            self._met.append(value)
            self._where.append(path)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Undeclarable(path[:80], f"objects are nested more than {MAX_DEPTH} deep")
        writer = self._writer(kind, value)
        node.extend(writer(self, value, path) if writer is not None else self._object(value, path))
        self._depth -= 1
        return [index]

    def values(self, values: Any, path: str) -> Sequence[Value]:
        """Return several values, numbered."""
        return [self.value(item, f"{path}.{n}") for n, item in enumerate(values)] or ()

    def inside(self, owner: Any, key: str, value: Any, path: str) -> Value:
        """Return a value that `owner` keeps under `key`."""
        if type(value) in _PLAIN:
            return value
        volatile = not self.volatile and key in self.dialect.volatile(owner, (key,))
        return self._inside(owner, key, value, path, volatile=volatile)

    def _inside(self, owner: Any, key: str, value: Any, path: str, *, volatile: bool) -> Value:
        step = self.dialect.step(owner, key)
        below = f"{path}.{step}" if path and step else path or step
        if self.volatile or not volatile:
            return self.value(value, below)
        first, self.volatile = len(self.graph.nodes), True
        try:
            return self.value(value, below)
        finally:
            self.volatile = False
            for index in range(first, len(self.graph.nodes)):
                self.graph.volatile[index] = ["volatile"]

    def array(self, array: np.ndarray[Any, Any], path: str) -> str:
        """Add `array` as a part and return the part's path, made unique."""
        name = self.claim(path)
        self.parts.append(array_part(array, name, volatile=self.volatile))
        return name

    def claim(self, path: str) -> str:
        """Return `path`, numbered if another part has it already."""
        name, number = path or "value", 2
        while name in self._paths:
            name, number = f"{path}~{number}", number + 1
        self._paths.add(name)
        return name

    def met(self) -> Iterator[tuple[int, Any, str]]:
        """Yield node number, object and path of all that was taken apart, tuples aside."""
        yield from zip(self._memo.values(), self._met, self._where, strict=True)

    def is_small(self, array: np.ndarray[Any, Any], path: str) -> bool:
        """Tell whether `array` is better kept inside the graph: few labels, never weights."""
        label = array.dtype.kind in "biuSU" or (
            path.endswith("classes_") and array.dtype.names is None
        )
        return array.nbytes == 0 or (array.nbytes <= _SMALL and label)

    def fixed(self, stand_in: Node) -> None:
        """Let `stand_in` represent the node begun last in the identity."""
        self.graph.volatile[len(self.graph.nodes) - 1] = stand_in

    def layout(self, cls: str, keys: tuple[str, ...], version: str | None = None) -> int:
        """Return the number of a layout, adding it if it is new."""
        number = self._layouts.get((cls, keys, version))
        if number is None:
            number = self._layouts[cls, keys, version] = len(self.graph.layouts)
            self.graph.layouts.append(Layout(cls, list(keys), version))
        return number

    def _writer(self, kind: type, value: Any) -> Write | None:
        if kind not in self._writers:
            self._writers[kind] = self._special(kind, value)
        return self._writers[kind]

    def _special(self, kind: type, value: Any) -> Write | None:
        found = self.dialect.writer(value) or self._find(value)
        if found is not None:
            return found
        if isinstance(value, (type, FunctionType, BuiltinFunctionType, np.ufunc)):
            return _reference
        for base in (np.memmap, np.generic, np.dtype):
            if isinstance(value, base):
                return self._writers[base]
        if isinstance(value, (ModuleType, MethodType, np.ndarray)):
            return _refuse
        return None

    def _tie(self, path: str, known: int) -> None:
        # Private second names (RNN's list of flat weights) would only be noise in a diff.
        node = self.graph.nodes[known]
        if node and node[0] in ("array", "tensor") and "._" not in f".{path}":
            self._aliases.append((self.claim(path), node))

    def alias(self, path: str, node: Node) -> None:
        """Record that the array or tensor of `node` goes by the name `path` too."""
        self._aliases.append((path, node))

    def ties(self) -> tuple[Tie, ...]:
        """Return the further names of parts; views have none, being other content."""
        whole = {part.path for part in self.parts}
        return tuple(
            Tie(path, node[1])
            for path, node in self._aliases
            if node[1] in whole and path != node[1] and not _is_view(node)
        )

    def _object(self, value: Any, path: str) -> Node:
        reduced = _reduce(value, path)
        if isinstance(reduced, str):
            return _reference(self, value, path)
        function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        if len(reduced) > 5 and reduced[5] is not None:
            raise Undeclarable(path, f"{type(value).__qualname__} has a state setter of its own")
        state = self.dialect.state(value, state)
        new = function is _new_object
        if new and len(arguments) == 1 and items is None and pairs is None:
            flat = _flat(state)
            if flat is not None:
                return self.attributes(value, arguments[0], flat, path)
        name = self.namer.name(arguments[0] if new else function, path)
        if not new and name.startswith("import:"):
            raise Undeclarable(path, f"{type(value).__qualname__} is built by a call")
        return [
            "make",
            name,
            new,
            [self.value(item, path) for item in (arguments[1:] if new else arguments)],
            self._state(value, state, path),
            None if items is None else self.values(items, path),
            None if pairs is None else self._pairs(value, pairs, path),
        ]

    def attributes(self, value: Any, cls: Any, state: Mapping[str, Any], path: str) -> Node:
        """Return the node, begun last, of an instance of `cls` with `state` as its attributes."""
        index = len(self.graph.nodes) - 1
        name = self.namer.name(cls, path)
        version = state.get(_VERSION_KEY)
        stated = isinstance(version, str)
        keys = _kept(tuple(state), stated)
        number = self.layout(name, keys, version if stated else None)
        loose = self.dialect.volatile(value, keys)
        values = [
            state[key] if type(state[key]) in _PLAIN
            else self._inside(value, key, state[key], path, volatile=key in loose)
            for key in keys
        ]  # fmt: skip
        if loose:
            kept = [None if key in loose else item for key, item in zip(keys, values, strict=True)]
            self.graph.volatile[index] = ["new", number, kept]
        return ["new", number, values]

    def _state(self, value: Any, state: Any, path: str) -> Value:
        if isinstance(state, dict):
            index = len(self.graph.nodes)
            node: Node = []
            self.graph.nodes.append(node)
            pairs = [
                [self.value(key, path), self.inside(value, str(key), item, path)]
                for key, item in state.items()
                if not is_stamp(key)
            ]
            node.extend(["dict", pairs])
            return [index]
        return self.value(state, path)

    def _pairs(self, value: Any, pairs: Any, path: str) -> list[list[Value]]:
        return [
            [self.value(key, path), self.inside(value, str(key), item, path)] for key, item in pairs
        ]


@lru_cache(maxsize=1024)
def _kept(keys: tuple[str, ...], stated: bool) -> tuple[str, ...]:
    """Return the attributes that are kept; the trees of a forest all have the same."""
    return tuple(key for key in keys if not (stated and key == _VERSION_KEY) and not is_stamp(key))


def _is_view(node: Node) -> bool:
    return node[0] == "view" or (node[0] == "tensor" and bool(node[4]))


def _flat(state: Any) -> Mapping[str, Any] | None:
    if state is None:
        return {}
    if type(state) is dict and _TEXT.issuperset(map(type, state)):
        return state
    return None


def _reduce(value: Any, path: str) -> Any:
    reduce: Callable[[int], Any] = value.__reduce_ex__
    try:
        reduced = reduce(4)
    except Exception as error:
        raise Undeclarable(path, f"{type(value).__qualname__}: {error}") from error
    if isinstance(value, Enum) and reduced[0] is getattr:
        return type(value), (value.value,)  # as every Python says it but 3.11.0 to 3.11.3
    return reduced


def _reference(encoder: Encoder, value: Any, path: str) -> Node:
    return ["name", encoder.namer.name(value, path)]


def _refuse(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    raise Undeclarable(path, f"a {type(value).__module__}.{type(value).__qualname__}")
