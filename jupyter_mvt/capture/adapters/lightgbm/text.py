"""LightGBM's model text: header, trees as columns of numbers, and back to text.

Numbers are written by ``repr``, the shortest text that reads as the same double, so that
LightGBM gets the very values that it wrote with seventeen digits.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["fold", "unfold"]

_FLOATS = frozenset(
    {"split_gain", "threshold", "leaf_value", "leaf_weight", "internal_value",
     "internal_weight", "shrinkage", "leaf_const", "leaf_coeff"}
)  # fmt: skip
_INTS = frozenset(
    {"num_leaves", "num_cat", "split_feature", "decision_type", "left_child", "right_child",
     "leaf_count", "internal_count", "cat_boundaries", "cat_threshold", "is_linear",
     "num_features", "leaf_features"}
)  # fmt: skip
_END = "end of trees"
_FLAGS = frozenset({"average_output"})
_SAFE = re.compile(r"[^\n=]+\Z")
_MOST_OUTPUTS = 1 << 20
_TAIL = re.compile(
    r"\n\nfeature_importances:\n(?:[^\n]+=[0-9.e+]+\n)*"
    r"(?:\nparameters:\n(?:\[\w+: [^\n\[\]]*\]\n)*\nend of parameters\n)?"
    r"\npandas_categorical:[^\n]*\n?\Z"
)


def fold(text: str) -> tuple[dict[str, str], list[dict[str, Any]], str]:
    """Return header, columns of the trees, and what follows them.

    Trees with the same properties in the same order share one set of columns.

    Raises
    ------
    ValueError
        It is not a text of the known form.
    """
    before, found, tail = text.partition(_END)
    head, *blocks = re.split(r"\n\nTree=\d+\n", before)
    if not found:
        msg = "a LightGBM model without an end of trees"
        raise ValueError(msg)
    lines = head.strip("\n").split("\n")
    # One word a line without "=": the kind of model first, flags such as average_output later.
    header = {key: value for key, _, value in (line.partition("=") for line in lines)}
    header.pop("tree_sizes", None)
    trees = [dict(line.split("=", 1) for line in block.split("\n") if line) for block in blocks]
    return header, _columns(trees), tail


def _columns(trees: list[dict[str, str]]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, tree in enumerate(trees):
        groups.setdefault(tuple(tree), []).append(number)
    found = []
    for keys, numbers in groups.items():
        columns: dict[str, Any] = {"number": np.array(numbers, np.int64)}
        known: dict[bytes, np.ndarray[Any, Any]] = {}
        for key in keys:
            kind = np.float64 if key in _FLOATS else np.int64
            if key not in _FLOATS | _INTS:
                msg = f"a tree's property {key!r} is not known"
                raise ValueError(msg)
            values = [np.array(trees[number][key].split(), kind) for number in numbers]
            counts = np.array([len(value) for value in values], np.int64)
            # Equal counts are one array, and one part.
            counts = known.setdefault(counts.tobytes(), counts)
            columns[key] = {"value": np.concatenate(values), "count": counts}
        found.append(columns)
    return found


def unfold(header: Any, groups: Any, tail: str) -> str:
    """Return the text of a model, after checking that its trees can be walked safely."""
    if not isinstance(header, dict) or not all(_is_line(*pair) for pair in header.items()):
        refuse("the header of a model is malformed")
    if not isinstance(groups, list) or not isinstance(tail, str):
        refuse("the trees of a model are malformed")
    trees: dict[int, dict[str, Any]] = {}
    for columns in groups:
        trees.update(_group(columns))
    if sorted(trees) != list(range(len(trees))):
        refuse("a model's trees are not numbered")
    if not _TAIL.match(tail):
        refuse("the settings of a model are malformed")
    features = _features(header, len(trees))
    blocks = []
    for number in range(len(trees)):
        _check(trees[number], features)
        blocks.append(_block(number, trees[number]))
    sizes = " ".join(str(len(block.encode())) for block in blocks)
    first = next(iter(header))
    lines = [key if key in (first, *_FLAGS) else f"{key}={text}" for key, text in header.items()]
    return "\n".join([*lines, f"tree_sizes={sizes}", "", ""]) + "".join(blocks) + _END + tail


def _features(header: dict[str, str], trees: int) -> int:
    numbers = [header.get(key, "") for key in ("max_feature_idx", "num_tree_per_iteration",
                                               "num_class")]  # fmt: skip
    if not all(re.fullmatch(r"[0-9]{1,9}", text) for text in numbers):
        refuse("a model has no sound dimensions")
    last, group, classes = (int(text) for text in numbers)
    if not 1 <= group <= _MOST_OUTPUTS or not 1 <= classes <= _MOST_OUTPUTS or trees % group:
        refuse("a model has no sound dimensions")
    for key in ("feature_names", "feature_infos"):
        if len(header.get(key, "").split(" ")) != last + 1:
            refuse("a model has not a name for each feature")
    return last + 1


def _is_line(key: Any, value: Any) -> bool:
    return (
        isinstance(key, str) and isinstance(value, str)
        and _SAFE.match(key) is not None and "\n" not in value
        and key not in ("tree_sizes", _END) and not key.startswith("Tree")
    )  # fmt: skip


def _group(columns: Any) -> dict[int, dict[str, Any]]:
    numbers = columns.get("number") if isinstance(columns, dict) else None
    if not isinstance(numbers, np.ndarray) or numbers.dtype != np.int64 or numbers.ndim != 1:
        refuse("a model's trees are not numbered")
    trees: dict[int, dict[str, Any]] = {int(number): {} for number in numbers}
    for key, column in columns.items():
        if key == "number":
            continue
        if key not in _FLOATS | _INTS or not isinstance(column, dict):
            refuse("a tree has a property that is not known")
        values: Any = column.get("value")
        counts: Any = column.get("count")
        kind = np.float64 if key in _FLOATS else np.int64
        if not all(isinstance(item, np.ndarray) and item.ndim == 1 for item in (values, counts)):
            refuse(f"the column {key} is malformed")
        sound = values.dtype == kind and counts.shape == numbers.shape and (counts >= 0).all()
        if not sound or counts.sum() != len(values) or len(trees) != len(numbers):
            refuse(f"the column {key} has not as many values as it says")
        pieces = np.split(values, np.cumsum(counts)[:-1])
        for number, piece in zip(numbers, pieces, strict=True):
            trees[int(number)][key] = piece
    return trees


def _block(number: int, tree: dict[str, Any]) -> str:
    # ndarray.tolist gives Python's numbers, whose repr is the shortest exact text.
    lines = [f"{key}={' '.join(map(_number, value.tolist()))}" for key, value in tree.items()]
    return "\n".join([f"Tree={number}", *lines, "", "", ""])


def _number(value: Any) -> str:
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def _check(tree: dict[str, Any], features: int) -> None:
    size = tree.get("num_leaves")
    if size is None or len(size) != 1 or not 1 <= size[0] < 1 << 31:
        refuse("a tree has no number of leaves")
    leaves = int(size[0])
    inner = leaves - 1
    for key in ("split_feature", "threshold", "decision_type", "left_child", "right_child"):
        if len(tree.get(key, ())) != inner:
            refuse("a tree has not a value for each split")
    if len(tree.get("leaf_value", ())) != leaves:
        refuse("a tree has not a value for each leaf")
    if inner:
        _check_walk(tree, leaves, features)
    _check_categories(tree)
    _check_linear(tree, leaves, features)


def _check_walk(tree: dict[str, Any], leaves: int, features: int) -> None:
    children = np.concatenate([tree["left_child"], tree["right_child"]])
    splits, ends = children[children >= 0], ~children[children < 0]
    # The root is nobody's child and nobody is so twice: then no walk comes back.
    if ((splits < 1) | (splits >= leaves - 1)).any() or len(set(splits.tolist())) != len(splits):
        refuse("a tree's child is out of range")
    if (ends >= leaves).any():
        refuse("a tree's leaf is out of range")
    if ((tree["split_feature"] < 0) | (tree["split_feature"] >= features)).any():
        refuse("a tree's feature is out of range")


def _check_categories(tree: dict[str, Any]) -> None:
    count = int(tree["num_cat"][0]) if len(tree.get("num_cat", ())) == 1 else 0
    by_set = (tree["decision_type"] & 1) != 0
    if not count:
        if by_set.any():
            refuse("a tree asks for categories that it has not")
        return
    bounds, sets = tree.get("cat_boundaries", ()), tree.get("cat_threshold", ())
    if len(bounds) != count + 1 or bounds[0] != 0 or (np.diff(bounds) < 0).any():
        refuse("a tree's categories are malformed")
    chosen = tree["threshold"][by_set]
    if bounds[-1] != len(sets) or ((chosen < 0) | (chosen >= count) | (chosen % 1 != 0)).any():
        refuse("a tree's categories are out of range")


def _check_linear(tree: dict[str, Any], leaves: int, features: int) -> None:
    if not np.asarray(tree.get("is_linear", ())).any():
        return
    counts, used = tree.get("num_features", ()), tree.get("leaf_features", ())
    if len(counts) != leaves or len(tree.get("leaf_const", ())) != leaves:
        refuse("a linear tree has not a model for each leaf")
    if (counts < 0).any() or counts.sum() != len(used) or len(tree["leaf_coeff"]) != len(used):
        refuse("a linear tree's coefficients do not fit its features")
    if len(used) and not (used.min() >= 0 and used.max() < features):
        refuse("a linear tree's feature is out of range")
