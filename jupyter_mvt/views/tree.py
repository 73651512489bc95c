"""The arrays of a model as the tree of its modules, with how far each part moved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.compare.diff import ModelChange, TensorChange

__all__ = ["module"]

_DEPTH = 6
_WIDTH = 40


def module(change: ModelChange) -> wire.Module:
    """Return the module tree over the arrays that can be compared one by one."""
    known = [tensor for tensor in change.tensors if tensor.rel_l2 is not None]
    name = escape.line((change.other_cls or change.base_cls).rsplit(".", 1)[-1], 80)
    return _node(name, "", [(tensor.path.split("."), tensor) for tensor in known], change.rel_l2)


def _node(
    name: str,
    path: str,
    leaves: Sequence[tuple[list[str], TensorChange]],
    rel: float | None,
    depth: int = 0,
) -> wire.Module:
    groups: dict[str, list[tuple[list[str], TensorChange]]] = {}
    for words, tensor in leaves:
        if words and depth < _DEPTH:
            groups.setdefault(words[0], []).append((words[1:], tensor))
    size = sum(tensor.elements for _, tensor in leaves)
    moved = rel if rel is not None else _together(leaves)
    figure: wire.Figure = {
        "text": "" if moved is None else format.ratio(moved),
        "value": format.value_of(moved),
    }
    children = [
        _node(escape.line(key, 60), f"{path}.{key}" if path else key, group, None, depth + 1)
        for key, group in list(groups.items())[:_WIDTH]
    ]
    return {
        "name": name,
        "path": escape.line(path, 120),
        "size": size,
        "rel": figure,
        "tip": _tip(path or name, figure["text"], leaves, size),
        "children": children,
    }


def _together(leaves: Sequence[tuple[list[str], TensorChange]]) -> float | None:
    """Return a root mean square over elements, as the norms themselves are not at hand."""
    total = sum(max(tensor.elements, 1) for _, tensor in leaves)
    if not total:
        return None
    squares = sum((tensor.rel_l2 or 0.0) ** 2 * max(tensor.elements, 1) for _, tensor in leaves)
    return math.sqrt(squares / total)


def _tip(path: str, rel: str, leaves: Sequence[tuple[list[str], TensorChange]], size: int) -> str:
    known = [f"relative change {rel}" if rel else "", format.plural(size, "weight") if size else ""]
    said = ": ".join(filter(None, (escape.line(path, 120), ", ".join(filter(None, known)))))
    if len(leaves) == 1 and leaves[0][1].cosine is not None:
        said += f", cosine {format.number(leaves[0][1].cosine)}"
    return said
