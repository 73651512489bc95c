import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.compare.diff import MetricChange, MetricsDiff
from jupyter_mvt.compare.metrics import diff_metrics
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.metric import Metric


@pytest.fixture(scope="session")
def diff(make):
    def run(base, other):
        return diff_metrics(*make.pair(Content(metrics=(*base,)), Content(metrics=(*other,))))

    return run


def acc(value, **given):
    facts = {"name": "accuracy", "unit": "share", "higher_is_better": True, "dataset_id": "d1"}
    return Metric(value=value, **{**facts, **given})


def test_whole_value(diff):
    senior = acc(0.9, slice="age >= 65")
    loss = {"name": "loss", "higher_is_better": False}
    base = [
        acc(0.5),
        senior,
        Metric(value=2.0, n=50, **loss),
        Metric(name="k", value=1),
        Metric(name="old", value=1),
    ]
    other = [acc(0.75), senior, Metric(value=3.0, n=40, **loss), Metric(name="k", value=2)]
    assert diff(base, other) == MetricsDiff(
        changes=(
            MetricChange(name="loss", base=2.0, other=3.0, delta=1.0, relative=0.5, n=40,
                         higher_is_better=False, verdict="worse"),
            MetricChange(name="accuracy", base=0.5, other=0.75, delta=0.25, relative=0.5,
                         higher_is_better=True, unit="share", verdict="better"),
            MetricChange(name="k", base=1, other=2, delta=1.0, relative=1.0, verdict="changed"),
            MetricChange(name="old", base=1, verdict="incomparable", why="only in v1",
                         presence="removed"),
        ),
        equal=("accuracy [age >= 65]",),
        basis="test data partly not recorded",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("base", "other", "why"),
    [
        (acc(0.9), acc(0.8, dataset_id="d2"), "different test data"),
        (acc(0.9), acc(0.9, dataset_id="d2"), "different test data"),
        (acc(math.nan), acc(0.8), "not a finite number"),
        (acc(0.9), acc(-math.inf), "not a finite number"),
        (acc(None), acc(0.8), "no value in v1"),
        (acc(0.8), acc(None), "no value in v2"),
        (acc(0.8, unit="ms"), acc(0.8, unit="s"), "ms in v1, s in v2"),
    ],
)
def test_incomparable(diff, base, other, why):
    (change,) = diff([base], [other]).changes
    assert (change.verdict, change.why, change.presence) == ("incomparable", why, "changed")


@pytest.mark.parametrize(
    ("base", "other", "why", "basis"),
    [
        ("", "", "", "test data not recorded"),
        ("d", "", "test data not recorded in v2", "test data not recorded"),
        ("", "d", "test data not recorded in v1", "test data not recorded"),
        ("d", "d", "", "same test data"),
    ],
)
def test_test_data_unknown(diff, base, other, why, basis):
    found = diff([acc(0.9, dataset_id=base)], [acc(0.8, dataset_id=other)])
    assert (found.changes[0].verdict, found.changes[0].why, found.basis) == ("worse", why, basis)


@pytest.mark.parametrize(
    ("base", "other", "verdict", "delta"),
    [
        (2**60, 2**60 + 1, "better", 1.0),
        (2**53 + 1, float(2**53), "worse", -1.0),
        (10**400, 10**400 + 5, "better", 5.0),
        (10**400, 0.5, "worse", None),
        (1.7e308, -1.7e308, "worse", None),
        (False, True, "better", None),
        (True, False, "worse", None),
    ],
)
def test_exact(diff, base, other, verdict, delta):
    (change,) = diff([acc(base)], [acc(other)]).changes
    assert (change.verdict, change.delta, change.base, change.other) == (
        verdict, delta, base, other)  # fmt: skip


@pytest.mark.parametrize(
    ("base", "other"), [(None, None), (math.nan, math.nan), (math.inf, math.inf), (1, 1.0)]
)
def test_equal(diff, base, other):
    assert diff([acc(base)], [acc(other)]) is None


@pytest.mark.parametrize(
    ("base", "other", "verdict"),
    [(True, False, "changed"), (None, False, "worse"), (True, None, "better"),
     (None, None, "changed")],
)  # fmt: skip
def test_direction_of_either_side(diff, base, other, verdict):
    before = acc(0.1, name="gap", higher_is_better=base)
    after = acc(0.2, name="gap", higher_is_better=other)
    (change,) = diff([before], [after]).changes
    assert change.verdict == verdict


@pytest.mark.parametrize(
    ("name", "told", "verdict"),
    [("accuracy", None, "better"), ("log_loss", None, "worse"), ("gap", None, "changed"),
     ("accuracy", False, "worse"), ("log_loss", True, "better")],
)  # fmt: skip
def test_a_name_tells_what_nobody_recorded(diff, name, told, verdict):
    before, after = (acc(value, name=name, higher_is_better=told) for value in (0.1, 0.2))
    (change,) = diff([before], [after]).changes
    assert change.verdict == verdict


def test_one_name_on_two_datasets_pairs_by_dataset(diff):
    base = [acc(0.9, dataset_id="a"), acc(0.5, dataset_id="b")]
    other = [acc(0.6, dataset_id="b"), acc(0.9, dataset_id="a")]
    found = diff(base, other)
    assert [(c.base, c.other, c.verdict) for c in found.changes] == [(0.5, 0.6, "better")]


def test_sorted_by_effect(diff):
    names = "abcd"
    base = [acc(0.5, name=name) for name in names]
    values = [0.49, 0.3, 0.6, 0.9]
    other = [acc(value, name=name) for name, value in zip(names, values, strict=True)]
    assert [c.name for c in diff(base, other).changes] == ["b", "a", "d", "c"]


values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats())
metrics = st.lists(
    st.builds(
        Metric,
        name=st.sampled_from("abc"),
        split=st.sampled_from(["", "test"]),
        value=values,
        dataset_id=st.sampled_from(["", "d", "e"]),
        higher_is_better=st.sampled_from([None, True, False]),
    ),
    max_size=5,
    unique_by=lambda metric: (metric.key, metric.dataset_id),
)
MIRROR = {"better": "worse", "worse": "better", "added": "removed", "removed": "added"}


@settings(deadline=None)
@given(metrics)
def test_law_nothing_differs_from_itself(diff, some):
    assert diff(some, some) is None


@settings(deadline=None)
@given(metrics, metrics)
def test_law_swap(diff, base, other):
    there, back = diff(base, other), diff(other, base)
    if there is None:
        assert back is None
        return

    def flat(found, turn):
        return sorted(
            (
                c.name, c.split,
                repr((c.other, c.base) if turn else (c.base, c.other)),
                repr(None if c.delta is None else (-c.delta if turn else c.delta) + 0.0),
                MIRROR.get(c.verdict, c.verdict) if turn else c.verdict,
                MIRROR.get(c.presence, c.presence) if turn else c.presence,
            )
            for c in found.changes
        )  # fmt: skip

    assert there.basis == back.basis
    assert len({*there.equal}) == len({*back.equal})
    if len({m.key for m in base}) == len(base) and len({m.key for m in other}) == len(other):
        assert flat(there, False) == flat(back, True)
