"""Frames and series of polars."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.kinds.arrow import from_arrow
from jupyter_mvt.errors import CaptureError

__all__ = ["KIND", "PolarsKind"]


class PolarsKind:
    """Frames and series, through Arrow; a lazy frame is a plan, not data."""

    name = "polars"
    match: tuple[str, ...] = ("polars.DataFrame", "polars.Series", "polars.LazyFrame")

    def table(self, obj: Any) -> Table:
        """Return the columns."""
        if hasattr(obj, "collect"):
            msg = "A LazyFrame is a plan of reading, not data."
            raise CaptureError(msg, hint="frame = lazy.collect()", code="not-a-dataset")
        frame = obj if hasattr(obj, "columns") else obj.to_frame()
        return from_arrow(frame.to_arrow(), "polars", int(obj.estimated_size()))


KIND = PolarsKind()
