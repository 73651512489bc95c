"""A change within the noise that the standard errors tell of is neither better nor worse."""

import pytest

from jupyter_mvt.compare import noise
from jupyter_mvt.compare.metrics import diff_metrics
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.views import parts


def acc(value, stderr=None, name="accuracy"):
    return Metric(name=name, value=value, unit="share", higher_is_better=True, dataset_id="d",
                  n=1000, stderr=stderr)  # fmt: skip


def found(make, base, other):
    return diff_metrics(*make.pair(Content(metrics=(*base,)), Content(metrics=(*other,))))


@pytest.mark.parametrize(
    ("base", "other", "verdict", "word"),
    [
        (acc(0.9, 0.01), acc(0.88, 0.01), "inconclusive", "tested by 95 % intervals"),
        (acc(0.9, 0.01), acc(0.87, 0.01), "worse", "tested by 95 % intervals"),
        (acc(0.87, 0.01), acc(0.9, 0.01), "better", "tested by 95 % intervals"),
        (acc(0.9, 0.01), acc(0.88), "worse", "not tested"),
        (acc(0.9), acc(0.91), "better", "not tested"),
        (acc(0.9, 0.0), acc(0.91, 0.0), "better", "not tested"),
    ],
)
def test_verdicts(make, base, other, verdict, word):
    diff = found(make, [base], [other])
    assert (diff.changes[0].verdict, diff.noise) == (verdict, word)


def test_some_without_error(make):
    diff = found(
        make, [acc(0.9, 0.01), acc(0.5, name="f1")], [acc(0.88, 0.01), acc(0.6, name="f1")]
    )
    assert [(c.name, c.verdict) for c in diff.changes] == [
        ("f1", "better"), ("accuracy", "inconclusive")]  # fmt: skip
    assert diff.noise == "tested where errors are known"


def test_words(make):
    (row,) = parts.scaled(found(make, [acc(0.9, 0.01)], [acc(0.88, 0.01)]).changes)
    assert (row["change"], row["unit"], row["interval"], row["word"]) == (
        "−2.0", "pp", "± 2.8", "inconclusive")  # fmt: skip
    assert row["effect"] == 0
    assert row["tip"] == "Higher is better, 1,000 rows, 95 % interval −4.8 to +0.8\xa0pp"


def test_interval_is_that_of_independent_sides():
    low, high = noise.interval(1.0, 3.0, 4.0)
    assert (low, high) == pytest.approx((1 - 9.8, 1 + 9.8))
    assert noise.interval(None, 1.0, 1.0) is None
    assert not noise.within(None)
