"""What mvt asks of scikit-learn, answered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources, mro_names
from jupyter_mvt.objects.commit import Param, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.capture.declarative.encoder import Write

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
_SCALARS = (bool, int, float, str, type(None))


class SklearnAdapter:
    """All of scikit-learn's estimators, and classes of the notebook built on its base."""

    name = "sklearn"
    format = "sklearn/1"
    priority = 10
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

    def children(self, obj: Any) -> Iterable[Any]:
        """Return estimators held by attributes, also inside lists of steps."""
        found: list[Any] = []
        for value in vars(obj).values():
            _gather(value, found, 0)
        return found

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return `get_params`, flat, each flagged when it is the constructor's default."""
        flat: dict[str, Param] = {}
        _flatten(obj, "", flat, 0)
        return tuple(flat[name] for name in sorted(flat))

    def framework(self) -> str:
        """Return name and version."""
        return f"scikit-learn {getattr(sys.modules.get('sklearn'), '__version__', '?')}"

    def token(self, obj: Any) -> object:
        """Return the identities of all attributes, of steps too."""
        return tuple(
            (key, id(value), self.token(value) if _is_estimator(value) else 0)
            for key, value in vars(obj).items()
        )

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return `obj` as a graph of plain values; as a flagged pickle where that cannot be."""
        from jupyter_mvt.capture.adapters.sklearn.classes import SklearnAllowed
        from jupyter_mvt.capture.declarative.freeze import freeze_object
        from jupyter_mvt.capture.declarative.policy import Undeclarable
        from jupyter_mvt.capture.pickling import freeze_pickled

        try:
            return freeze_object(obj, SklearnAllowed(), _Dialect(), sources, "declarative")
        except Undeclarable as reason:
            return freeze_pickled(obj, self.params(obj), str(reason))

    def restore(self, skeleton: Skeleton) -> Any:
        """Rebuild from classes of the list; a pickle only if trusted."""
        from jupyter_mvt.capture.adapters.sklearn.checks import SklearnChecks
        from jupyter_mvt.capture.adapters.sklearn.classes import SklearnAllowed
        from jupyter_mvt.capture.declarative.freeze import restore_object
        from jupyter_mvt.capture.pickling import restore_pickled

        if skeleton.state_kind == "pickle":
            return restore_pickled(skeleton)
        return restore_object(skeleton, SklearnAllowed(), SklearnChecks(), {})


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

    def is_volatile(self, owner: Any, key: str) -> bool:
        del owner
        return key.endswith(("_fit_time", "_score_time")) or key == "refit_time_"

    def step(self, owner: Any, key: str) -> str:
        del owner
        return key


def _learned(key: str) -> bool:
    return key.endswith("_") and not key.startswith("__")


def _is_stateless(obj: Any) -> bool:
    tags = getattr(obj, "__sklearn_tags__", None)
    return callable(tags) and not tags().requires_fit


def _is_estimator(value: Any) -> bool:
    return hasattr(type(value), "get_params") and hasattr(type(value), "fit")


def _gather(value: Any, found: list[Any], depth: int) -> None:
    if _is_estimator(value):
        found.append(value)
    elif isinstance(value, (list, tuple)) and depth < 3:
        for item in value:
            _gather(item, found, depth + 1)
    elif type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        _gather(value.ravel().tolist(), found, depth + 1)


def _flatten(obj: Any, prefix: str, flat: dict[str, Param], depth: int) -> None:
    own = obj.get_params(deep=False)
    defaults = _defaults(type(obj))
    for name, value in own.items():
        full = prefix + name
        if _is_estimator(value):
            flat[full] = Param(name=full, value=type(value).__name__)
            if depth < 8:
                _flatten(value, full + "__", flat, depth + 1)
        elif name in ("steps", "transformers", "estimators", "transformer_list"):
            _steps(value, prefix, flat, depth)
        else:
            plain = _plain(value)
            same = _equal(defaults, name, value)
            flat[full] = Param(name=full, value=plain, default=same)


def _steps(steps: Any, prefix: str, flat: dict[str, Param], depth: int) -> None:
    for step in steps or ():
        if not isinstance(step, tuple) or len(step) < 2:
            continue
        full = f"{prefix}{step[0]}"
        flat[full] = Param(name=full, value=_plain(step[1]))
        if _is_estimator(step[1]):
            flat[full] = Param(name=full, value=type(step[1]).__name__)
            if depth < 8:
                _flatten(step[1], full + "__", flat, depth + 1)


def _equal(defaults: Mapping[str, Any], name: str, value: Any) -> bool:
    default = defaults.get(name)
    if name not in defaults or not isinstance(value, (*_SCALARS, tuple)):
        return name in defaults and default is value
    same = default == value or (value != value and default != default)
    return type(default) is type(value) and bool(same)


def _defaults(cls: type) -> Mapping[str, Any]:
    from inspect import Parameter, signature

    found = signature(cls).parameters
    return {key: item.default for key, item in found.items() if item.default is not Parameter.empty}


def _plain(value: Any) -> Scalar:
    if isinstance(value, _SCALARS):
        return value
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        item: Any = value.item()
        return item if isinstance(item, _SCALARS) else str(item)
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        return name
    if isinstance(value, (list, tuple, dict, set)) or _has_plain_repr(value):
        text = repr(value)
        # An address would make a parameter of every run.
        return text[:200] if " at 0x" not in text else type(value).__qualname__
    return type(value).__qualname__


def _has_plain_repr(value: Any) -> bool:
    return type(value).__name__ in ("ndarray", "dtype") or type(value).__module__.startswith(
        ("sklearn.gaussian_process.kernels", "sklearn.model_selection._split")
    )


ADAPTER = SklearnAdapter()
