"""What mvt asks of LightGBM, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter, Listed, Writing
from jupyter_mvt.capture.estimators import is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "LightgbmAdapter"]

_BOOSTER = "lightgbm.basic.Booster"
_MODEL = "lightgbm.sklearn.LGBMModel"
# What its scores are kept in, too.
_CLASSES = ("collections.OrderedDict", "lightgbm.sklearn.LGBMModel",
            "lightgbm.sklearn.LGBMClassifier", "lightgbm.sklearn.LGBMRegressor",
            "lightgbm.sklearn.LGBMRanker")  # fmt: skip
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
        from jupyter_mvt.capture.adapters.lightgbm.booster import KIND, read_booster, write_booster
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="lightgbm",
            allowed=Listed(_CLASSES),
            dialect=Writing({_BOOSTER: write_booster}, exact=True, unnamed=(_MODEL, "_Booster")),
            readers={KIND: read_booster},
        )


ADAPTER = LightgbmAdapter()
