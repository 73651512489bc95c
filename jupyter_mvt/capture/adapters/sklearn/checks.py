"""What scikit-learn's compiled code would believe unseen is checked before it sees it."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import refuse

__all__ = ["SklearnChecks"]


_AT_ONCE = 8 << 20


class SklearnChecks:
    """Bounds of trees, search trees, support vectors and splines; good for one object.

    Building a tree only copies its nodes, so those of many trees of a forest are looked through
    at once, before anything walks them; not of all, which would be held twice.
    """

    def __init__(self) -> None:
        self._trees: list[tuple[Any, int]] = []
        self._waiting = 0
        self._names: dict[Any, str] = {}

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Refuse arguments and states before compiled code takes them."""
        name = self._names.get(cls)
        if name is None:
            name = f"{getattr(cls, '__module__', '')}.{getattr(cls, '__qualname__', '')}"
            self._names[cls] = name
        if name == _TREE:
            self._tree(arguments, state)
        elif name in _BEFORE:
            _BEFORE[name](arguments, state)

    def _tree(self, arguments: list[Any], state: Any) -> None:
        features, classes, outputs = arguments
        if not (_count(features) and _count(outputs) and _whole(classes, 1)):
            refuse("a tree has no sound dimensions")
        # A few numbers: as Python's, they are compared in a fraction of what numpy takes to begin.
        counts = classes.tolist()
        if features < 1 or len(counts) != outputs or outputs < 1 or min(counts) < 1:
            refuse("a tree has not as many class counts as outputs")
        if state is None:
            return
        nodes, values, count = state["nodes"], state["values"], state["node_count"]
        if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or len(nodes) != count or not count:
            refuse("a tree has not as many nodes as it says")
        if not isinstance(values, np.ndarray) or values.shape != (count, outputs, max(counts)):
            refuse("a tree has not a value for each node")
        self._trees.append((nodes, features))
        self._waiting += nodes.nbytes
        if self._waiting > _AT_ONCE:
            self._look_through()

    def _look_through(self) -> None:
        trees, self._trees, self._waiting = self._trees, [], 0
        _check_nodes(trees)

    def after(self, value: Any) -> None:
        """Refuse estimators whose parts do not fit each other."""
        if self._trees:
            self._look_through()
        state = getattr(value, "__dict__", None)
        if not isinstance(state, dict):
            return
        for key, check in _AFTER.items():
            if key in state:
                check(value, state[key])


def _check_nodes(trees: list[tuple[Any, int]]) -> None:
    """Refuse trees in which a step leads outside, or back."""
    groups: dict[Any, list[tuple[Any, int]]] = {}
    for nodes, features in trees:
        groups.setdefault(nodes.dtype, []).append((nodes, features))
    for group in groups.values():
        counts = np.array([len(nodes) for nodes, _ in group])
        # numpy would look for a common type of records pair by pair.
        octets = [np.ascontiguousarray(nodes).view(np.uint8) for nodes, _ in group]
        every = np.concatenate(octets).view(group[0][0].dtype)
        left, right = every["left_child"], every["right_child"]
        leaf = left == -1
        if not np.array_equal(leaf, right == -1):
            refuse("a tree's node has one child only")
        inner = ~leaf
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        own = (np.arange(len(every)) - starts)[inner] + 1
        limits = np.repeat(counts, counts)[inner]
        for side in (left, right):
            _between(side[inner], own, limits, "a tree's child")
        widths = np.repeat([features for _, features in group], counts)[inner]
        _between(every["feature"][inner], 0, widths, "a tree's feature")


def _predictor(arguments: list[Any], state: Any) -> None:
    del arguments
    if state is None:
        return
    nodes, sets = state["nodes"], state["raw_left_cat_bitsets"]
    if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or not len(nodes):
        refuse("a boosted tree has no nodes")
    for table in (sets, state["binned_left_cat_bitsets"]):
        if not isinstance(table, np.ndarray) or table.shape != (len(sets), 8):
            refuse("a boosted tree has no sound table of categories")
    inner = nodes["is_leaf"] == 0
    own = np.arange(len(nodes))[inner]
    for side in ("left", "right"):
        _between(nodes[side][inner].astype(np.int64), own + 1, len(nodes), "a tree's child")
    _between(nodes["feature_idx"][inner].astype(np.int64), 0, 2**31, "a tree's feature")
    categorical = inner & (nodes["is_categorical"] != 0)
    _between(nodes["bitset_idx"][categorical].astype(np.int64), 0, len(sets), "a bitset")


def _search_tree(arguments: list[Any], state: Any) -> None:
    del arguments
    if state is None:
        return
    data, order, nodes, bounds, leaf_size, levels, n_nodes = state[:7]
    arrays = (data, order, nodes, bounds)
    if not all(isinstance(array, np.ndarray) for array in arrays) or data.ndim != 2:
        refuse("a search tree lacks its arrays")
    if not _count(leaf_size) or leaf_size < 1 or not 0 < levels < 60 or n_nodes != 2**levels - 1:
        refuse("a search tree has no sound dimensions")
    if len(nodes) != n_nodes or bounds.ndim != 3 or bounds.shape[1] != n_nodes:
        refuse("a search tree has not as many nodes as it says")
    if bounds.shape[0] not in (1, 2) or bounds.shape[2] != data.shape[1]:
        refuse("a search tree's bounds do not fit its data")
    if order.shape != (len(data),):
        refuse("a search tree's order does not fit its data")
    _between(order, 0, len(data), "a search tree's row")
    for side in ("idx_start", "idx_end"):
        _between(nodes[side], 0, len(data) + 1, "a search tree's range")
    weights = state[12] if len(state) > 12 else None
    if isinstance(weights, np.ndarray) and weights.size and weights.shape != (len(data),):
        refuse("a search tree's weights do not fit its data")


_TREE = "sklearn.tree._tree.Tree"
_BEFORE = {
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": _predictor,
    "sklearn.neighbors._kd_tree.KDTree": _search_tree,
    "sklearn.neighbors._kd_tree.KDTree64": _search_tree,
    "sklearn.neighbors._kd_tree.KDTree32": _search_tree,
    "sklearn.neighbors._ball_tree.BallTree": _search_tree,
    "sklearn.neighbors._ball_tree.BallTree64": _search_tree,
    "sklearn.neighbors._ball_tree.BallTree32": _search_tree,
}


def _tree_fits(owner: Any, tree: Any) -> None:
    # Density estimators keep a search tree under the same name.
    if not type(owner).__module__.startswith("sklearn.tree."):
        return
    if owner.n_features_in_ != tree.n_features:
        refuse("a tree looks at other features than its estimator")


def _ensemble_fits(owner: Any, members: Any) -> None:
    # Ensembles of trees check the input once and hand it to all trees' compiled code.
    if not type(owner).__module__.startswith(("sklearn.ensemble._forest", "sklearn.ensemble._gb")):
        return
    for member in np.asarray(members, object).ravel():
        tree = getattr(member, "tree_", None)
        if tree is None or tree.n_features != owner.n_features_in_:
            refuse("a forest holds a tree that looks at other features")


def _boosting_fits(owner: Any, predictors: Any) -> None:
    width = owner.n_features_in_
    for predictor in (item for stage in predictors for item in stage):
        nodes = predictor.nodes
        _between(nodes["feature_idx"].astype(np.int64), 0, width, "a tree's feature")


def _vectors_fit(owner: Any, vectors: Any) -> None:
    if not type(owner).__module__.startswith("sklearn.svm."):
        return
    weights, support = owner._dual_coef_, owner._n_support
    if vectors.ndim != 2 or weights.ndim != 2 or weights.shape[1] != vectors.shape[0]:
        refuse("a support vector machine's weights do not fit its vectors")
    known = hasattr(owner, "classes_")
    if (support < 0).any() or (known and support.sum() != vectors.shape[0]):
        refuse("a support vector machine has not as many vectors as it says")
    if vectors.shape[0] and vectors.shape[1] not in (owner.shape_fit_[1], owner.shape_fit_[0]):
        refuse("a support vector machine's vectors have another width")


def _centers_fit(owner: Any, centers: Any) -> None:
    if getattr(owner, "n_features_in_", centers.shape[-1]) != centers.shape[-1]:
        refuse("cluster centres have another width than the input")


_AFTER = {
    "tree_": _tree_fits,
    "estimators_": _ensemble_fits,
    "_predictors": _boosting_fits,
    "support_vectors_": _vectors_fit,
    "cluster_centers_": _centers_fit,
}


def _count(number: Any) -> bool:
    return type(number) is int or isinstance(number, np.integer)


def _whole(array: Any, dimensions: int) -> bool:
    return isinstance(array, np.ndarray) and array.ndim == dimensions and array.dtype.kind in "iu"


def _between(numbers: Any, low: Any, high: Any, what: str) -> None:
    if ((numbers < low) | (numbers >= high)).any():
        refuse(f"{what} is out of range")
