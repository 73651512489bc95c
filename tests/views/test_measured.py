"""One metric reads the same wherever it is shown, and two of one name are told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_mvt.compare.metrics import diff_metrics
from jupyter_mvt.compare.side import Side
from jupyter_mvt.history.results import Log, LogEntry
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.views import log, version
from tests.views.samples import details, ref


def acc(value: float, **told: object) -> Metric:
    facts = {"name": "accuracy", "unit": "share", "split": "test"}
    return Metric(value=value, **{**facts, **told})  # type: ignore[arg-type]


@pytest.mark.parametrize("told", [(None, None), (True, None), (None, False), (True, False)])
@pytest.mark.parametrize("name", ["accuracy", "log_loss", "gap"])
def test_a_list_judges_as_the_diff_does(name: str, told: tuple[bool | None, bool | None]) -> None:
    before = acc(0.6, name=name, higher_is_better=told[0])
    after = acc(0.7, name=name, higher_is_better=told[1])
    entries = tuple(
        LogEntry(version=ref(number), metrics=(metric,))
        for number, metric in ((6, after), (5, before))
    )
    listed = log.payload(Log(repository="churn", entries=entries, total=2))
    newest = listed["rows"][0]["points"]
    # Metrics are compared by what the commits say: nothing is read.
    sides = (
        Side(ref=ref(number), commit=replace(details().commit, content=Content(metrics=(metric,))),
             objects=None)  # type: ignore[arg-type]
        for number, metric in ((5, before), (6, after))
    )  # fmt: skip
    found = diff_metrics(*sides)
    assert found is not None
    assert [point["verdict"] for point in newest.values()] == [found.changes[0].verdict]


def shown(*metrics: Metric) -> list[tuple[str, str, str]]:
    view = version.payload(replace(details(), metrics=metrics, evaluations=()))
    return [(row["title"], row["split"], row["other"]["text"]) for row in view["metrics"]]


def test_a_metric_of_two_sets_of_rows_says_which_is_which() -> None:
    recorded = acc(0.88, dataset_id="a" * 64, n=150)
    evaluated = acc(0.91, dataset_id="b" * 64, n=300, source="evaluated")
    assert shown(recorded, acc(0.4, name="gap"), evaluated) == [
        ("Accuracy", "recorded on 150 rows of test", "0.880"),
        ("Gap", "", "0.400"),
        ("Accuracy", "evaluated on 300 rows", "0.910"),
    ]
    noted = acc(0.88, split="holdout")
    other = acc(0.91, split="holdout", dataset_id="b" * 64, n=300, source="evaluated")
    assert shown(noted, other) == [
        ("Accuracy", "holdout, recorded", "0.880"),
        ("Accuracy", "holdout, evaluated on 300 rows", "0.910"),
    ]


def test_two_evaluations_on_as_many_rows_are_told_apart_by_their_data() -> None:
    one, two = (
        acc(value, dataset_id=oid * 64, n=300, source="evaluated")
        for value, oid in ((0.9, "a"), (0.8, "b"))
    )
    assert [split for _, split, _ in shown(one, two)] == [
        "evaluated on 300 rows, data aaaaaaaaaa",
        "evaluated on 300 rows, data bbbbbbbbbb",
    ]


def test_a_figure_that_was_noted_and_measured_stands_once() -> None:
    evaluated = acc(0.91, dataset_id="b" * 64, n=300, source="evaluated")
    assert shown(acc(0.91), evaluated) == [("Accuracy", "", "0.910")]
    assert len(shown(acc(0.91), acc(0.91, slice="region=south"))) == 2
