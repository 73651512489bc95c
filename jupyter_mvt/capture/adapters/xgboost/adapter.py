"""What mvt asks of XGBoost, answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.declared import BoosterAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mvt.capture.adapter import Role
    from jupyter_mvt.capture.declarative.decoder import Read
    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.objects.commit import Scalar

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
    match = (_BOOSTER, _MODEL)
    classes = _CLASSES
    roles: ClassVar[Mapping[str, Role]] = {_MODEL: "predictor", _BOOSTER: "booster"}

    def rounds(self, booster: Any) -> int:
        """Return the number that XGBoost tells."""
        return int(booster.num_boosted_rounds())

    def settings(self, booster: Any) -> Mapping[str, Scalar]:
        """Return all that XGBoost tells of its training."""
        learner = json.loads(booster.save_config())["learner"]
        return dict(_settings(learner, ("_train_param", "_param")))

    def words(self) -> tuple[str, Write, Read]:
        """Return how boosters are written and read."""
        from jupyter_mvt.capture.adapters.xgboost.booster import KIND, read_booster, write_booster

        return KIND, write_booster, read_booster


def _settings(level: Mapping[str, Any], ends: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in level.items():
        if isinstance(value, dict) and key.endswith(ends):
            yield from ((name, text) for name, text in value.items() if isinstance(text, str))
        elif isinstance(value, dict):
            yield from _settings(value, ends)


ADAPTER = XgboostAdapter()
