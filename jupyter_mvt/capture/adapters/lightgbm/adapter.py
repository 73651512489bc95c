"""What mvt asks of LightGBM, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mvt.capture.declared import BoosterAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.adapter import Role
    from jupyter_mvt.capture.declarative.decoder import Read
    from jupyter_mvt.capture.declarative.encoder import Write
    from jupyter_mvt.objects.commit import Scalar

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
    match = (_BOOSTER, _MODEL)
    classes = _CLASSES
    roles: ClassVar[Mapping[str, Role]] = {_MODEL: "predictor", _BOOSTER: "booster"}

    def rounds(self, booster: Any) -> int:
        """Return the number that LightGBM tells."""
        return int(booster.num_trees())

    def settings(self, booster: Any) -> Mapping[str, Scalar]:
        """Return what the booster was given."""
        return {
            name: value if isinstance(value, _SCALARS) else str(value)[:200]
            for name, value in booster.params.items()
            if not callable(value)
        }

    def words(self) -> tuple[str, Write, Read]:
        """Return how boosters are written and read."""
        from jupyter_mvt.capture.adapters.lightgbm.booster import KIND, read_booster, write_booster

        return KIND, write_booster, read_booster


ADAPTER = LightgbmAdapter()
