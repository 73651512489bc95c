"""From commits to rows."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.metrics.query import metric_value
from jupyter_mvt.metrics.rows import Rows, exact, extract, number, widened
from jupyter_mvt.metrics.schema import COLUMNS
from jupyter_mvt.metrics.splits import split_rank
from jupyter_mvt.metrics.text import stored, told
from jupyter_mvt.objects.commit import Commit, Content, Model, Param
from jupyter_mvt.objects.dataset import Dataset
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.metric import Metric

ID = ObjectId("f" * 64)


def model(var: str, *, primary: bool, params: tuple[Param, ...]) -> Model:
    return Model(
        var=var,
        role="predictor",
        primary=primary,
        adapter="sklearn/1",
        framework="scikit-learn 1.7",
        cls="Ridge",
        params=params,
        weights=ID,
        weights_id=ObjectId("a" * 64),
        weights_bytes=80,
        n_weights=10,
        state=ID,
        state_kind="declarative",
        state_identity=ID,
        arch=ID,
    )


def test_a_commit_becomes_these_rows() -> None:
    test = Dataset(
        var="X", role="train", kind="numpy", id=ObjectId("d" * 64), rows=9, columns=2, schema_id=ID
    )
    commit = Commit(
        parents=(ObjectId("1" * 64),),
        tree_id=ID,
        branch="main",
        message="m",
        author="ana",
        time_us=5,
        new_bytes=7,
        content=Content(
            metrics=(
                Metric(name="acc", value=0.5, split="train"),
                Metric(name="acc", value=0.4, split="test", n=9, higher_is_better=True),
                Metric(name="acc", value=0.1, slice="a > 1"),
                Metric(name="best", value=None),
            ),
            params=(Param(name="lr", value=0.1),),
            models=(
                model("side", primary=False, params=(Param(name="lr", value=1),)),
                model("clf", primary=True, params=(Param(name="fit", value=True, default=True),)),
            ),
            datasets=(test,),
        ),
    )
    rows = Rows()
    extract(rows, commit, "00000000000000f" + "0" * 49, 3)
    assert rows.tables == {
        "commits": [
            (15, "00000000000000f" + "0" * 49, ["1" * 64], 3, 5, "main", "ana", "m", "", "d" * 64,
             "", "a" * 64, 80, 7, "scikit-learn 1.7", "Ridge")
        ],
        "summary": [
            (15, "00000000000000f" + "0" * 49, 5, "ana", {"acc": 0.4, "best": None})
        ],
        "metrics": [
            ("acc", "", "train", "", 5, 15, 0.5, None, None, None, None, "", "explicit"),
            ("acc", "", "test", "", 5, 15, 0.4, None, None, 9, True, "", "explicit"),
            ("acc", "a > 1", "", "", 5, 15, 0.1, None, None, None, None, "", "explicit"),
            ("best", "", "", "", 5, 15, None, "null", None, None, None, "", "explicit"),
        ],
        "params": [
            ("lr", 5, 15, 0.1, "0.1", "float", False),
            ("fit", 5, 15, 1.0, "true", "bool", True),
            ("side.lr", 5, 15, 1.0, "1", "int", False),
        ],
        "datasets": [
            (15, 5, "X", "train", "numpy", "d" * 64, 9, 2, "", "full", "f" * 64, "", 0)
        ],
    }  # fmt: skip


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400)))
def test_every_metric_value_comes_back_from_its_two_columns(value: float | None) -> None:
    back = metric_value(number(value), exact(value))
    assert type(back) is type(value)
    assert back == value or (isinstance(value, float) and math.isnan(value))


@given(st.text(st.characters()), st.text(st.characters()))
def test_text_comes_back_and_stays_distinct(one: str, other: str) -> None:
    assert told(stored(one)) == one
    assert stored(one).encode().decode() == stored(one)
    assert (stored(one) == stored(other)) == (one == other)


def test_text_with_surrogates_is_marked() -> None:
    assert stored("plain ü \\") == "plain ü \\"
    assert stored("a\\\ud800") == "\ufffda\\\\\\ud800"
    assert stored("\ufffdx") == "\ufffd\ufffdx"


def test_splits_are_ranked_unknown_test_validation_others_train() -> None:
    splits = ["train", "zoo", "val", "", "train_2", "dev", "test", "holdout"]
    assert sorted(splits, key=split_rank) == [
        "", "test", "holdout", "dev", "val", "zoo", "train", "train_2"
    ]  # fmt: skip


def test_summary_columns_are_the_first_64_names_that_can_be_columns() -> None:
    names = ["acc", "ACC", "ts", "cid", "", " x", "a\nb", "x" * 101, "\ufffdq", 'quo"te', "$1"]
    assert widened((), names) == ("acc", 'quo"te', "$1")
    many = [f"m{i}" for i in range(100)]
    assert widened((), many) == tuple(many[:64])


@given(st.lists(st.text(max_size=3), max_size=90), st.integers(0, 90))
def test_summary_columns_do_not_depend_on_when_one_folds(names: list[str], cut: int) -> None:
    assert widened(widened((), names[:cut]), names) == widened((), names)


def test_every_table_carries_the_commit() -> None:
    assert all("cid" in dict(columns) for columns in COLUMNS.values())
