"""Curves as a training would have logged them: real points, in the file that a version keeps."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any, cast

from jupyter_mvt.api.curves import StoredCurves
from jupyter_mvt.capture.points import from_rows, to_curves
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.curve import Curves
from jupyter_mvt.objects.ids import ObjectId, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mvt.store.store import Store

__all__ = ["curves", "stored"]


class _Blobs:
    """Just enough of a store to read one object from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def blob(self, oid: ObjectId) -> bytes:
        assert oid == digest(self._data)
        return self._data


def stored(rows: Iterable[tuple[int, Mapping[str, float]]], version: str = "v7") -> StoredCurves:
    """Return the curves of ``(step, name → value)``."""
    logged = [(step, step, dict(values)) for step, values in rows]
    draft = to_curves(from_rows(logged), ("r",))
    kept = Curves(table=digest(draft.table), identity=draft.identity, curves=draft.curves)
    store = cast("Store", cast("Any", _Blobs(draft.table)))
    return StoredCurves(store, Content(curves=kept), version)


def curves() -> StoredCurves:
    """Return 600 steps of training with a validation every 20 and a loss that overflowed once."""
    chance = random.Random(7)
    rows = []
    for step in range(600):
        noise = chance.gauss(0, 0.012)
        values = {"loss": 0.12 + 0.6 * math.exp(-step / 90) + noise,
                  "lr": 0.001 * (1 + math.cos(math.pi * step / 600)) / 2,
                  "grad_norm": math.inf if 250 <= step < 290 else 1.4 + math.exp(-step / 60)
                  + chance.gauss(0, 0.1)}  # fmt: skip
        if step % 20 == 0:
            values["val_loss"] = 0.2 + 0.5 * math.exp(-step / 80) + max(0, step - 300) / 6000
            values["val_accuracy"] = 0.9 - 0.35 * math.exp(-step / 110)
        rows.append((step, values))
    return stored(rows)
