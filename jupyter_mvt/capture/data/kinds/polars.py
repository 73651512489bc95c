"""Frames and series of polars."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.kinds.arrow import from_arrow
from jupyter_mvt.errors import CaptureError

__all__ = ["KIND", "PolarsKind"]

_WIDE = frozenset({"Int128", "UInt128"})


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
        return from_arrow(_in_arrow(frame), "polars", int(obj.estimated_size()))


def _in_arrow(frame: Any) -> Any:
    """Return a frame's columns in Arrow, which has no integers of 128 bits: as their digits."""
    wide = [column for column in frame if str(column.dtype) in _WIDE]
    try:
        return frame.with_columns([column.cast(str) for column in wide]).to_arrow()
    except ValueError as error:  # what Arrow's own errors are
        msg = f"A column of this frame of polars cannot be read: {str(error)[:120]}."
        hint = "frame = frame.select(polars.selectors.numeric())"
        raise CaptureError(msg, hint=hint, code="not-a-dataset") from error


KIND = PolarsKind()
