import random

import pytest

from jupyter_mvt.compare.data import diff_data
from jupyter_mvt.compare.drift import psi
from jupyter_mvt.objects.commit import Content

A = [float(i) for i in range(200)]
B = [float(i * i) for i in range(200)]


@pytest.fixture
def diff(make):
    def run(base, other, objects):
        return diff_data(
            *make.pair(Content(datasets=(*base,)), Content(datasets=(*other,)), objects)
        )

    return run


def relation(make, diff, base, other, **given):
    objects = make.Objects()
    pair = make.dataset(objects, base, **given), make.dataset(objects, other, **given)
    found = diff([pair[0]], [pair[1]], objects)
    return found.changes[0].relation, [c.name for c in found.changes[0].columns]


def test_one_column_changed(make, diff):
    found = relation(make, diff, {"a": A, "b": B}, {"a": A, "b": A})
    assert found == ("1 of 2 columns changed", ["b"])


def test_columns_added_removed(make, diff):
    found = relation(make, diff, {"a": A, "b": B}, {"a": A, "c": [1.0] * 200, "d": [2.0] * 200})
    assert found == ("columns added: c, d; column removed: b", ["b", "c", "d"])


def test_column_renamed(make, diff):
    assert relation(make, diff, {"a": A, "b": B}, {"a": A, "c": B}) == (
        "column renamed: b → c", [])  # fmt: skip


def test_columns_in_another_order(make, diff):
    found = relation(make, diff, {"a": A, "b": B}, {"b": B, "a": A}, multiset_id="")
    assert found == ("columns in another order", [])


def test_other_order_of_rows(make, diff):
    order = random.Random(1).sample(range(200), 200)
    other = {"a": [A[i] for i in order], "b": [B[i] for i in order]}
    assert relation(make, diff, {"a": A, "b": B}, other) == ("same rows, other order", [])


@pytest.mark.parametrize(
    ("rows", "prefixes", "words"),
    [
        ((150, 200), (100, 150), "50 rows appended"),
        ((199, 200), (199,), "1 row appended"),
        ((150, 200), (100,), "50 rows more, the first 100 equal"),
        ((150, 200), (), "50 rows more"),
        ((200, 150), (100, 150), "50 rows removed at the end"),
        ((200, 150), (), "50 rows fewer"),
    ],
)
def test_rows_appended(make, diff, rows, prefixes, words):
    objects = make.Objects()
    base, other = (
        make.dataset(objects, {"a": A[:n]}, prefixes=tuple(p for p in prefixes if p < n))
        for n in rows
    )
    (change,) = diff([base], [other], objects).changes
    assert change.relation == words
    assert (change.base_rows, change.other_rows, len(change.columns)) == (*rows, 1)


def test_pairs_by_name_then_content_then_role(make, diff):
    objects = make.Objects()
    base = [make.dataset(objects, {"a": A}, "x"), make.dataset(objects, {"a": B}, "y"),
            make.dataset(objects, {"a": A[:9]}, "t", role="test")]  # fmt: skip
    other = [make.dataset(objects, {"a": B}, "z"), make.dataset(objects, {"a": A}, "x"),
             make.dataset(objects, {"a": A[:8]}, "u", role="test")]  # fmt: skip
    found = diff(base, other, objects)
    assert found.equal == ("z", "x")
    assert [(c.var, c.base_rows, c.other_rows) for c in found.changes] == [("u", 9, 8)]
    gone = diff(base, other[:2], objects)
    assert [(c.var, c.presence, c.relation) for c in gone.changes] == [
        ("t", "removed", "only in v1")]  # fmt: skip
    fresh = diff(other[:2], base, objects)
    assert [(c.var, c.presence, c.relation) for c in fresh.changes] == [
        ("t", "added", "only in v2")]  # fmt: skip
    assert diff(base, base, objects) is None


def test_columns_are_sorted_by_drift(make, diff):
    slight, strong = [v + 5 for v in A], [v + 90 for v in A]
    objects = make.Objects()
    base = make.dataset(objects, {"a": A, "b": A, "c": A})
    other = make.dataset(objects, {"a": A, "b": slight, "c": strong})
    (change,) = diff([base], [other], objects).changes
    assert [c.name for c in change.columns] == ["c", "b"]
    assert change.columns[0].psi > 1 > 0.1 > change.columns[1].psi > 0


def test_psi_against_the_raw_values():
    import numpy as np

    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 100_000), rng.normal(0.3, 1.2, 100_000)

    def described(values):
        spots = np.linspace(0, len(values) - 1, 128).round().astype(int)
        return {"n": len(values), "nulls": 0, "quantiles": np.sort(values)[spots].tolist()}

    edges = np.quantile(a, np.linspace(0.1, 0.9, 9))
    p, q = (np.histogram(v, [-np.inf, *edges, np.inf])[0] / len(v) for v in (a, b))
    raw = float(((q - p) * np.log(q / p)).sum())
    assert psi(described(a), described(b)) == pytest.approx(raw, abs=0.005)
    assert psi(described(a), described(a)) == 0.0


def test_psi_of_categories_and_missing_values():
    def described(yes, no, nulls=0, **given):
        n = yes + no + nulls
        return {"n": n, "nulls": nulls, "distinct": 2, "top": [["yes", yes], ["no", no]], **given}

    assert psi(described(50, 50), described(500, 500)) == 0.0
    assert psi(described(50, 50), described(80, 20)) == pytest.approx(
        0.3 * 0.47 + 0.3 * 0.9163, abs=1e-3
    )
    assert psi(described(50, 50), described(25, 25, nulls=50)) > 1
    assert psi(described(5, 5), described(50, 50, n=1000, sampled=100)) == 0.0
    assert psi({"n": 3}, described(5, 5)) is None
    assert psi(None, described(5, 5)) is None
