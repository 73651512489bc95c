"""What mvt asks of scikit-learn, answered."""

from __future__ import annotations

import sys
from functools import lru_cache
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter
from jupyter_mvt.capture.estimators import is_estimator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "SklearnAdapter"]

_BASE = "sklearn.base."
_ROLES: tuple[tuple[str, Role], ...] = (
    ("sklearn.model_selection._search.BaseSearchCV", "search"),
    ("sklearn.pipeline.Pipeline", "pipeline"),
    (_BASE + "ClassifierMixin", "predictor"),
    (_BASE + "RegressorMixin", "predictor"),
    (_BASE + "ClusterMixin", "predictor"),
    (_BASE + "OutlierMixin", "predictor"),
    (_BASE + "TransformerMixin", "transformer"),
)
_COUNTERS = slice(7, 11)
_LEAVES = frozenset({NoneType, bool, int, float, str, list, tuple, dict, np.ndarray})


class SklearnAdapter(DeclarativeAdapter):
    """All of scikit-learn's estimators, and classes of the notebook built on its base."""

    name = "sklearn"
    format = "sklearn/1"
    priority = 10
    package = "sklearn"
    match: tuple[str, ...] = (_BASE + "BaseEstimator",)

    def detect(self, obj: Any) -> Role | None:
        """Return the role that the mixins of the class tell."""
        if isinstance(obj, type):
            return None
        names = frozenset(mro_names(type(obj)))
        if _BASE + "BaseEstimator" not in names:
            return None
        found = next((role for name, role in _ROLES if name in names), None)
        if found is None and callable(getattr(type(obj), "predict", None)):
            return "predictor"
        return found or "transformer"

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether the estimator says so, or has attributes ending in ``_``."""
        check = getattr(type(obj), "__sklearn_is_fitted__", None)
        if check is not None:
            return bool(check(obj))
        return any(_learned(key) for key in vars(obj)) or _is_stateless(obj)

    def framework(self) -> str:
        """Return name and version."""
        return f"scikit-learn {getattr(sys.modules.get('sklearn'), '__version__', '?')}"

    def token(self, obj: Any) -> object:
        """Return the identities of all attributes, of steps too."""
        # After every cell for every model: most attributes are told apart by their type alone.
        held = vars(obj).copy()
        steps = [value for value in held.values() if type(value) not in _LEAVES
                 and is_estimator(value)]  # fmt: skip
        return (*held, *map(id, held.values()), *map(self.token, steps))

    def vocabulary(self) -> Vocabulary:
        """Return how estimators are written and read, also inside models of other frameworks."""
        from jupyter_mvt.capture.adapters.sklearn.checks import SklearnChecks
        from jupyter_mvt.capture.adapters.sklearn.classes import SklearnAllowed
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="sklearn",
            allowed=SklearnAllowed(),
            dialect=_Dialect(),
            checks=SklearnChecks(),
            readers={},
        )


class _Dialect:
    """What of an estimator's state is no part of what it has learned."""

    writers: Mapping[type, Write] = {}

    def writer(self, value: Any) -> Write | None:
        from jupyter_mvt.capture.declarative.science import science_writer

        return science_writer(value)

    def state(self, value: Any, state: Any) -> Any:
        # A Bunch forgets its own state when it is unpickled, too.
        if type(value).__name__ == "Bunch":
            return None
        # Search trees count the queries that they have answered.
        if type(value).__name__.startswith(("KDTree", "BallTree")) and isinstance(state, tuple):
            zeros = (0,) * len(state[_COUNTERS])
            return (*state[: _COUNTERS.start], *zeros, *state[_COUNTERS.stop :])
        return state

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> frozenset[str]:
        del owner
        return _times(keys)

    def step(self, owner: Any, key: str) -> str:
        del owner
        return key


@lru_cache(maxsize=1024)
def _times(keys: tuple[str, ...]) -> frozenset[str]:
    """Return which attributes tell how long something took; a forest's trees have the same."""
    ends = ("_fit_time", "_score_time")
    return frozenset(key for key in keys if key.endswith(ends) or key == "refit_time_")


def _learned(key: str) -> bool:
    return key.endswith("_") and not key.startswith("__")


def _is_stateless(obj: Any) -> bool:
    tags = getattr(obj, "__sklearn_tags__", None)
    return callable(tags) and not tags().requires_fit


ADAPTER = SklearnAdapter()
