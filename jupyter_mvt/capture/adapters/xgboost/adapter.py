"""What mvt asks of XGBoost, answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Role, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter, Listed, Writing
from jupyter_mvt.capture.estimators import is_estimator
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "XgboostAdapter"]

_BOOSTER = "xgboost.core.Booster"
_MODEL = "xgboost.sklearn.XGBModel"
_CLASSES = tuple(
    f"xgboost.sklearn.{name}"
    for name in ("XGBModel", "XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier",
                 "XGBRFRegressor")
)  # fmt: skip


class XgboostAdapter(DeclarativeAdapter):
    """Boosters, and the estimators around them."""

    name = "xgboost"
    package = "xgboost"
    format = "xgboost/1"
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
        """Tell whether there is a booster with at least one round."""
        booster = vars(obj).get("_Booster") if is_estimator(obj) else obj
        return booster is not None and bool(booster.num_boosted_rounds())

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return an estimator's parameters, or all settings that a booster was trained with."""
        if is_estimator(obj):
            return super().params(obj)
        learner = json.loads(obj.save_config())["learner"]
        found = dict(_settings(learner, ("_train_param", "_param")))
        return tuple(Param(name=name, value=found[name]) for name in sorted(found))

    def token(self, obj: Any) -> object:
        """Return the booster's address and number of rounds."""
        booster = vars(obj).get("_Booster") if is_estimator(obj) else obj
        return (id(booster), 0 if booster is None else booster.num_boosted_rounds())

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
