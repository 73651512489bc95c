"""A stored skeleton as facts that can be compared: classes, members, lengths, plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_mvt.errors import CorruptionError

__all__ = ["Facts", "facts_of"]

_PAIRED = {"dict", "ordered", "counter", "defaultdict"}
_LISTED = {"list", "tuple", "set", "frozenset"}
_MODULES = "_modules"
"""Where a torch module keeps its children; other private attributes are no structure."""

_DEPTH = 24


@dataclass(slots=True)
class Facts:
    """What a skeleton says, by path (``"steps.clf.n_features_in_"``).

    Attributes
    ----------
    classes
        Path of an object → its class's name.
    members
        Path of a list of named objects (steps, transformers) → the names.
    lengths
        Path of any other list of objects → how many.
    values
        Path of a plain value → its text.
    """

    classes: dict[str, str] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def facts_of(data: Any, params: frozenset[str] = frozenset()) -> Facts:
    """Return the facts of a decoded skeleton, whatever wrote it.

    `params` are names of hyperparameters (``"clf__C"``, ``"0.out_features"``), which are not
    facts of structure.

    Raises
    ------
    CorruptionError
        A graph is malformed (code ``corrupt-state``).
    """
    facts = Facts()
    if not (isinstance(data, Mapping) and isinstance(data.get("nodes"), list)):
        _plain(data, "", facts, params, 0)
        return facts
    try:
        _Graph(data, facts, params).value(data.get("root"), "", "", 0)
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        msg = f"The stored state of a model is not sound: {error}."
        raise CorruptionError(msg, code="corrupt-state", hint="mvt fsck") from error
    return facts


def _plain(value: Any, path: str, facts: Facts, params: frozenset[str], depth: int) -> None:
    if path in params or depth > _DEPTH:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not str(key).startswith("_"):
                _plain(item, _join(path, str(key)), facts, params, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        facts.lengths[path] = len(value)
        for number, item in enumerate(value):
            _plain(item, _join(path, str(number)), facts, params, depth + 1)
    else:
        facts.values[path] = _text(value)


class _Graph:
    """Walks a graph of `capture.declarative`, each node once."""

    def __init__(self, data: Mapping[str, Any], facts: Facts, params: frozenset[str]) -> None:
        self._nodes: list[Any] = data["nodes"]
        layouts = data.get("layouts")
        self._layouts: list[Any] = layouts if isinstance(layouts, list) else []
        self._facts = facts
        self._params = params
        self._seen: set[int] = set()

    def value(self, value: Any, path: str, param: str, depth: int) -> None:
        """Take in what stands at `path`; `param` is its name as a hyperparameter."""
        index = _reference(value)
        if index is None:
            if not self._params & {param, path}:
                self._facts.values[path] = _text(value)
            return
        if index in self._seen or depth > _DEPTH or not 0 <= index < len(self._nodes):
            return
        self._seen.add(index)
        node = self._nodes[index]
        kind = node[0] if isinstance(node, list) and node else ""
        if kind == "new":
            name, keys, *_ = self._layouts[node[1]]
            self._object(name, zip(keys, node[2], strict=False), path, param, depth)
        elif kind == "make":
            self._object(node[1], self._pairs(node[4]), path, param, depth)
        elif kind in _PAIRED:
            self._keyed(node[1], path, param, depth)
        elif kind in _LISTED:
            self._list(node[1], path, param, depth)
        elif kind == "objects":
            self._list(node[3], path, param, depth)
        elif kind in _TEXTS and param not in self._params:
            self._facts.values[path] = _TEXTS[kind](node)

    def _pairs(self, state: Any) -> list[Any]:
        """Return the attributes of an object that is built by a call."""
        index = _reference(state)
        node = self._nodes[index] if index is not None and index < len(self._nodes) else []
        return list(node[1]) if node and node[0] in _PAIRED else []

    def _object(
        self, name: str, attributes: Iterable[Any], path: str, param: str, depth: int
    ) -> None:
        self._facts.classes[path] = _class(name)
        for key, item in attributes:
            if key == _MODULES:
                children = self._pairs(item)
                self._facts.members[_join(path, "modules")] = tuple(k for k, _ in children)
                self._keyed(children, path, param, depth)
            elif not key.startswith("_"):
                self.value(item, _join(path, key), _nest(param, key), depth + 1)

    def _keyed(self, pairs: Iterable[Any], path: str, param: str, depth: int) -> None:
        for key, item in pairs:
            if isinstance(key, str) and not key.startswith("_"):
                self.value(item, _join(path, key), _nest(param, key), depth + 1)

    def _list(self, items: list[Any], path: str, param: str, depth: int) -> None:
        if items and all(_reference(item) is None for item in items):
            if param not in self._params or "." in path:
                self._facts.values[path] = _text(items)
            return
        named = [self._named(item) for item in items]
        if named and all(named):
            self._facts.members[path] = tuple(pair[0] for pair in named if pair)
            above = param.rpartition("__")[0]
            for pair in named:
                if pair:
                    self.value(pair[1], _join(path, pair[0]), _nest(above, pair[0]), depth + 1)
            return
        # Members without names (the trees of a forest) are counted; their arrays tell the rest.
        self._facts.lengths[path] = len(items)

    def _named(self, item: Any) -> tuple[str, Any] | None:
        """Return name and object of a step, ``None`` if `item` is none."""
        index = _reference(item)
        if index is None or not 0 <= index < len(self._nodes):
            return None
        node = self._nodes[index]
        if not (isinstance(node, list) and node and node[0] == "tuple"):
            return None
        parts = node[1] if len(node) > 1 and isinstance(node[1], list) else []
        if len(parts) < 2 or not isinstance(parts[0], str):
            return None
        return parts[0], parts[1]


def _reference(value: Any) -> int | None:
    if isinstance(value, list) and len(value) == 1 and type(value[0]) is int:
        return int(value[0])
    return None


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _nest(param: str, key: str) -> str:
    return f"{param}__{key}" if param else key


def _text(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _class(name: Any) -> str:
    return str(name).rpartition(":")[2].rpartition(".")[2]


def _inline(node: list[Any]) -> str:
    """Return the values of a small array that is kept inside the graph."""
    import numpy as np

    from jupyter_mvt.capture.arrays import dtype_of

    values = np.frombuffer(bytes.fromhex(node[4]), dtype_of(node[1].removeprefix(">")))
    return _text(values.tolist())


_TEXTS: dict[str, Callable[[list[Any]], str]] = {
    "inline": _inline,
    "scalar": lambda node: _text(node[2]),
    "name": lambda node: _class(node[1]),
    "dtype": lambda node: _text(node[1]),
    "complex": lambda node: _text(node[1:]),
}
"""Nodes that are one value. Others are content of its own or no structure (random states)."""
