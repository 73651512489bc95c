"""All trees of a model as columns: one array for each property, instead of one for each tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["fold", "unfold"]

_PER_NODE = (
    "left_children", "right_children", "parents", "split_indices", "default_left",
    "split_conditions", "split_type", "loss_changes", "sum_hessian",
)  # fmt: skip
_NO_PARENT = 2**31 - 1


def fold(trees: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the columns of `trees`: values of all trees end to end, and how many of each."""
    columns: dict[str, Any] = {}
    known: dict[bytes, np.ndarray[Any, Any]] = {}
    for key in trees[0] if trees else ():
        values = [tree[key] for tree in trees]
        if isinstance(values[0], np.ndarray):
            counts = np.array([len(value) for value in values], np.int64)
            # Equal counts are one array, and one part.
            counts = known.setdefault(counts.tobytes(), counts)
            columns[key] = {"value": np.concatenate(values), "count": counts}
        elif isinstance(values[0], dict):
            texts = {name: [value[name] for value in values] for name in values[0]}
            columns[key] = {name: np.array(text, np.int64) for name, text in texts.items()}
        else:
            columns[key] = np.array(values, np.int64)
    return columns


def unfold(columns: dict[str, Any], features: int) -> list[dict[str, Any]]:
    """Return the trees of `columns`, after checking that each can be walked safely."""
    if not columns:
        return []
    ids = columns.get("id")
    if not isinstance(ids, np.ndarray) or ids.ndim != 1:
        refuse("the trees are not numbered")
    trees: list[dict[str, Any]] = [{} for _ in range(len(ids))]
    for key, column in columns.items():
        for tree, value in zip(trees, _split(key, column, len(ids)), strict=True):
            tree[key] = value
    _check(columns, trees, features)
    return trees


def _split(key: str, column: Any, total: int) -> list[Any]:
    if isinstance(column, np.ndarray):
        if column.shape != (total,) or column.dtype != np.int64:
            refuse(f"not every tree has its {key}")
        return [int(number) for number in column]
    if not isinstance(column, dict):
        refuse(f"the column {key} is malformed")
    if set(column) == {"value", "count"}:
        values, counts = column["value"], column["count"]
        if not all(isinstance(item, np.ndarray) and item.ndim == 1 for item in (values, counts)):
            refuse(f"the column {key} is malformed")
        if counts.shape != (total,) or (counts < 0).any() or counts.sum() != len(values):
            refuse(f"the column {key} has not as many values as it says")
        return np.split(values, np.cumsum(counts)[:-1])
    named = {name: _split(name, numbers, total) for name, numbers in column.items()}
    return [{name: str(named[name][place]) for name in named} for place in range(total)]


def _check(columns: dict[str, Any], trees: list[dict[str, Any]], features: int) -> None:
    if not {*_PER_NODE, "base_weights", "tree_param"} <= set(columns):
        refuse("a tree lacks one of its columns")
    counts = columns["left_children"]["count"]
    nodes = columns["tree_param"].get("num_nodes")
    if (counts < 1).any() or nodes is None or not np.array_equal(counts, nodes):
        refuse("a tree has not as many nodes as it says")
    if any(not np.array_equal(columns[key]["count"], counts) for key in _PER_NODE):
        refuse("a tree has not a value for each node")
    for tree in trees:
        _check_walk(tree, features)


def _check_walk(tree: dict[str, Any], features: int) -> None:
    left, right = tree["left_children"], tree["right_children"]
    inner = left != -1
    leaves = right[~inner]
    if (right[inner] == -1).any() or (leaves < (0 if "leaf_weights" in tree else -1)).any():
        refuse("a tree's node has one child only")
    children = np.concatenate([left[inner], right[inner]])
    # The root is nobody's child and nobody is so twice: then no walk comes back.
    if ((children < 1) | (children >= len(left))).any():
        refuse("a tree's child is out of range")
    if len(np.unique(children)) != len(children):
        refuse("a tree's node has two parents")
    indices = tree["split_indices"][inner]
    if ((indices < 0) | (indices >= features)).any():
        refuse("a tree's feature is out of range")
    parents = tree["parents"]
    if ((parents < -1) | ((parents >= len(left)) & (parents != _NO_PARENT))).any():
        refuse("a tree's parent is out of range")
    _check_weights(tree, len(left), leaves)
    _check_categories(tree, len(left))


def _check_weights(tree: dict[str, Any], nodes: int, leaves: np.ndarray[Any, Any]) -> None:
    width = max(int(tree["tree_param"].get("size_leaf_vector", "1")), 1)
    weights = len(tree["base_weights"])
    if "leaf_weights" not in tree:
        if weights != nodes * width or (leaves != -1).any():
            refuse("a tree has not a weight for each node")
        return
    # Leaves of several values are kept apart; what would be a leaf's child is its number there.
    inner = nodes - len(leaves)
    if len(tree["leaf_weights"]) != len(leaves) * width or (leaves >= len(leaves)).any():
        refuse("a tree has not the weights of each leaf")
    if weights not in (nodes * width, inner * width):
        refuse("a tree has not a weight for each node")


def _check_categories(tree: dict[str, Any], nodes: int) -> None:
    total = len(tree.get("categories", ()))
    owners, starts, sizes = (
        np.asarray(tree.get(f"categories_{name}", ()), np.int64)
        for name in ("nodes", "segments", "sizes")
    )
    if not len(owners) == len(starts) == len(sizes):
        refuse("a tree's categories do not fit each other")
    if len(owners) and not (
        owners.min() >= 0 and owners.max() < nodes
        and starts.min() >= 0 and sizes.min() >= 0 and (starts + sizes).max() <= total
    ):  # fmt: skip
        refuse("a tree's categories are out of range")
