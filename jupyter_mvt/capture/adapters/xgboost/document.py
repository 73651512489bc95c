"""The form of a model's document: XGBoost's reader asks for keys without looking for them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["check_document"]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_INTEGER = re.compile(r"[0-9]{1,10}\Z")
_SCORES = re.compile(r"\[?[-+0-9.,eEinfa]+\]?\Z")
_LIMIT = 1 << 31
_MOST_OUTPUTS = 1 << 16


def check_document(document: dict[str, Any]) -> None:
    """Refuse a document that is not formed as XGBoost would form it."""
    version = document["version"]
    if len(version) != 3 or any(type(number) is not int or number < 0 for number in version):
        refuse("a booster's version is malformed")
    _keys(document, {"learner", "version"}, "a booster")
    learner = document["learner"]
    _keys(
        learner,
        {"attributes", "feature_names", "feature_types", "gradient_booster",
         "learner_model_param", "objective"},
        "a booster's learner",
    )  # fmt: skip
    features, outputs = _model_param(learner["learner_model_param"])
    _texts(learner["attributes"], "a booster's attributes")
    for key in ("feature_names", "feature_types"):
        names = learner[key]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            refuse("a booster's features are malformed")
        if len(names) not in (0, features):
            refuse("a booster has not a name for each feature")
    _objective(learner["objective"])
    _booster(learner["gradient_booster"], features, outputs)


def _keys(level: Any, wanted: set[str], what: str, optional: frozenset[str] = frozenset()) -> None:
    if not isinstance(level, dict) or not wanted <= set(level) <= wanted | optional:
        refuse(f"{what} has other properties than XGBoost's")


def _texts(level: Any, what: str) -> None:
    if not isinstance(level, dict) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in level.items()
    ):
        refuse(f"{what} are malformed")


def _integer(level: dict[str, Any], key: str) -> int:
    text = level[key]
    if not isinstance(text, str) or not _INTEGER.match(text) or int(text) >= _LIMIT:
        refuse(f"a booster's {key} is no number")
    return int(text)


def _model_param(level: Any) -> tuple[int, int]:
    wanted = {"base_score", "boost_from_average", "num_class", "num_feature", "num_target"}
    _keys(level, wanted, "a booster's shape")
    features, classes, targets = (
        _integer(level, key) for key in ("num_feature", "num_class", "num_target")
    )
    outputs = max(classes, 1) * max(targets, 1)
    if not isinstance(level["base_score"], str) or not _SCORES.match(level["base_score"]):
        refuse("a booster's base score is no number")
    if level["base_score"].count(",") + 1 not in (1, outputs):
        refuse("a booster has not a base score for each output")
    return features, outputs


def _objective(level: Any) -> None:
    if not isinstance(level, dict) or not isinstance(level.get("name"), str):
        refuse("a booster's objective is malformed")
    for key, value in level.items():
        if not _NAME.match(str(key)):
            refuse("a booster's objective is malformed")
        if key != "name":
            _texts(value, "the settings of an objective")


def _booster(level: Any, features: int, outputs: int) -> None:
    name = level.get("name") if isinstance(level, dict) else None
    if name == "gbtree":
        _keys(level, {"name", "model"}, "a tree booster")
        _trees(level["model"], features, outputs)
    elif name == "dart":
        _keys(level, {"name", "gbtree", "weight_drop"}, "a dart booster")
        inner = level["gbtree"]
        if not isinstance(inner, dict) or inner.get("name") != "gbtree":
            refuse("a dart booster holds no trees")
        _booster(inner, features, outputs)
        dropped = level["weight_drop"]
        if len(dropped) != len(inner["model"]["trees"]):
            refuse("a dart booster has not a weight for each tree")
    elif name == "gblinear":
        _keys(level, {"name", "model"}, "a linear booster", frozenset({"boosted_rounds"}))
        weights = level["model"].get("weights")
        if weights is None or len(weights) != (features + 1) * outputs:
            refuse("a linear booster has not a weight for each feature")
    else:
        refuse("a booster is of an unknown kind")


def _trees(model: Any, features: int, outputs: int) -> None:
    _keys(
        model,
        {"gbtree_model_param", "tree_info", "trees"},
        "a tree booster",
        frozenset({"cats", "iteration_indptr"}),
    )
    param, trees, groups = model["gbtree_model_param"], model["trees"], model["tree_info"]
    _keys(param, {"num_parallel_tree", "num_trees"}, "a tree booster")
    parallel = _integer(param, "num_parallel_tree")
    if _integer(param, "num_trees") != len(trees) or len(groups) != len(trees) or parallel < 1:
        refuse("a booster has not as many trees as it says")
    if any(type(group) is not int or not 0 <= group < outputs for group in map(_plain, groups)):
        refuse("a tree belongs to no output")
    # XGBoost makes room for every output it is told of: each must have trees, or vectors of leaves.
    vectors = any(tree["tree_param"].get("size_leaf_vector", "1") not in ("0", "1")
                  for tree in trees)  # fmt: skip
    most = outputs if vectors else len(set(map(_plain, groups))) or _MOST_OUTPUTS
    if outputs > most:
        refuse("a booster has outputs that no tree tells of")
    steps = [_plain(step) for step in model.get("iteration_indptr", ())]
    if steps and (steps != sorted(steps) or steps[0] != 0 or steps[-1] != len(trees)):
        refuse("a booster's iterations do not fit its trees")
    for tree in trees:
        shape = tree["tree_param"]
        if int(shape.get("num_feature", "-1")) != features:
            refuse("a tree looks at other features than its booster")
        if int(shape.get("size_leaf_vector", "-1")) not in (0, 1, outputs):
            refuse("a tree's leaves are of another size than the output")
    if "cats" in model:
        _categories(model["cats"], features)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _categories(level: Any, features: int) -> None:
    _keys(level, {"enc", "feature_segments", "sorted_idx"}, "the categories of a booster")
    encoders, ends = level["enc"], [_plain(end) for end in level["feature_segments"]]
    order = [_plain(place) for place in level["sorted_idx"]]
    if not encoders and not ends and not order:
        return
    if len(encoders) != features or len(ends) != features + 1 or ends != sorted(ends):
        refuse("the categories of a booster do not fit its features")
    if ends[0] != 0 or ends[-1] != len(order):
        refuse("the categories of a booster do not fit its features")
    for first, last in pairwise(ends):
        if sorted(order[first:last]) != list(range(last - first)):
            refuse("the categories of a booster are in no order")
