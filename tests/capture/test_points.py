"""Laws of logged points: bytes and back, gathering, and the curves of a version."""

from __future__ import annotations

import io
import math

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.points import from_bytes, from_rows, gathered, to_bytes, to_curves
from jupyter_mvt.errors import CorruptionError

VALUES = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 1e308])
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**40), 2**40),
        st.integers(0, 2**50),
        st.dictionaries(st.text(max_size=8), VALUES, max_size=4),
    ),
    max_size=12,
)


def plain(points) -> list[tuple[str, int, int, bytes]]:
    """Return the points one by one; values by their bits, so that NaN equals itself."""
    return [
        (points.names[name], int(step), int(wall), np.float64(value).tobytes())
        for name, step, wall, value in zip(
            points.name, points.step, points.wall_us, points.value, strict=True
        )
    ]


def rows_of(rows) -> list[tuple[str, int, int, bytes]]:
    return [(name, step, wall, np.float64(value).tobytes())
            for step, wall, values in rows for name, value in values.items()]  # fmt: skip


@settings(deadline=None)
@given(ROWS)
def test_points_survive_as_they_were_logged(rows):
    assert plain(from_bytes(to_bytes(from_rows(rows)))) == rows_of(rows)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_gathering_is_logging_one_after_the_other(first, second):
    together = gathered([from_rows(first), from_rows(second)])
    assert plain(together) == plain(from_rows([*first, *second]))


@settings(deadline=None)
@given(ROWS)
def test_a_version_holds_every_point_sorted(rows):
    draft = to_curves(from_rows(rows), ("r",))
    table = pq.read_table(io.BytesIO(draft.table))
    columns = [table[c].to_pylist() for c in ("name", "step", "wall_us")]
    kept = list(zip(*columns, (np.float64(v).tobytes() for v in table["value"].to_pylist()),
                    strict=True))  # fmt: skip
    assert kept == sorted(rows_of(rows), key=lambda row: row[:2])
    assert [curve.name for curve in draft.curves] == sorted({row[0] for row in rows_of(rows)})
    assert sum(curve.n for curve in draft.curves) == len(kept)


def test_when_points_were_logged_is_no_part_of_their_identity():
    one, two = (from_rows([(0, wall, {"loss": 0.5}), (1, wall + 9, {"loss": 0.25})])
                for wall in (10, 99))  # fmt: skip
    assert to_curves(one, ()).identity == to_curves(two, ()).identity
    other = from_rows([(0, 10, {"loss": 0.5}), (1, 19, {"loss": 0.26})])
    assert to_curves(other, ()).identity != to_curves(one, ()).identity


@pytest.mark.parametrize("cut", [0, 3, 4, 10, -1])
def test_damaged_bytes_are_refused(cut):
    data = to_bytes(from_rows([(1, 2, {"loss": 0.5, "accuracy": 0.7})]))
    with pytest.raises(CorruptionError) as found:
        from_bytes(data[:cut])
    assert found.value.code == "corrupt-run"


def test_a_name_that_is_not_there_is_refused():
    data = bytearray(to_bytes(from_rows([(1, 2, {"loss": 0.5})])))
    size = int.from_bytes(data[:4], "little")
    data[4 + size] = 7
    with pytest.raises(CorruptionError):
        from_bytes(bytes(data))
