"""Values of tables' libraries that a notebook holds: columns, groups, windows, types, loaders."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import torch
from pandas.api.typing import (
    DataFrameGroupBy,
    Expanding,
    ExponentialMovingWindow,
    Rolling,
    SeriesGroupBy,
    Window,
)
from torch.utils.data import (
    DataLoader,
    TensorDataset,
    WeightedRandomSampler,
)

DENSE = torch.arange(24.0).reshape(4, 6)
GAPS = ["a", None, "ccc"]
DAYS = pd.date_range("2024-01-01", periods=3, freq="D")
TALL = pd.DataFrame({"k": ["a", "b", None, "a"], "n": [1.0, 2.0, 3.0, 5.0]})
COMPUTED = (DataFrameGroupBy, SeriesGroupBy, Rolling, Window, Expanding, ExponentialMovingWindow)

COLUMNS: dict[str, Callable[[], Any]] = {
    "nullable": lambda: [pd.array([1, None, 3]), pd.array([True, None]), pd.array([1.5, None])],
    "text columns": lambda: [
        pd.array(GAPS, dtype=pd.StringDtype(storage, na_value=missing))
        for storage in ("python", "pyarrow")
        for missing in (pd.NA, np.nan)
    ],
    "arrow columns": lambda: [
        pd.array([1, None], dtype="int64[pyarrow]"),
        pd.array([[1, 2], None], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
        pd.array([Decimal("1.50")], dtype=pd.ArrowDtype(pa.decimal128(5, 2))),
    ],
    "spans of columns": lambda: [
        DAYS.array,
        DAYS.tz_localize("UTC").array,
        (DAYS - DAYS[0]).array,
        pd.period_range("2024", periods=3, freq="M").array,
        pd.interval_range(0, 3).array,
    ],
    "sparse columns": lambda: [
        pd.arrays.SparseArray([0, 0, 7]),
        pd.arrays.SparseArray([np.nan, 1.5], kind="block"),
        pd.arrays.NumpyExtensionArray(np.arange(3)),
        pd.arrays.SparseArray([True, False, False]),
    ],
    "labels of any kind": lambda: [
        pd.Index(pd.array([1, None])),
        pd.Index(["a", 1]),
        pd.Index(GAPS, dtype="string"),
    ],
    "frame of numbers": lambda: pd.DataFrame(np.arange(6.0).reshape(2, 3)),
    "frame of anything": lambda: pd.DataFrame({"a": ["x", 1, None], "b": [[1], {"k": 2.5}, ()]}),
    "frame of gaps": lambda: pd.DataFrame(
        {
            "n": pd.array([1, None, 3]),
            "c": pd.Categorical(GAPS),
            "o": np.array(GAPS, object),
            "t": pd.array(GAPS, dtype=pd.StringDtype("python")),
        },
        index=DAYS,
    ),
    "frame of spans": lambda: pd.DataFrame(
        {
            "p": pd.period_range("2024", periods=3, freq="M"),
            "i": pd.interval_range(0, 3),
            "s": pd.arrays.SparseArray([0, 0, 1]),
        },
        index=["z", "z", "a"],
    ),
    "frame of twins": lambda: pd.DataFrame(np.ones((1, 2)), columns=["a", "a"]),
    "frame of levels": lambda: pd.DataFrame(
        [["x", 1]], columns=pd.MultiIndex.from_product([["a"], [1, 2]])
    ),
    "frame of nothing": lambda: [pd.DataFrame(), pd.DataFrame(index=[3, 1], columns=["a"])],
    "series": lambda: [
        pd.Series([1.5, 2.0], name=("a", "b")),
        pd.Series([1, 2, 3], DAYS),
        pd.Series(GAPS, ["a", 1, None], object),
        pd.Series(pd.Categorical(GAPS)),
        pd.Series([1, 2], pd.period_range("2024", periods=2, freq="D"), name=7),
    ],
    "arrow": lambda: [
        pa.array([1, None, 3])[1:],
        pa.array(GAPS),
        pa.array(GAPS).dictionary_encode(),
        pa.array([{"a": 1, "b": [None]}, None]),
        pa.nulls(2),
        pa.array([True, None, False])[1:],
        pa.array([[1, 2], None, [5, 6]], pa.list_(pa.int8(), 2))[1:],
        pa.chunked_array([["a"], ["b", None]]),
        pa.chunked_array([], pa.int8()),
        pa.record_batch({"a": [1, 2], "c": pd.Categorical(["x", None])}),
        pa.schema([pa.field("a", pa.int8(), nullable=False, metadata={"k": "v"})], {"m": "n"}),
        pa.timestamp("us", "UTC"),
        pa.scalar(1.5),
        pa.scalar(None, pa.string()),
    ],
    "polars": lambda: [
        pl.Series("n", [[1, 2], None], dtype=pl.Array(pl.Int64, 2)),
        pl.Series("c", ["a", None]),
        pl.DataFrame({"c": pl.Series(["a", "b"], dtype=pl.Categorical)}),
    ],
    "wide polars": lambda: [
        pl.DataFrame(
            {
                "n": [1, 2, 3],
                "i": pl.Series([-(1 << 100) - 5, None, (1 << 126) + 7], dtype=pl.Int128),
                "u": pl.Series([0, None, (1 << 128) - 1], dtype=pl.UInt128),
                "o": pl.Series([{1}, None, ("a", 2.5)], dtype=pl.Object),
            }
        ),
        pl.Series("i", [-1, 1 << 64, None], dtype=pl.Int128),
        pl.Series("none", [], dtype=pl.Object),
    ],
    "polars types": lambda: [
        pl.Schema({"a": pl.Int64, "b": pl.Enum(["x", "y"]), "c": pl.List(pl.Int128)}),
        pl.Int8,
        pl.Int8(),
        pl.Decimal(10, 2),
        pl.Datetime("ms", "Europe/Rome"),
        pl.Object,
        pl.Array(pl.Float32, (2, 3)),
        pl.Struct({"k": pl.Duration("us"), "l": pl.Categorical}),
    ],
    "pandas types": lambda: [
        pd.Int64Dtype(),
        pd.StringDtype("python"),
        pd.StringDtype("pyarrow", np.nan),
        pd.DatetimeTZDtype("us", "Europe/Rome"),
        pd.PeriodDtype("M"),
        pd.ArrowDtype(pa.int8()),
        pd.IntervalDtype("int64", "left"),
        pd.SparseDtype("float64"),
        pd.BooleanDtype(),
        pd.offsets.MonthEnd(2),
        pd.offsets.Week(weekday=2),
        pd.offsets.Hour(3),
    ],
    "groups": lambda: [
        TALL.groupby("k"),
        TALL.groupby(["k", "n"], sort=False, as_index=False, dropna=False),
        TALL.groupby("k")["n"],
        TALL.groupby("k")[["n"]],
        TALL.n.groupby(TALL.k),
        TALL.groupby(np.array([0, 1, 0, 1])),
        TALL.groupby(TALL.k.astype("category"), observed=False),
        TALL.groupby(level=0),
    ],
    "rolling windows": lambda: [
        TALL[["n"]].rolling(2),
        TALL.rolling(2, on="n", min_periods=1)["n"],
        TALL.n.expanding(2),
        TALL.n.ewm(span=2),
        TALL.n.rolling(3, win_type="triang", center=True),
        pd.Series([1.0, 2, 3], DAYS).rolling("2D", closed="both"),
    ],
    "loader": lambda: DataLoader(TensorDataset(DENSE, torch.arange(4)), batch_size=3),
    "shuffled": lambda: DataLoader(
        [1, 2, 3, 4, 5], 2, shuffle=True, drop_last=True, generator=torch.Generator().manual_seed(3)
    ),
    "drawn": lambda: DataLoader(
        TensorDataset(DENSE),
        sampler=WeightedRandomSampler(
            [0.1, 0.2, 0.3, 0.4], 6, generator=torch.Generator().manual_seed(4)
        ),
    ),
}
