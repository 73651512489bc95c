"""The graph: its parts, its limits, its form as JSON.

A value is ``null``, a boolean, a number, a text, or ``[i]``: node *i*. A node is a list whose
first item is its kind; the kinds are in `kinds`. Objects of one class share a *layout*, the
class's name and its attribute names, so that a forest does not say them for every tree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import Buffer, ObjectId, digest

__all__ = [
    "MAX_DEPTH",
    "Graph",
    "Layout",
    "Node",
    "Value",
    "names",
    "plain_bytes",
    "read_graph",
    "refuse",
]

Value: TypeAlias = Any
Node: TypeAlias = list[Any]

MAX_DEPTH = 150
"""Deepest nesting of objects; deeper ones are left to pickle, and refused when read."""

_FORMAT = "graph/1"
_NAMING = ("name", "make")


@dataclass(slots=True)
class Layout:
    """A class's name, its attributes' names in order, and the version that its state states."""

    cls: str
    keys: list[str]
    version: str | None = None


@dataclass(slots=True)
class Graph:
    """An object as data.

    Attributes
    ----------
    volatile
        Index of a node → what stands for it in the identity.
    """

    root: Value = None
    nodes: list[Node] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    volatile: dict[int, Node] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that are stored."""
        layouts = [[layout.cls, layout.keys, layout.version] for layout in self.layouts]
        return plain_bytes(
            {"format": _FORMAT, "layouts": layouts, "nodes": self.nodes, "root": self.root}
        )

    def identity(self) -> ObjectId:
        """Return the id of all that counts: no fit times, RNG positions, library versions."""
        nodes = self.nodes
        if self.volatile:
            nodes = [self.volatile.get(index, node) for index, node in enumerate(nodes)]
        layouts = [[layout.cls, layout.keys] for layout in self.layouts]
        return digest(plain_bytes({"layouts": layouts, "nodes": nodes, "root": self.root}))


def plain_bytes(data: Any) -> bytes:
    """Return what `encode` writes of lists, tuples, texts, numbers and mappings with names."""
    # Ten times as fast, and without two copies of all; NaN and the like need its tags.
    try:
        text = json.dumps(
            data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except (ValueError, TypeError):
        return encode(data)
    return text.encode("utf-8", "surrogatepass")


def refuse(what: str) -> NoReturn:
    """Raise the error that says what in the stored state is wrong."""
    msg = f"What is stored is not sound: {what}."
    raise CorruptionError(msg, code="corrupt-state", hint="mvt fsck")


def read_graph(state: Buffer) -> Graph:
    """Return the graph that `state` encodes, its outer form checked.

    Raises
    ------
    CorruptionError
        It is none (code ``corrupt-state`` or ``corrupt-encoding``).
    """
    data = decode(state)
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        refuse("it is not a graph")
    nodes, layouts = data.get("nodes"), data.get("layouts")
    if not isinstance(nodes, list) or not isinstance(layouts, list):
        refuse("nodes or layouts are missing")
    if not all(isinstance(node, list) and node and isinstance(node[0], str) for node in nodes):
        refuse("a node has no kind")
    return Graph(root=data.get("root"), nodes=nodes, layouts=[_layout(item) for item in layouts])


def names(graph: Graph) -> set[str]:
    """Return all classes and functions that a graph names."""
    naming = (node[1] for node in graph.nodes if node[0] in _NAMING and len(node) > 1)
    found = {name for name in naming if isinstance(name, str)}
    return found | {layout.cls for layout in graph.layouts}


def _layout(item: Any) -> Layout:
    sound = (
        isinstance(item, list)
        and len(item) == 3
        and isinstance(item[0], str)
        and isinstance(item[1], list)
        and all(isinstance(key, str) for key in item[1])
        and isinstance(item[2], (str, type(None)))
    )
    if not sound:
        refuse("a layout is malformed")
    return Layout(item[0], item[1], item[2])
