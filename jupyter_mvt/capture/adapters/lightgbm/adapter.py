"""What mvt asks of LightGBM, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter
from jupyter_mvt.capture.estimators import is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "LightgbmAdapter"]

_BOOSTER = "lightgbm.basic.Booster"
_MODEL = "lightgbm.sklearn.LGBMModel"
_CLASSES = frozenset({"LGBMModel", "LGBMClassifier", "LGBMRegressor", "LGBMRanker"})
_SCALARS = (bool, int, float, str, type(None))


class LightgbmAdapter(DeclarativeAdapter):
    """Boosters, and the estimators around them."""

    name = "lightgbm"
    package = "lightgbm"
    format = "lightgbm/1"
    priority = 20
    match: tuple[str, ...] = (_BOOSTER, _MODEL)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"predictor"`` for estimators, ``"booster"`` for what they hold."""
        if isinstance(obj, type):
            return None
        names = mro_names(type(obj))
        if _MODEL in names:
            return "predictor"
        return "booster" if _BOOSTER in names else None

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether there is a booster with at least one tree."""
        booster = vars(obj).get("_Booster") if is_estimator(obj) else obj
        return booster is not None and bool(booster.num_trees())

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return an estimator's parameters, or the settings that a booster was given."""
        if is_estimator(obj):
            return super().params(obj)
        given = {
            name: value if isinstance(value, _SCALARS) else str(value)[:200]
            for name, value in obj.params.items()
            if not callable(value)
        }
        return tuple(Param(name=name, value=given[name]) for name in sorted(given))

    def token(self, obj: Any) -> object:
        """Return the booster's address and number of trees."""
        booster = vars(obj).get("_Booster") if is_estimator(obj) else obj
        return (id(booster), 0 if booster is None else booster.num_trees())

    def vocabulary(self) -> Vocabulary:
        """Return how boosters and estimators are written and read."""
        from jupyter_mvt.capture.adapters.lightgbm.booster import KIND, read_booster
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="lightgbm",
            allowed=_Allowed(),
            dialect=_Dialect(),
            checks=_Checks(),
            readers={KIND: read_booster},
        )


class _Allowed:
    """The estimators by name, and what their scores are kept in."""

    def admits(self, module: str, qualname: str) -> bool:
        if module == "collections":
            return qualname == "OrderedDict"
        return module == "lightgbm.sklearn" and qualname in _CLASSES

    def confirms(self, value: Any) -> bool:
        return isinstance(value, type) and self.admits(value.__module__, value.__qualname__)


class _Dialect:
    """Boosters are written by their own format."""

    writers: Mapping[type, Write] = {}

    def writer(self, value: Any) -> Write | None:
        cls = type(value)
        if f"{cls.__module__}.{cls.__qualname__}" != _BOOSTER:
            return None
        from jupyter_mvt.capture.adapters.lightgbm.booster import write_booster

        return write_booster

    def state(self, value: Any, state: Any) -> Any:
        del value
        return state

    def is_volatile(self, owner: Any, key: str) -> bool:
        del owner, key
        return False

    def step(self, owner: Any, key: str) -> str:
        # model._Booster is the model, to a reader of paths.
        return "" if key == "_Booster" and _MODEL in mro_names(type(owner)) else key


class _Checks:
    """Estimators are Python all through: the booster was checked when it was read."""

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Accept."""

    def after(self, value: Any) -> None:
        """Accept."""


ADAPTER = LightgbmAdapter()
