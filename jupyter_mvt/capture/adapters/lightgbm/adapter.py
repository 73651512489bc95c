"""What mvt asks of LightGBM, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.declared import BoosterAdapter, Listed, Writing
from jupyter_mvt.capture.estimators import is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.adapter import Role
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "LightgbmAdapter"]

_BOOSTER = "lightgbm.basic.Booster"
_MODEL = "lightgbm.sklearn.LGBMModel"
# What its scores are kept in, too.
_CLASSES = ("collections.OrderedDict", "lightgbm.sklearn.LGBMModel",
            "lightgbm.sklearn.LGBMClassifier", "lightgbm.sklearn.LGBMRegressor",
            "lightgbm.sklearn.LGBMRanker")  # fmt: skip
_SCALARS = (bool, int, float, str, type(None))


class LightgbmAdapter(BoosterAdapter):
    """Boosters, and the estimators around them."""

    name = "lightgbm"
    package = "lightgbm"
    format = "lightgbm/1"
    priority = 20
    match: tuple[str, ...] = (_BOOSTER, _MODEL)
    roles: ClassVar[Mapping[str, Role]] = {_MODEL: "predictor", _BOOSTER: "booster"}

    def rounds(self, booster: Any) -> int:
        """Return the number that LightGBM tells."""
        return int(booster.num_trees())

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
