"""What XGBoost and LightGBM make of frames: `DMatrix` and `lightgbm.Dataset`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.kind import Table, is_dataset, joined, table_of
from jupyter_mvt.capture.data.kinds.numpy import from_array
from jupyter_mvt.capture.data.kinds.scipy import KIND as SPARSE

__all__ = ["KIND", "BoostersKind"]

_BINNED = "the features were freed by the library: the id covers label and weights only"


class BoostersKind:
    """The frames they were made from where these are known, else their own content."""

    name = "boosters"
    match: tuple[str, ...] = ("xgboost.DMatrix", "lightgbm.Dataset")

    def parts(self, obj: Any) -> Mapping[str, Any] | None:
        """Return the live features and label that a `lightgbm.Dataset` still refers to."""
        if not hasattr(obj, "construct"):
            return None
        found = {"data": getattr(obj, "data", None), "label": getattr(obj, "label", None)}
        return (
            {key: value for key, value in found.items() if is_dataset(value)}
            if is_dataset(found["data"])
            else None
        )

    def table(self, obj: Any) -> Table | None:
        """Return features, label and weights."""
        held = self.parts(obj)
        if held:
            return _beside([(key, table_of(value)) for key, value in held.items()], "lightgbm")
        if hasattr(obj, "construct"):
            fields = {"label": obj.get_label(), "weight": obj.get_weight()}
            return _beside(_arrays(fields), "lightgbm", (_BINNED,))
        fields = {"label": obj.get_label(), "weight": obj.get_weight()}
        features = SPARSE.table(obj.get_data()) if obj.num_row() else None
        return _beside([("data", features), *_arrays(fields)], "xgboost")


def _arrays(fields: Mapping[str, Any]) -> list[tuple[str, Table | None]]:
    return [
        (name, from_array(np.asarray(values), "numpy"))
        for name, values in fields.items()
        if values is not None and len(values)
    ]


def _beside(
    parts: list[tuple[str, Table | None]], kind: str, lost: tuple[str, ...] = ()
) -> Table | None:
    found = [(name, table) for name, table in parts if table is not None]
    return joined(found, kind, lost) if found else None


KIND = BoostersKind()
