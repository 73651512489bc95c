"""What mvt asks of XGBoost, answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.declared import BoosterAdapter, Listed, Writing
from jupyter_mvt.capture.estimators import is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.adapter import Role
    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "XgboostAdapter"]

_BOOSTER = "xgboost.core.Booster"
_MODEL = "xgboost.sklearn.XGBModel"
_CLASSES = tuple(
    f"xgboost.sklearn.{name}"
    for name in ("XGBModel", "XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier",
                 "XGBRFRegressor")
)  # fmt: skip


class XgboostAdapter(BoosterAdapter):
    """Boosters, and the estimators around them."""

    name = "xgboost"
    package = "xgboost"
    format = "xgboost/1"
    priority = 20
    match: tuple[str, ...] = (_BOOSTER, _MODEL)
    roles: ClassVar[Mapping[str, Role]] = {_MODEL: "predictor", _BOOSTER: "booster"}

    def rounds(self, booster: Any) -> int:
        """Return the number that XGBoost tells."""
        return int(booster.num_boosted_rounds())

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return an estimator's parameters, or all settings that a booster was trained with."""
        if is_estimator(obj):
            return super().params(obj)
        learner = json.loads(obj.save_config())["learner"]
        found = dict(_settings(learner, ("_train_param", "_param")))
        return tuple(Param(name=name, value=found[name]) for name in sorted(found))

    def vocabulary(self) -> Vocabulary:
        """Return how boosters and estimators are written and read."""
        from jupyter_mvt.capture.adapters.xgboost.booster import KIND, read_booster, write_booster
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="xgboost",
            allowed=Listed(_CLASSES),
            dialect=Writing({_BOOSTER: write_booster}, exact=True, unnamed=(_MODEL, "_Booster")),
            readers={KIND: read_booster},
        )


def _settings(level: Mapping[str, Any], ends: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in level.items():
        if isinstance(value, dict) and key.endswith(ends):
            yield from ((name, text) for name, text in value.items() if isinstance(text, str))
        elif isinstance(value, dict):
            yield from _settings(value, ends)


ADAPTER = XgboostAdapter()
