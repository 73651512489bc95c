"""Drift told from profiles is the drift of the values themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.compare.drift import distance, psi

RNG = np.random.default_rng(5)
N = 80_000


def profile(values):
    (column,) = describe(values, "x").schema.columns
    return column.profile


def raw_ks(a, b):
    a, b = np.sort(a[np.isfinite(a)]), np.sort(b[np.isfinite(b)])
    points = np.concatenate([a, b])
    f = np.searchsorted(a, points, "right") / len(a)
    g = np.searchsorted(b, points, "right") / len(b)
    return np.abs(f - g).max()


def raw_psi(a, b):
    # The deciles, as nearly as 128 quantiles name them.
    shares = [round(127 * step / 10) / 127 for step in range(1, 10)]
    edges = np.unique(np.quantile(a, shares, method="nearest"))
    p = np.bincount(np.searchsorted(edges, a, "left"), minlength=len(edges) + 1) / len(a)
    q = np.bincount(np.searchsorted(edges, b, "left"), minlength=len(edges) + 1) / len(b)
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return ((q - p) * np.log(q / p)).sum()


SIDES = {
    "shifted": (RNG.normal(size=N), RNG.normal(0.3, 1, N)),
    "wider": (RNG.normal(size=N), RNG.normal(0, 1.5, N)),
    "skewed": (RNG.gamma(2, 1, N), RNG.gamma(2.5, 1, N)),
    "same": (RNG.normal(size=N), RNG.normal(size=N)),
    "counts": (RNG.poisson(4, N).astype(float), RNG.poisson(5, N).astype(float)),
}


@pytest.mark.parametrize("name", SIDES)
def test_profiles_tell_what_the_values_would(name):
    a, b = SIDES[name]
    kind, found = distance(profile(a), profile(b))
    assert kind == "KS"
    assert found == pytest.approx(raw_ks(a, b), abs=1e-3)
    if name != "counts":
        assert psi(profile(a), profile(b)) == pytest.approx(raw_psi(a, b), abs=1e-3)


def test_missing_and_infinite_values_stay_out_of_it():
    a, b = RNG.normal(size=5_000), RNG.normal(0.5, 1, 5_000)
    with_gaps = a.copy()
    with_gaps[::5] = np.nan
    assert distance(profile(with_gaps), profile(b))[1] == pytest.approx(
        raw_ks(with_gaps, b), abs=5e-3
    )
    with_inf = np.concatenate([a, [np.inf, -np.inf]])
    assert math.isfinite(distance(profile(with_inf), profile(b))[1])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1.0], [1.0], 0.0),
        ([1.0], [2.0], 1.0),
        ([1.0, 2.0], [1.0, 3.0], 0.5),
        ([5.0] * 100, [5.0] * 40, 0.0),
        ([5.0] * 100, [5.0] * 50 + [6.0] * 50, 0.5),
        ([1.0, 2.0, 3.0], [10.0, 20.0, 30.0, 40.0], 1.0),
    ],
)
def test_tiny_samples_and_constants_are_exact(a, b, expected):
    found = distance(profile(np.array(a)), profile(np.array(b)))
    assert found == ("KS", pytest.approx(expected))


def test_nothing_is_said_where_nothing_is_known():
    gaps = profile(np.full(4, np.nan))
    assert distance(gaps, profile(np.array([1.0, 2.0]))) is None
    assert distance(None, gaps) is None
    assert distance(profile(["a", "b"]), profile(np.array([1.0, 2.0]))) is None


def test_categories_are_told_by_total_variation():
    a, b = ["x"] * 60 + ["y"] * 40, ["x"] * 30 + ["y"] * 50 + ["z"] * 20
    assert distance(profile(a), profile(b)) == ("TV", pytest.approx(0.3))
    assert distance(profile(a), profile(list(reversed(a)))) == ("TV", 0.0)
    assert distance(profile(["x"] * 9), profile(["y"] * 9)) == ("TV", 1.0)
