"""The filter language."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import QueryError
from jupyter_mvt.metrics.filtering import Compare, Join, Name, Not, parse
from jupyter_mvt.metrics.where import matching
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.store.open import memory_store

if TYPE_CHECKING:
    from jupyter_mvt.store.store import Store

Publish = Callable[..., str]


@pytest.fixture
def filled(memory: Store, publish: Publish) -> Store:
    publish(memory, {"accuracy": 0.95, "f1 score": 0.5}, {"lr": 0.1, "opt": "adam"}, author="ana")
    publish(memory, {"accuracy": math.nan}, {"lr": 1, "warm": True}, author="bo", message="it's 5%")
    publish(
        memory,
        [
            Metric(name="accuracy", value=0.99, split="train"),
            Metric(name="accuracy", value=0.7, split="test"),
            Metric(name="accuracy", value=0.1, slice="a > 1"),
        ],
        {"lr": None, "opt": "sgd", "depth": 2**70},
        branch="exp/lr",
        time_us=1_800_000_000_000_000,
    )
    publish(memory, {"accuracy": None, "n": 2**53 + 1}, {"both": 1})
    publish(memory, {"both": 2, "ok": True})
    return memory


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("accuracy > 0.9", {1}),
        ("accuracy >= .7", {1, 3}),
        ("accuracy < 0.9", {3}),
        ("accuracy != 0.95", {3}),
        ("accuracy@train > 0.9", {3}),
        ("not accuracy > 0.9", {2, 3, 4, 5}),
        ("accuracy is nan", {2}),
        ("accuracy is missing", {4, 5}),
        ("accuracy is not missing", {1, 2, 3}),
        ("accuracy = null", {4}),
        ("accuracy in (0.7, 0.95)", {1, 3}),
        ("accuracy not in (0.7)", {1, 2, 4, 5}),
        ('"f1 score" = 5e-1', {1}),
        ("lr = 0.1", {1}),
        ("lr <= 1", {1, 2}),
        ("lr = null", {3}),
        ("lr is missing", {3, 4, 5}),
        ("warm = true", {2}),
        ("ok = true and both = 2", None),
        ("ok = true and metrics.both = 2", {5}),
        ("params.both = 1", {4}),
        ("opt = 'adam' or opt = 'sgd'", {1, 3}),
        ("opt in ('adam', 'x')", {1}),
        ("opt contains 'da'", {1}),
        ("opt != 'adam'", {3}),
        ("depth = 1180591620717411303424", {3}),
        ("depth = 1180591620717411303425", set()),
        ("n = 9007199254740993", {4}),
        ("n = 9007199254740992", {4}),
        ("n != 9007199254740993", set()),
        ("author = 'ana' AND (accuracy > 0.9 OR accuracy is nan)", {1}),
        ("message contains '''s 5%'", {2}),
        ("branch = 'exp/lr'", {3}),
        ("number > 3", {4, 5}),
        ("version in (1, 5)", {1, 5}),
        ("time > '2027-01-01'", {3}),
        ("time < '2023-11-14T22:13:20+00:00'", set()),
        ("id contains 'zz'", set()),
        ("framework is missing", {1, 2, 3, 4, 5}),
        ("model_bytes > 0", set()),
    ],
)
def test_which_versions_match(filled: Store, where: str, numbers: set[int] | None) -> None:
    if numbers is None:
        with pytest.raises(QueryError) as caught:
            matching(filled, where)
        assert caught.value.lines() == [
            "QueryError [ambiguous-name]: 'both' is a metric and a param: write metrics.\"both\" or"
            ' params."both".',
            "Hint: mvt log --where 'metrics.\"both\" is not null'",
        ]
        return
    from jupyter_mvt.metrics.query import sql

    known = dict(sql(filled, "SELECT commit_id, number FROM commits").rows())
    assert {known[name] for name in matching(filled, where)} == numbers


def test_the_tree() -> None:
    assert parse("a > 1 and not (b@test = 'x''y' or c in (1, true))") == Join(
        "and",
        (
            Compare(Name("a", 0), ">", (1,), 2),
            Not(
                Join(
                    "or",
                    (
                        Compare(Name("b", 15, "", "test"), "=", ("x'y",), 22),
                        Compare(Name("c", 34), "in", (1, True), 36),
                    ),
                )
            ),
        ),
    )


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("", "column 1: expected the name of a metric or param: ⟨here⟩"),
        (
            "accuracy > > 1",
            "column 12: expected a number, a text in single quotes, true, false or null: "
            "accuracy > ⟨here⟩> 1",
        ),
        ("(accuracy > 1", "column 14: expected ): (accuracy > 1⟨here⟩"),
        (
            "accuracy > 1 author = 'x'",
            "column 14: expected and, or, or the end: "
            "accuracy > 1 ⟨here⟩author = 'x'",
        ),
        ("accuracy = 'x'", "column 10: a metric compares with a number: accuracy ⟨here⟩= 'x'"),
        ("author = 1", "column 8: author compares with a text: author ⟨here⟩= 1"),
        ("number = 'x'", "column 8: number compares with a number: number ⟨here⟩= 'x'"),
        (
            "time > 'soon'",
            "column 6: time compares with a date such as '2026-01-31 12:00': "
            "time ⟨here⟩> 'soon'",
        ),
        (
            "accuracy contains 1",
            "column 10: a metric is a number and contains nothing: "
            "accuracy ⟨here⟩contains 1",
        ),
        (
            "author = 'x' ; drop",
            "column 14: this cannot be part of a filter: "
            "author = 'x' ⟨here⟩; drop",
        ),
        ("accuracy is big", "column 13: expected missing or nan: accuracy is ⟨here⟩big"),
        ("accuracy", "column 9: expected a comparison such as = or >: accuracy⟨here⟩"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_marked(filled: Store, where: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        matching(filled, where)
    assert caught.value.lines() == [
        f"QueryError [bad-filter]: The filter cannot be read at {message}",
        "Hint: mvt log --where \"accuracy > 0.9 and author = 'ana'\"",
    ]


def test_an_unknown_name_has_close_ones(filled: Store) -> None:
    with pytest.raises(QueryError) as caught:
        matching(filled, "acuracy > 1")
    assert caught.value.lines() == [
        "QueryError [unknown-name]: No version has a metric or param named 'acuracy';"
        " there is accuracy.",
        "Hint: mvt log --where 'accuracy is not null'",
    ]


def test_depth_and_length_are_bounded() -> None:
    for where in ("(" * 10_000 + "a = 1" + ")" * 10_000, "not " * 5000 + "a = 1", "x" * 30_000):
        with pytest.raises(QueryError) as caught:
            parse(where)
        assert caught.value.code == "bad-filter"


STORE = memory_store()


def outcome(where: str) -> set[str] | str:
    try:
        return matching(STORE, where)
    except QueryError as error:
        return error.code


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            ["accuracy", "author", "=", ">", "'x'", "1", "(", ")", "and", "or", "not", "in", "is",
             "missing", ",", "@", "nan", '"', "'", ";", "--", "null", "number", "contains", "$1"]
        ),
        max_size=9,
    ).map(" ".join)
    | st.text(max_size=12)
)  # fmt: skip
def test_any_text_is_a_filter_or_a_query_error(where: str) -> None:
    assert outcome(where) in (set(), "bad-filter", "unknown-name")
