"""Whether CatBoost can read a model's binary, and ask it, without reaching beyond its memory.

CatBoost verifies only that the binary's outer form (a flatbuffer) holds together. The numbers in it
say where it reads next: which split a tree looks at, where a leaf's value lies, which column of
the user's data is meant. Here every such number is checked against what it refers to, so that a
model from anybody can be handed to CatBoost as data: it may predict nonsense, but it cannot make
the process read or write elsewhere. Tables of categories are checked by `categories`.

What is not understood to that depth is left to trust: models over texts and embeddings, whose
calculators are formats of their own, and models that dropped features in between, of which
it cannot be told where their columns lie.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapters.catboost.categories import check_tables
from jupyter_mvt.capture.adapters.catboost.flat import Table, root
from jupyter_mvt.capture.declarative.graph import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["beyond_checking", "check_model"]

Array = np.ndarray[Any, Any]

_CORE = {"format": 0, "trees": 1, "notes": 2, "parts": 3}
_TREES = {"outputs": 0, "splits": 1, "sizes": 2, "starts": 3, "categories": 4, "floats": 5,
          "one_hot": 6, "ctrs": 7, "values": 8, "weights": 9, "steps": 10, "leaves": 11,
          "texts": 12, "estimated": 13, "scale": 14, "biases": 16, "embeddings": 18}  # fmt: skip
_FORMAT = "FlabuffersModel_v1"
_TABLES = "static_provider_v1"
_DEEPEST = 16
_STEP = [("left", "<u2"), ("right", "<u2")]
_MOST_OUTPUTS = 1 << 20
_JSON = frozenset({"class_params", "loss_function", "multiclass_params", "output_options",
                   "params", "training"})  # fmt: skip
_DEEPEST_JSON = 60
_MOST_STEPS = 256
"""Longest path of a tree: functions of CatBoost call themselves for each step."""


@dataclass(frozen=True, slots=True)
class _Model:
    """The binary's tables, and what follows them."""

    core: Table
    trees: Table
    parts: list[str]
    rest: memoryview

    @property
    def outputs(self) -> int:
        return int(self.trees.scalar(_TREES["outputs"], "i"))


def beyond_checking(blob: bytes) -> str:
    """Return why only trust may hand a binary to CatBoost, in words; ``""`` if nothing does.

    Raises
    ------
    CorruptionError
        It is no model.
    """
    model = _open(blob)
    if any(model.trees.tables(_TREES[kind]) for kind in ("texts", "estimated", "embeddings")):
        return "it was trained on texts or embeddings"
    if any(part != _TABLES for part in model.parts):
        return "it holds parts of a kind that is not known here"
    return "" if _columns(model) else "it has dropped some of its features"


def check_model(blob: bytes, notes: Mapping[str, str]) -> None:
    """Check every number of a binary that CatBoost follows, if `beyond_checking` says nothing.

    Parameters
    ----------
    blob
        The binary.
    notes
        What is to be added to those that it holds.

    Raises
    ------
    CorruptionError
        One of them leads beyond what it refers to.
    """
    model = _open(blob)
    trees, outputs = model.trees, model.outputs
    if not 1 <= outputs <= _MOST_OUTPUTS:
        refuse("a CatBoost model has no sound number of outputs")
    if trees.array(_TREES["biases"], "<f8").size not in (0, outputs):
        refuse("a CatBoost model has not a bias for each output")
    counts = [*_borders(trees), *_values(trees, _categories(trees))]
    ctrs = trees.tables(_TREES["ctrs"])
    counts += [feature.array(1, "<f4").size for feature in ctrs]
    if model.parts not in ([], [_TABLES]) or (ctrs and not model.parts):
        refuse("the tables of a CatBoost model's categories are missing")
    if model.parts:
        check_tables(model.rest, ctrs, _splits(trees))
    _check_trees(trees, sum(counts), outputs)
    for found in (_notes(model.core), notes):
        _check_notes(found, outputs)


def _open(blob: bytes) -> _Model:
    size = int.from_bytes(blob[4:8], "little")
    if not blob.startswith(b"CBM1") or not 0 < size <= len(blob) - 8:
        refuse("a CatBoost model is none, or cut off")
    whole = memoryview(blob)
    core = root(whole[8 : 8 + size])
    trees = core.table(_CORE["trees"])
    if core.text(_CORE["format"]) != _FORMAT or trees is None:
        refuse("a CatBoost model is of an unknown form")
    return _Model(core, trees, core.texts(_CORE["parts"]), whole[8 + size :])


def _places(features: list[Table], shift: int = 0) -> list[tuple[int, int]]:
    """Return of each feature its place among its kind, and among all columns."""
    return [
        (int(item.scalar(shift, "i", -1)), int(item.scalar(shift + 1, "i", -1)))
        for item in features
    ]


def _columns(model: _Model) -> bool:
    """Tell whether the features are all columns of the data, each kind counted without gaps."""
    kinds = [_places(model.trees.tables(_TREES["floats"]), 1),
             _places(model.trees.tables(_TREES["categories"]))]  # fmt: skip
    counted = all([place for place, _ in kind] == list(range(len(kind))) for kind in kinds)
    ordered = all([column for _, column in kind] == sorted(column for _, column in kind)
                  for kind in kinds)  # fmt: skip
    columns = sorted(column for kind in kinds for _, column in kind)
    return counted and ordered and columns == list(range(len(columns)))


def _categories(trees: Table) -> frozenset[int]:
    """Return the places of the categories that are used."""
    found = trees.tables(_TREES["categories"])
    places = _places(found)
    return frozenset(
        place for (place, _), item in zip(places, found, strict=True) if item.scalar(3, "?", 1)
    )


def _borders(trees: Table) -> list[int]:
    """Return how many splits each column of numbers has."""
    features = trees.tables(_TREES["floats"])
    if any(item.scalar(5, "b") not in (0, 1, 2) for item in features):
        refuse("a column of a CatBoost model treats missing values in an unknown way")
    return [item.array(3, "<f4").size for item in features]


def _values(trees: Table, known: frozenset[int]) -> list[int]:
    """Return how many splits each one-hot feature has."""
    counts = []
    for item in trees.tables(_TREES["one_hot"]):
        values, texts = item.array(1, "<i4"), item.texts(2)
        if item.scalar(0, "i", -1) not in known or len(texts) not in (0, values.size):
            refuse("a one-hot feature of a CatBoost model is of no column")
        counts.append(values.size)
    return counts


def _splits(trees: Table) -> tuple[frozenset[int], frozenset[bytes], frozenset[bytes]]:
    """Return what combinations may be made of: categories, splits of numbers, of values."""
    numbers = {
        np.array([(place, border)], [("i", "<i4"), ("b", "<f4")]).tobytes()
        for (place, _), item in zip(_places(trees.tables(_TREES["floats"]), 1),
                                    trees.tables(_TREES["floats"]), strict=True)
        for border in item.array(3, "<f4")
    }  # fmt: skip
    values = {
        np.array([item.scalar(0, "i", -1), value], "<i4").tobytes()
        for item in trees.tables(_TREES["one_hot"])
        for value in item.array(1, "<i4")
    }
    return _categories(trees), frozenset(numbers), frozenset(values)


def _check_trees(trees: Table, n_splits: int, outputs: int) -> None:
    splits, sizes, starts = (
        trees.array(_TREES[name], "<i4").astype(np.int64) for name in ("splits", "sizes", "starts")
    )
    values, weights = (trees.array(_TREES[name], "<f8") for name in ("values", "weights"))
    steps = trees.array(_TREES["steps"], _STEP)
    leaves = trees.array(_TREES["leaves"], "<u4").astype(np.int64)
    if (sizes < 0).any() or sizes.sum() != splits.size:
        refuse("the trees of a CatBoost model have not the splits that they state")
    if not np.array_equal(starts, np.cumsum(sizes) - sizes):
        refuse("the trees of a CatBoost model do not follow one another")
    lone = n_splits == 0 and steps.size > 0  # trees without a split say 0 for what is not there
    if splits.size and not (splits.min() >= 0 and splits.max() < n_splits + lone):
        refuse("a tree of a CatBoost model looks at a split that is not there")
    if steps.size or leaves.size:
        if lone and (steps["left"].any() or steps["right"].any()):
            refuse("a tree of a CatBoost model branches without a split")
        n_leaves = _check_branches(steps, leaves, sizes, outputs)
    else:
        if sizes.size and sizes.max() > _DEEPEST:
            refuse("a tree of a CatBoost model is too deep")
        n_leaves = int((1 << sizes).sum())
    if values.size != n_leaves * outputs or weights.size not in (0, n_leaves):
        refuse("the leaves of a CatBoost model have not their values")


def _check_branches(steps: Array, leaves: Array, sizes: Array, outputs: int) -> int:
    """Check trees that are no full binary ones; return how many leaves they have."""
    if not steps.size == leaves.size == sizes.sum() or (sizes < 1).any():
        refuse("the branches of a CatBoost model have not their splits")
    left, right = steps["left"].astype(np.int64), steps["right"].astype(np.int64)
    end = np.repeat(np.cumsum(sizes), sizes)
    if (np.arange(left.size) + np.maximum(left, right) >= end).any():
        refuse("a branch of a CatBoost model leads out of its tree")
    ends = (left == 0) | (right == 0)
    found = leaves[ends]
    # A tree's leaves lie together, tree after tree, in any order within one.
    tree = np.repeat(np.arange(sizes.size), sizes)[ends]
    ordered = found[np.lexsort((found, tree))]
    if not np.array_equal(ordered, np.arange(found.size) * outputs):
        refuse("the leaves of a CatBoost model do not follow one another")
    _check_paths(left, right)
    return int(found.size)


def _check_paths(left: Array, right: Array) -> None:
    """Check that every branch is reached from one other, by few steps."""
    places = np.arange(left.size)
    targets = np.concatenate([(places + left)[left > 0], (places + right)[right > 0]])
    if targets.size and np.bincount(targets).max() > 1:
        refuse("a branch of a CatBoost model is reached from two")
    parent = places.copy()
    parent[(places + left)[left > 0]] = places[left > 0]
    parent[(places + right)[right > 0]] = places[right > 0]
    for _ in range(_MOST_STEPS):
        above = parent[places]
        if np.array_equal(above, places):
            return
        places = above
    refuse("a tree of a CatBoost model is too deep")


def _notes(core: Table) -> dict[str, str]:
    rows = [(item.text(0), item.text(1)) for item in core.tables(_CORE["notes"])]
    found = {key: text for key, text in rows if key is not None and text is not None}
    if len(found) != len(rows):
        refuse("the notes of a CatBoost model are malformed")
    return found


def _check_notes(notes: Mapping[str, str], outputs: int) -> None:
    """Check what CatBoost reads in a model's notes: settings, and a name for each class."""
    for key in sorted(_JSON & notes.keys()):
        found: Any = _settings(notes[key])
        if key == "params":
            loss = found.get("loss_function")
            kind = loss.get("type") if isinstance(loss, dict) else loss
            if kind == "RMSEWithUncertainty" and outputs != 2:
                refuse("a CatBoost model of uncertainty has not two outputs")
            found = found.get("data_processing_options")
        elif key not in ("class_params", "multiclass_params"):
            continue
        if isinstance(found, dict):
            _check_classes(found, max(outputs, 2))


def _settings(text: str) -> dict[str, Any]:
    """Return JSON that any reader reads alike: each name once, no constants, not deep."""
    if _depth(text) > _DEEPEST_JSON:
        refuse("the notes of a CatBoost model are nested too deeply")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        refuse("the notes of a CatBoost model are malformed")
    if not isinstance(found, dict):
        refuse("the notes of a CatBoost model are malformed")
    return found


def _depth(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    rows = list(pairs)
    if len(dict(rows)) != len(rows):
        msg = "a name stands twice"
        raise ValueError(msg)
    return dict(rows)


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _check_classes(found: dict[str, Any], classes: int) -> None:
    for key in ("class_names", "class_labels", "class_to_label"):
        names = found.get(key, [])
        if not isinstance(names, list) or len(names) not in (0, classes):
            refuse("a CatBoost model has not a name for each class")
    if found.get("classes_count", 0) not in (0, classes):
        refuse("a CatBoost model has not a name for each class")
