"""Values of every kind that a notebook holds, and what it means that one came back."""

from __future__ import annotations

import argparse
import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import scipy.sparse as sp
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    TensorDataset,
    random_split,
)

from tests.capture.columns import COLUMNS, COMPUTED

RNG = np.random.default_rng(0)
DENSE = torch.tensor(RNG.normal(size=(4, 6)), dtype=torch.float32)
EYE = torch.eye(4)
ZONE = timezone(timedelta(hours=-3), "there")


def _plain_tensor(dtype: torch.dtype) -> torch.Tensor:
    return (DENSE * 3).to(dtype)


DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8, torch.int16,
          torch.int32, torch.int64, torch.uint8, torch.uint16, torch.uint32, torch.uint64,
          torch.bool, torch.complex32, torch.complex64, torch.complex128, torch.float8_e4m3fn,
          torch.float8_e5m2)  # fmt: skip

TENSORS: dict[str, Callable[[], Any]] = {
    **{f"tensor {dtype}": lambda dtype=dtype: _plain_tensor(dtype) for dtype in DTYPES},
    "zero size": lambda: torch.empty(0, 3),
    "0-d": lambda: torch.tensor(3.5),
    "transposed": lambda: DENSE.T,
    "channels last": lambda: torch.ones(1, 2, 3, 3).to(memory_format=torch.channels_last),
    "columns": lambda: DENSE[:, ::2],
    "expanded": lambda: torch.full((1, 1), 7.0).expand(1000, 1000),
    "windows": lambda: torch.arange(9.0).unfold(0, 4, 1),
    "conj view": lambda: _plain_tensor(torch.complex64).conj(),
    "neg view": lambda: (DENSE + 1j * DENSE).conj().imag,
    "coo": lambda: EYE.to_sparse(),
    "uncoalesced": lambda: torch.sparse_coo_tensor([[0, 0], [1, 1]], [1.0, 2.0], (3, 3)),
    "csr": lambda: EYE.to_sparse_csr(),
    "csc": lambda: EYE.to_sparse_csc(),
    "bsr": lambda: EYE.to_sparse_bsr((2, 2)),
    "bsc": lambda: EYE.to_sparse_bsc((2, 2)),
    "quantized": lambda: torch.quantize_per_tensor(DENSE, 0.1, 3, torch.quint8),
    "by channel": lambda: torch.quantize_per_channel(
        DENSE, torch.full((4,), 0.25, dtype=torch.float64), torch.arange(4), 0, torch.qint8
    ),
    "nested": lambda: torch.nested.nested_tensor([DENSE[0], DENSE[1, :3]]),
    "mkldnn": lambda: DENSE.to_mkldnn(),
    "leaf": lambda: DENSE.clone().requires_grad_(True),
    "result": lambda: DENSE.clone().requires_grad_(True) * 2,
    "parameter": lambda: torch.nn.Parameter(DENSE.clone()),
    "frozen parameter": lambda: torch.nn.Parameter(DENSE.clone(), requires_grad=False),
    "inference": torch.inference_mode()(lambda: DENSE * 2),
    "state dict": lambda: torch.nn.Linear(3, 2).requires_grad_(False).state_dict(),
    "batch": lambda: {"x": DENSE, "y": [torch.arange(4), (DENSE.half(), None)], "n": 3},
    "size and dtype": lambda: [torch.Size([2, 3]), torch.float16, torch.device("cpu")],
}

ARRAYS: dict[str, Callable[[], Any]] = {
    "objects": lambda: np.array([1, "a", None, {"x": 2.5}, (1, 2)], dtype=object),
    "texts": lambda: np.array([["a", "bb"], ["é", ""]]),
    "octets": lambda: np.array([b"a", b"bb\x00c"]),
    "any texts": lambda: np.array(["a", "", "x" * 99, "é\x00"], dtype=np.dtypes.StringDType()),
    "texts or none": lambda: np.array([["a", None]], dtype=np.dtypes.StringDType(na_object=None)),
    "texts or nan": lambda: np.array(["a", np.nan], np.dtypes.StringDType(na_object=np.nan)),
    "exact texts": lambda: np.array(["a", "?"], np.dtypes.StringDType(na_object="?", coerce=False)),
    "no texts": lambda: np.empty((0, 2), np.dtypes.StringDType()),
    "0-d array": lambda: np.array(3),
    "empty": lambda: np.empty((0, 4)),
    "columns first": lambda: np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big endian": lambda: np.array([1.1, 2.2], dtype=">f8"),
    "backwards": lambda: np.arange(10)[::-2],
    "structured": lambda: np.array([(1, 2.0)], dtype=np.dtype("i1,f8", align=True)),
    "times": lambda: np.array(["2020-01-01", "NaT"], dtype="M8[D]"),
    "long": lambda: np.array([1.1], dtype=np.longdouble),
    "void": lambda: np.zeros(3, dtype="V5"),
    "matrix": lambda: np.matrix([[1, 2], [3, 4]]),
    "records": lambda: np.rec.array([(1, 2.0), (3, 4.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "masked": lambda: np.ma.array([1, 2, 3], mask=[0, 1, 0], fill_value=9),
    "unmasked": lambda: np.ma.array([1.5, 2.0]),
    "hard mask": lambda: np.ma.array([[1, 2]], mask=[[1, 0]], hard_mask=True),
    "masked records": lambda: np.ma.array([(1, 2.0)], mask=[(0, 1)], dtype="i4,f8"),
    "repeated": lambda: np.broadcast_to(np.arange(3.0), (4, 3)),
    "scalars": lambda: [np.float32(1.5), np.datetime64("2020-01-01"), np.str_("é"), np.True_],
    **{
        f"sparse {form}_{kind}": lambda form=form, kind=kind: getattr(sp, f"{form}_{kind}")(
            sp.coo_matrix(([1.0, 2.0], ([0, 2], [1, 3])), shape=(4, 5))
        )
        for form in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
        for kind in ("matrix", "array")
    },
    "index": lambda: [pd.Index([1.5, 2.0], name="n"), pd.Index(["a"]), pd.RangeIndex(2, 9, 3)],
    "levels": lambda: [
        pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None])[1:],
        pd.MultiIndex.from_arrays([["a", None], pd.to_datetime(["2024-01-01", None])]),
    ],
    "categories": lambda: [
        pd.Categorical(["a", "b", None], ["b", "a", "unused"], ordered=True),
        pd.CategoricalDtype([1.5, 2.0]),
        pd.CategoricalDtype(),
        pd.CategoricalIndex(["a", "b"], name="kind"),
        pd.cut([1, 7, 5], 3),
    ],
    "spans": lambda: [
        pd.date_range("2024-03-30", periods=3, tz="Europe/Berlin", name="day"),
        pd.DatetimeIndex(["2024-01-01", None]).as_unit("s"),
        pd.timedelta_range("1h", periods=2),
        pd.period_range("2024", periods=2, freq="M"),
        pd.Period("2024Q1"),
        pd.interval_range(0, 3, closed="left"),
        pd.Interval(0.5, 2.5, closed="both"),
    ],
    "moments": lambda: [pd.Timestamp("2024-01-01 12:00:00.000000001"), pd.Timedelta("-1s")],
    "zoned moments": lambda: [pd.Timestamp("2024-07-01", tz="Europe/Berlin"), pd.NaT],
    "splits": lambda: {"X": pd.DataFrame({"a": [1, 2]}), "t": DENSE, "s": pd.Series([1.5, None])},
    "tables": lambda: [pl.DataFrame({"a": [1]}), pa.table({"b": ["x"]}), LabelEncoder()],
}

PLAIN: dict[str, Callable[[], Any]] = {
    "ordered": lambda: OrderedDict(b=1, a=(2, [3])),
    "default dict": lambda: defaultdict(list, a=[1]),
    "counter": lambda: Counter("abca"),
    "queue": lambda: deque([1, (2, DENSE)], maxlen=5),
    "range and slice": lambda: [range(1, 9, 2), slice(None, 3), complex(1, -2), frozenset({1})],
    "datetime": lambda: datetime(2024, 2, 29, 12, 30, 1, 5, fold=1),
    "zoned": lambda: [datetime(2024, 1, 1, tzinfo=zone) for zone in (ZONE, UTC)],
    "named zone": lambda: datetime(2024, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")),
    "day and hour": lambda: (date(2024, 2, 29), time(23, 59, tzinfo=ZONE), timedelta(-1, 5, 7)),
    "exact": lambda: [Decimal("1.10"), Decimal("-Infinity"), Fraction(-1, 3), UUID(int=7)],
    "paths": lambda: [Path("data/x.csv"), PurePosixPath("/a"), PureWindowsPath("C:/b")],
    "config": lambda: SimpleNamespace(lr=0.1, inner=SimpleNamespace(steps=[1, 2])),
    "arguments": lambda: argparse.Namespace(lr=0.1, out=Path("out")),
}

X = RNG.normal(size=(20, 3))
Y = np.array(["no", "yes"] * 10)
TEXTS = ["the cat sat", "the dog", "a cat and a dog"]

FITTED: dict[str, Callable[[], Any]] = {
    "scaler": lambda: StandardScaler().fit(X),
    "labels": lambda: LabelEncoder().fit(Y),
    "one hot": lambda: OneHotEncoder().fit(Y[:, None]),
    "words": lambda: TfidfVectorizer().fit(TEXTS),
    "forest": lambda: make_pipeline(
        StandardScaler(), RandomForestClassifier(n_estimators=3, random_state=0)
    ).fit(X, Y),
    "dataset": lambda: TensorDataset(DENSE, torch.arange(4)),
    "split": lambda: random_split(
        ConcatDataset([TensorDataset(DENSE), TensorDataset(DENSE + 1)]),
        [5, 3],
        torch.Generator().manual_seed(0),
    ),
    "module": lambda: torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()),
}

_KINDS = (TENSORS, ARRAYS, COLUMNS, PLAIN, FITTED)
CASES = {name: case for cases in _KINDS for name, case in cases.items()}
assert len(CASES) == sum(map(len, _KINDS)), "two cases have one name: one of them is never tried"
HOLDERS = ("state dict", "batch", "size and dtype")
"""Of `TENSORS` those that hold several."""
RANDOM = {"state dict", "module"}
"""Drawn anew each time: compared by the shapes that they have."""


def made(name: str) -> Any:
    """Return the value of a case; sparse and quantized kinds warn that they are experimental."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CASES[name]()


def told(value: Any) -> Any:
    """Return all that counts about a value, as something that ``==`` compares to the bit."""
    cls = type(value).__name__
    if isinstance(value, torch.Tensor):
        return cls, _tensor(value)
    if isinstance(value, np.ma.MaskedArray):
        mask = None if np.ma.getmask(value) is np.ma.nomask else told(np.ma.getmask(value))
        return cls, told(value.data), mask, told(np.asarray(value.fill_value)), value.hardmask
    if isinstance(value, np.ndarray):
        # Between the numbers of a long double, or of a record, lies what was there before.
        loose = value.dtype.hasobject or value.dtype.names or value.dtype.char in "gG"
        content = repr(value.tolist()) if loose else value.tobytes()
        columns = value.flags.f_contiguous and not value.flags.c_contiguous
        dtype = str(value.dtype.descr if value.dtype.names else value.dtype)
        return cls, dtype, value.shape, columns, content
    if sp.issparse(value):
        own = value.tocoo() if value.format in ("lil", "dok") else value
        names = ("data", "indices", "indptr", "row", "col", "offsets")
        parts = [told(getattr(own, name)) for name in names if hasattr(own, name)]
        return cls, value.shape, parts
    if hasattr(value, "predict_proba"):
        return cls, told(value.predict_proba(X))
    if isinstance(value, TfidfVectorizer):
        return cls, told(value.transform(TEXTS)), told(value.vocabulary_)
    if isinstance(value, np.generic):
        return cls, str(value.dtype), value.tobytes()
    if isinstance(value, torch.nn.Module):
        return cls, told(value.state_dict()), told(list(value.children()))
    if isinstance(value, (pd.DataFrame, pd.Series)):
        columns = [value.iloc[:, n] for n in range(value.shape[1])] if value.ndim == 2 else [value]
        labels = told(value.columns) if value.ndim == 2 else told(value.name)
        return cls, told(value.index), labels, [told(one.array) for one in columns], value.attrs
    if isinstance(value, (pl.DataFrame, pa.Table)):
        return cls, str(value.schema), str(value)
    if isinstance(value, (pl.Series, pa.Array, pa.ChunkedArray, pa.RecordBatch)):
        kind = value.schema if isinstance(value, pa.RecordBatch) else getattr(value, "type", None)
        return cls, str(kind or value.dtype), str(value.to_pylist() if kind else value)
    if isinstance(value, pa.Schema):
        return cls, value.to_string(show_schema_metadata=True)
    if isinstance(value, DataLoader):
        return cls, value.drop_last, value.batch_size, [told(batch) for batch in value]
    if isinstance(value, pd.Index):
        return cls, repr(value), str(value.dtype)
    if isinstance(value, pd.Categorical):
        return cls, told(value.codes), told(value.categories), value.ordered
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return cls, str(value.dtype), repr(list(value)), getattr(value, "freq", None)
    if isinstance(value, COMPUTED):
        columns = value if value.obj.ndim == 1 or value._selection else value[["n"]]
        return cls, str(columns.sum())
    if isinstance(value, pd.CategoricalDtype):
        return cls, told(value.categories), value.ordered
    if isinstance(value, (pd.Timestamp, pd.Timedelta)):
        return cls, repr(value), value.unit, value.value
    if isinstance(value, dict):
        extra = getattr(value, "default_factory", None), getattr(value, "_metadata", None)
        return cls, [(told(key), told(item)) for key, item in value.items()], str(extra[0])
    if isinstance(value, (list, tuple, deque)):
        return cls, [told(item) for item in value], getattr(value, "maxlen", None)
    if isinstance(value, (set, frozenset)):
        return cls, sorted(map(repr, value))
    if hasattr(value, "__dict__") and not isinstance(value, (Path, Fraction)):
        return cls, told(vars(value))
    return cls, repr(value)


def _tensor(value: torch.Tensor) -> Any:
    facts = (str(value.dtype), str(value.layout), str(value.device), value.requires_grad
             and value.is_leaf)  # fmt: skip
    value = value.detach()
    if value.is_nested:
        return facts, [_tensor(part) for part in value.unbind()]
    if value.layout == torch.sparse_coo:
        parts = [value._indices(), value._values()]
        return facts, value.shape, value.is_coalesced(), [_tensor(part) for part in parts]
    if "sparse" in str(value.layout):
        csr = value.layout in (torch.sparse_csr, torch.sparse_bsr)
        ends = (value.crow_indices(), value.col_indices()) if csr else (
            value.ccol_indices(), value.row_indices())  # fmt: skip
        return facts, value.shape, [_tensor(part) for part in (*ends, value.values())]
    if value.is_mkldnn:
        return facts, _tensor(value.to_dense())
    if value.is_quantized:
        each = "channel" in str(value.qscheme())
        scale = value.q_per_channel_scales().tolist() if each else value.q_scale()
        return facts, scale, value.stride(), _tensor(value.int_repr())
    flags = value.is_conj(), value.is_neg()
    plain = value.resolve_conj().resolve_neg().contiguous()
    plain = plain.as_strided((plain.numel(),), (1,))
    content = bytes(plain.view(torch.uint8).numpy()) if value.numel() else b""
    # Of a stretch with gaps only what is seen of it is kept, in a row.
    reach = sum((n - 1) * step for n, step in zip(value.shape, value.stride(), strict=True)) + 1
    strides = None if reach > value.numel() or value.is_contiguous() else value.stride()
    return facts, value.shape, strides, flags, content
