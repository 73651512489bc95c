"""Rankings."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.metrics.leaderboard import Leaderboard, Ranked, Unranked, leaderboard
from jupyter_mvt.metrics.rebuild import rebuild
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.version import VersionRef
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.store.store import Store

Publish = Callable[..., str]


def board(store: Store, **choice: object) -> Leaderboard:
    return leaderboard(store, oplog.current(store), **choice)  # type: ignore[arg-type]


def order(found: Leaderboard) -> list[tuple[int, str, object]]:
    return [(row.rank, row.version.name, row.value) for row in found.rows]


def reasons(found: Leaderboard) -> list[tuple[str, str]]:
    return [(row.version.name, row.reason) for row in found.unranked]


def test_a_whole_leaderboard(memory: Store, publish: Publish) -> None:
    one = publish(
        memory,
        [Metric(name="accuracy", value=0.5, split="test", dataset_id="d", n=9),
         Metric(name="accuracy", value=0.9, split="train"), Metric(name="loss", value=2)],
        {"lr": 0.1, "opt": "adam"}, message="first", label="production",
    )  # fmt: skip
    two = publish(memory, {"accuracy": math.nan}, {"lr": 0.2, "opt": "adam"}, message="second")
    first = VersionRef(
        id=one, number=1, message="first", branch="main", author="ana",  # type: ignore[arg-type]
        time_us=1_700_000_000_000_000, labels=("production",),
    )  # fmt: skip
    second = VersionRef(
        id=two, number=2, message="second", branch="main", author="ana",  # type: ignore[arg-type]
        time_us=1_700_000_000_000_001, parents=(one,),  # type: ignore[arg-type]
    )  # fmt: skip
    found = board(memory)
    assert repr(found) == repr(
        Leaderboard(
            by="accuracy",
            slice="",
            unit="share",
            chosen=True,
            ascending=False,
            basis="name",
            rows=(
                Ranked(
                    rank=1,
                    version=first,
                    value=0.5,
                    values={"accuracy": 0.5, "accuracy (train)": 0.9, "loss": 2},
                    params={},
                    split="test",
                    dataset_id="d",
                    n=9,
                    stderr=None,
                    trail=(0.5,),
                ),
            ),
            unranked=(Unranked(version=second, value=math.nan, reason="accuracy is NaN"),),
            total=1,
            total_unranked=1,
            metrics=("accuracy", "loss", "accuracy (train)"),
            params=(),
            same_data=True,
        )
    )
    assert found.to_dict()["rows"][0]["version"]["labels"] == ("production",)


@pytest.mark.parametrize("folded", [False, True])
def test_what_is_not_finite_is_never_ranked(local: Store, publish: Publish, folded: bool) -> None:
    for value in (0.5, math.nan, math.inf, -math.inf, None, True, 10**400, 0.9, 3, 0.9):
        publish(local, {"accuracy": value})
    publish(local, {"other": 1})
    if folded:
        rebuild(local)
    for rising in (False, True):
        found = board(local, by="accuracy", ascending=rising)
        expected: list[tuple[str, object]] = [("v9", 3), ("v8", 0.9), ("v10", 0.9), ("v1", 0.5)]
        if rising:
            expected = [("v1", 0.5), ("v8", 0.9), ("v10", 0.9), ("v9", 3)]
        assert [row[1:] for row in order(found)] == expected
        assert reasons(found) == [
            ("v11", "accuracy was not recorded"),
            ("v7", "accuracy is too large to rank"),
            ("v6", "accuracy is true, not a number"),
            ("v5", "accuracy was logged as missing"),
            ("v4", "accuracy is -Inf"),
            ("v3", "accuracy is +Inf"),
            ("v2", "accuracy is NaN"),
        ]
        assert (found.total, found.total_unranked) == (4, 7)


def test_the_direction_is_recorded_or_known_or_asked_for(memory: Store, publish: Publish) -> None:
    publish(memory, [Metric(name="score", value=1.0, higher_is_better=False),
                     Metric(name="loss", value=1.0), Metric(name="zork", value=1.0)])  # fmt: skip
    publish(memory, {"score": 2.0, "loss": 2.0, "zork": 2.0})
    for by, basis in (("score", "recorded"), ("loss", "name")):
        found = board(memory, by=by)
        assert (found.ascending, found.basis, found.chosen) == (True, basis, False)
        assert [row.version.name for row in found.rows] == ["v1", "v2"]
    assert board(memory, by="zork", ascending=False).basis == "asked"
    with pytest.raises(UsageError) as caught:
        board(memory, by="zork")
    assert caught.value.lines() == [
        "UsageError [unknown-direction]: Nobody told whether more is better for 'zork'.",
        "Hint: mvt leaderboard --by zork --no-ascending",
    ]


def test_unknown_metrics_have_close_ones(memory: Store, publish: Publish) -> None:
    with pytest.raises(NotFoundError) as caught:
        board(memory)
    assert caught.value.lines() == [
        "NotFoundError [no-versions]: There are no versions yet.",
        'Hint: mvt commit -m "first"',
    ]
    publish(memory, {})
    with pytest.raises(NotFoundError) as caught:
        board(memory)
    assert caught.value.lines() == [
        "NotFoundError [unknown-metric]: There is no metric of known direction to rank by.",
        "Hint: mvt commit --metrics accuracy=0.93",
    ]
    publish(memory, {"accuracy": 1.0, "zork": 2})
    with pytest.raises(NotFoundError) as caught:
        board(memory, by="acuracy")
    assert caught.value.lines() == [
        "NotFoundError [unknown-metric]: No version has a metric named 'acuracy';"
        " there is accuracy.",
        "Hint: mvt leaderboard --by accuracy",
    ]


def test_only_what_refs_reach(memory: Store, publish: Publish) -> None:
    ids = [publish(memory, {"accuracy": i / 10}) for i in range(4)]

    def back(view: object) -> object:
        return oplog.follow(
            view, token="f" * 32, time_us=1, actor="a", tool="t", verb="undo",  # type: ignore[arg-type]
            changes=(Change("branch/main", ids[3], ids[1]), Change("branch/exp", None, ids[0])),
        )  # fmt: skip

    oplog.append(memory, back)  # type: ignore[arg-type]
    assert [row.version.name for row in board(memory).rows] == ["v2", "v1"]
    assert [row.version.name for row in board(memory, branch="exp").rows] == ["v1"]
    assert [row.version.name for row in board(memory, all=True).rows] == ["v4", "v3", "v2", "v1"]
    with pytest.raises(NotFoundError) as caught:
        board(memory, branch="nope")
    assert caught.value.lines() == [
        "NotFoundError [unknown-branch]: There is no branch 'nope'.",
        "Hint: mvt branch list",
    ]


def test_filters_splits_slices_and_limits(memory: Store, publish: Publish) -> None:
    for i in range(6):
        publish(
            memory,
            [Metric(name="accuracy", value=i / 10, split="test"),
             Metric(name="accuracy", value=1 - i / 10, split="train"),
             Metric(name="accuracy", value=(i % 3) / 10, slice="a > 1")],
            {"depth": i, "same": 1}, author="ana" if i % 2 else "bo",
        )  # fmt: skip
    assert [row.version.number for row in board(memory, limit=2).rows] == [6, 5]
    assert board(memory, limit=2).total == 6
    assert board(memory, limit=0).rows == ()
    assert [r.version.number for r in board(memory, where="author = 'ana' and depth < 5").rows] == [
        4, 2,
    ]  # fmt: skip
    assert [row.version.number for row in board(memory, split="train", limit=1).rows] == [1]
    sliced = board(memory, slice="a > 1")
    assert [row.version.number for row in sliced.rows] == [3, 6, 2, 5, 1, 4]
    assert sliced.rows[0].values == {"accuracy": 0.2}
    assert board(memory, limit=2).params == ("depth",)
    assert [row.params for row in board(memory, limit=2).rows] == [{"depth": 5}, {"depth": 4}]
    with pytest.raises(UsageError, match="cannot be negative"):
        board(memory, limit=-1)


def test_different_test_data_is_told(memory: Store, publish: Publish) -> None:
    for data in ("d1", "d1"):
        publish(memory, [Metric(name="accuracy", value=0.5, dataset_id=data)])
    assert board(memory).same_data is True
    publish(memory, [Metric(name="accuracy", value=0.5, dataset_id="d2")])
    assert board(memory).same_data is False
    publish(memory, {"accuracy": 0.5})
    assert board(memory).same_data is None
