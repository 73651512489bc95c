"""What was measured after a commit is in the index as long as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_mvt.metrics.query import sql
from jupyter_mvt.objects.evaluation import (
    Evaluation,
    evaluation_ref,
    evaluation_text,
    marks_of,
)
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.store import oplog
from jupyter_mvt.store.store import Store

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View

Publish = Callable[..., str]


def evaluate(store: Store, *metrics: Metric, undo: bool = False) -> None:
    """Mark the newest version as evaluated, or take its newest evaluation away."""
    view = oplog.current(store)
    if not view.count:
        return
    version = list(view.commits)[view.count - 1]
    marks = marks_of(view, version)
    number = len(marks) + (not undo)
    ref = evaluation_ref(version, number)
    if undo and ref not in marks:
        return
    made = Evaluation(
        author="ana", time_us=view.number, task="regression", split="test", dataset_id="d",
        rows=3, examples="", metrics=metrics or (
            Metric(name="a", value=view.number, split="test", dataset_id="d", source="evaluated"),
            Metric(name=f"m{number}", value=0.5, slice="x = 1", source="evaluated"),
        ),
    )  # fmt: skip
    change = Change(ref, marks.get(ref), None if undo else evaluation_text(made))

    def draft(view: View) -> Operation:
        return oplog.follow(
            view, token=f"{view.number:032x}", time_us=view.number, actor="ana", tool="test",
            verb="undo" if undo else "evaluate", changes=(change,),
        )  # fmt: skip

    oplog.append(store, draft)


VALUES_OF_A = (
    "SELECT number, name, slice, split, value, source FROM metrics JOIN commits USING (cid) "
    "ORDER BY number, name, split"
)


def test_the_newest_evaluation_counts_until_it_is_undone(local: Store, publish: Publish) -> None:
    publish(local, [Metric(name="a", value=1.0, split="test", dataset_id="d")])
    own = [(1, "a", "", "test", 1.0, "explicit")]
    assert sql(local, VALUES_OF_A).rows() == own
    for value in (2.0, 3.0):
        metric = Metric(name="a", value=value, split="test", dataset_id="d", source="evaluated")
        other = Metric(name="b", value=value, slice="x = 1", source="evaluated")
        evaluate(local, metric, other)
        assert sql(local, VALUES_OF_A).rows() == [
            (1, "a", "", "test", value, "evaluated"),
            (1, "b", "x = 1", "", value, "evaluated"),
        ]
        assert sql(local, "SELECT a FROM summary").rows() == [(value,)]
    evaluate(local, undo=True)
    assert sql(local, VALUES_OF_A).rows()[0][4] == 2.0
    evaluate(local, undo=True)
    assert sql(local, VALUES_OF_A).rows() == own


def test_a_mark_that_is_no_evaluation_says_nothing(local: Store, publish: Publish) -> None:
    version = publish(local, {"a": 1.0})

    def draft(view: View) -> Operation:
        marks = (("1", "{"), ("x", "{}"), ("2", '{"format":9}'))
        changes = tuple(Change(f"eval/{version}/{tail}", None, text) for tail, text in marks)
        lost = Change(f"eval/{'0' * 64}/1", None, "{}")
        return oplog.follow(
            view, token="0" * 32, time_us=1, actor="ana", tool="test", verb="evaluate",
            changes=(*changes, lost),
        )  # fmt: skip

    oplog.append(local, draft)
    assert sql(local, "SELECT name, value FROM metrics").rows() == [("a", 1.0)]
