"""What differs between two versions of the churn repository, apart from metrics and params."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.compare.diff import (
    CellChange,
    CodeDiff,
    ColumnChange,
    DataDiff,
    DatasetChange,
    Line,
    ModelChange,
    TensorChange,
    WeightsDiff,
)
from jupyter_mvt.compare.flips import ExampleChange, FlipCount, PredictionsDiff, SliceChange


def predictions() -> PredictionsDiff:
    return PredictionsDiff(
        task="classification", split="test", rows=8000, agree=7790, broke=118, fixed=92,
        both_right=6970, both_wrong=820, p=0.0731,
        flips=(FlipCount(truth="churn", base="churn", other="stay", rows=118),
               FlipCount(truth="stay", base="churn", other="stay", rows=92)),
        examples=(
            ExampleChange(row=4711, fixed=False, truth="churn", base="churn", other="stay",
                          base_score=0.912, other_score=0.214),
            ExampleChange(row=17, fixed=True, truth="stay", base="churn", other="stay",
                          base_score=0.31, other_score=0.88),
        ),
        slices=(SliceChange(name="region = south", rows=612, agree=540, broke=66, fixed=6),),
    )  # fmt: skip


def data() -> DataDiff:
    days = [0, 10, 30, 60, 90, 120, 150, 190, 230, 290, 400]
    fewer = [0, 5, 15, 35, 60, 85, 110, 140, 170, 230, 310]
    region = {"n": 48_210, "nulls": 0, "top": [["west", 12_900], ["north", 10_400],
              ["south", 8640], ["east", 8300], ["mid", 7970]]}  # fmt: skip
    region_new = {"n": 46_905, "nulls": 0, "top": [["west", 14_100], ["north", 12_100],
                  ["east", 9300], ["mid", 8590], ["south", 2815]]}  # fmt: skip
    columns = (
        ColumnChange(name="last_contact_days", presence="changed", base_type="float64",
                     other_type="float64", psi=0.69,
                     base={"n": 48_210, "nulls": 193, "quantiles": days},
                     other={"n": 46_905, "nulls": 5253, "quantiles": fewer}),
        ColumnChange(name="region", presence="changed", base_type="string", other_type="string",
                     psi=0.15, base=region, other=region_new),
        ColumnChange(name="churn_score", presence="added", other_type="float64"),
    )  # fmt: skip
    return DataDiff(
        changes=(
            DatasetChange(var="train", role="train", presence="changed", base_rows=48_210,
                          other_rows=46_905, base_columns=20, other_columns=20,
                          relation="3 of 20 columns changed", columns=columns),
        ),
        equal=("test",),
    )  # fmt: skip


def code() -> CodeDiff:
    texts: tuple[tuple[Any, int, int, str], ...] = (
        ("same", 1, 1, "def load(month):"),
        ("same", 2, 2, "    frames = [read(month, r) for r in REGIONS]"),
        ("removed", 3, 0, "    df = concat(frames)"),
        ("added", 0, 3, '    df = concat(frames, join="inner")'),
        ("added", 0, 4, "    df = df[df.last_contact_days < 400]"),
        ("removed", 4, 0, "    return df.fillna(0)"),
        ("added", 0, 5, "    return df.dropna()"),
    )
    lines = tuple(Line(kind=kind, base=a, other=b, text=text) for kind, a, b, text in texts)
    only = (Line(kind="added", base=0, other=1, text="train.describe()"),)
    return CodeDiff(
        cells=(
            CellChange(presence="changed", base_order=4, other_order=4, lines=lines),
            CellChange(presence="added", other_order=7, lines=only),
        ),
        total=6,
        git=("1c2d3e4f5a6b", "9f31c07aa2be"),
    )


def weights() -> WeightsDiff:
    known = (("emb.region.weight", 0.41, 320, 0.914), ("head.out.weight", 0.29, 256, 0.957),
             ("trunk.4.weight", 0.12, 40_000, 0.993), ("head.0.weight", 0.12, 16_384, 0.993),
             ("trunk.2.weight", 0.09, 40_000, 0.996), ("trunk.0.weight", 0.07, 19_000, 0.998),
             ("emb.plan.weight", 0.06, 96, 0.998),
             ("trunk.norm0.bias", 0.03, 200, 1.0))  # fmt: skip
    tensors = tuple(
        TensorChange(path=path, presence="changed", dtype="float32", base_shape=(size,),
                     other_shape=(size,), elements=size, rel_l2=rel, cosine=cosine)
        for path, rel, size, cosine in known
    )  # fmt: skip
    grown = TensorChange(path="emb.device.weight", presence="changed", dtype="float32",
                         base_shape=(4, 8), other_shape=(5, 8), elements=40)  # fmt: skip
    return WeightsDiff(
        models=(
            ModelChange(var="model", presence="changed", base_cls="__main__.TabularNet",
                        other_cls="__main__.TabularNet", rel_l2=0.12, base_bytes=473_608,
                        other_bytes=473_640, tensors=(grown, *tensors), equal=2, total=11,
                        structure=("emb.device: Embedding(4, 8) → Embedding(5, 8)",)),
        )
    )  # fmt: skip
