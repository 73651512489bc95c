"""Which examples flipped, example by example: counts add up, and nothing is said without data."""

import io
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from scipy.stats import binom

from jupyter_mvt.compare.flips import FlipCount, SliceChange
from jupyter_mvt.compare.predictions import diff_predictions, mid_p
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.evaluation import Evaluation, evaluation_ref, evaluation_text
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.views import predictions as view
from jupyter_mvt.views.text import Look


def table(**columns):
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


def sides(make, base, other, *, task="classification", data=("d", "d")):
    """Two versions evaluated once each, whose examples are the tables `base` and `other`."""
    files = {digest(content): content for content in (base, other)}
    found = []
    for side, content, dataset in zip(
        make.pair(Content(), Content()), (base, other), data, strict=True
    ):
        rows = parquet.read_table(io.BytesIO(content)).num_rows
        made = Evaluation(author="ana", time_us=1, task=task, split="test", dataset_id=dataset,
                          rows=rows, metrics=(), examples=digest(content))  # fmt: skip
        marks = {evaluation_ref(side.ref.id, 1): evaluation_text(made)}
        found.append(replace(side, evaluations=marks, examples=files.__getitem__))
    return found


Y = ["cat", "dog", "cat", "dog"]


def said(values, proba, big=(True, True, False, False)):
    return table(y=Y, prediction=values, probability=proba, **{"big = True": list(big)})


def test_flips_counts_slices_and_examples(make):
    base = said(["cat", "dog", "dog", "cat"], [0.9, 0.8, 0.4, 0.3])
    other = said(["dog", "dog", "cat", "cat"], [0.2, 0.9, 0.6, 0.1])
    found = diff_predictions(*sides(make, base, other))
    counts = (found.rows, found.agree, found.broke, found.fixed, found.both_right, found.both_wrong)
    assert counts == (4, 2, 1, 1, 1, 1)
    assert found.p == 1
    assert found.flips == (
        FlipCount(truth="cat", base="cat", other="dog", rows=1),
        FlipCount(truth="cat", base="dog", other="cat", rows=1),
    )
    assert found.slices == (SliceChange(name="big = True", rows=2, agree=1, broke=1, fixed=0),)
    assert [(e.row, e.fixed, e.base_score, e.other_score) for e in found.examples] == [
        (0, False, 0.9, 0.2), (2, True, 0.4, 0.6)]  # fmt: skip
    assert (
        view.as_text(view.section(found, "v1", "v2"), Look(width=80))
        == """\
Predictions  50.0\xa0% of 4 rows of test predicted alike · McNemar p = 1.00
  right → wrong 1, wrong → right 1, both right 1, both wrong 1

  Commonest changes
    Truth  v1   v2   Rows
    ─────  ───  ───  ────
    cat    cat  dog     1
    cat    dog  cat     1

  By slice
    Slice       Rows   Agree  Right → wrong  Wrong → right
    ──────────  ────  ──────  ─────────────  ─────────────
    big = True     2  50.0\xa0%              1              0

  Right → wrong
    Row  Truth  v1   v2   P(truth) v1  P(truth) v2
    ───  ─────  ───  ───  ───────────  ───────────
      0  cat    cat  dog        0.900        0.200

  Wrong → right
    Row  Truth  v1   v2   P(truth) v1  P(truth) v2
    ───  ─────  ───  ───  ───────────  ───────────
      2  cat    dog  cat        0.400        0.600"""
    )


def test_numbers_are_closer_or_farther(make):
    y = [1.0, 2.0, 3.0]
    base = table(y=y, prediction=[1.5, 2.0, 9.0], residual=[0.5, 0.0, 6.0])
    other = table(y=y, prediction=[1.0, 2.5, 9.0], residual=[0.0, 0.5, 6.0])
    found = diff_predictions(*sides(make, base, other, task="regression"))
    assert (found.agree, found.broke, found.fixed, found.flips) == (1, 1, 1, ())
    assert [(e.row, e.base_score, e.other_score) for e in found.examples] == [
        (1, 0.0, 0.5), (0, 0.5, 0.0)]  # fmt: skip


def test_nothing_without_common_data_or_when_all_is_equal(make):
    base = said(Y, [1.0] * 4)
    other = said(Y[::-1], [0.0] * 4)
    assert diff_predictions(*sides(make, base, other, data=("d", "e"))) is None
    assert diff_predictions(*sides(make, base, other, data=("", ""))) is None
    assert diff_predictions(*sides(make, base, said(Y, [0.5] * 4))) is None
    assert diff_predictions(*make.pair(Content(), Content())) is None

    def gone(oid):
        msg = "deleted"
        raise NotFoundError(msg, code="table-gone", hint="mvt evaluate")

    a, b = sides(make, base, other)
    assert diff_predictions(replace(a, examples=gone), b) is None


def test_labels_of_two_types_compare_as_text(make):
    base = table(y=[0, 1], prediction=[0, 0])
    other = table(y=[0, 1], prediction=["0", "1"])
    found = diff_predictions(*sides(make, base, other))
    assert (found.broke, found.fixed) == (0, 1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=30))
def test_counts_add_up_and_turn_around(make, rows):
    y, a, b = (list(column) for column in zip(*rows, strict=True))
    left, right = table(y=y, prediction=a), table(y=y, prediction=b)
    found = diff_predictions(*sides(make, left, right))
    back = diff_predictions(*sides(make, right, left))
    if a == b:
        assert found is back is None
        return
    assert found.broke + found.fixed + found.both_right + found.both_wrong == len(rows)
    assert sum(flip.rows for flip in found.flips) <= len(rows) - found.agree
    assert (found.broke, found.fixed, found.p) == (back.fixed, back.broke, back.p)


@pytest.mark.parametrize(("broke", "fixed"), [(0, 1), (3, 9), (12, 30), (400, 300), (0, 0), (5, 5)])
def test_mid_p_is_that_of_the_binomial(broke, fixed):
    n, k = broke + fixed, min(broke, fixed)
    expected = 2 * (binom.cdf(k, n, 0.5) - binom.pmf(k, n, 0.5) / 2) if broke != fixed else 1.0
    assert mid_p(broke, fixed) == pytest.approx(min(1.0, expected), rel=1e-9)


def test_a_million_rows(make):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1_000_000)
    base, other = (np.where(rng.random(len(y)) < 0.9, y, 1 - y) for _ in range(2))
    found = diff_predictions(*sides(make, table(y=y, prediction=base),
                                    table(y=y, prediction=other)))  # fmt: skip
    assert found.rows == 1_000_000
    assert found.broke == int(((base == y) & (other != y)).sum())
