"""Frames of polars that Arrow cannot hold."""

from __future__ import annotations

import polars as pl
import pytest

from jupyter_mvt.capture.data.fingerprint import describe


@pytest.mark.parametrize("kind", [getattr(pl, n) for n in ("Int128", "UInt128") if hasattr(pl, n)])
def test_integers_of_polars_that_arrow_has_not_tell_frames_apart(kind) -> None:
    one, same, other = (
        describe(pl.DataFrame({"i": pl.Series([2**100 + at, None], dtype=kind), "n": [1, 2]}), "a")
        for at in (1, 1, 2)
    )
    assert (one.rows, [column.name for column in one.schema.columns]) == (2, ["i", "n"])
    assert one.id == same.id != other.id
