"""The same fit with the same seed is the same model, whatever was fitted in between."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import adapter_for
from jupyter_mvt.capture.pickling import freeze_pickled
from jupyter_mvt.testing.adapters import identity

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer:UserWarning"),
]

DRAWN = np.random.default_rng(0)
X = DRAWN.normal(size=(120, 5))
Y = (X[:, 0] + X[:, 1] ** 2 > 0.7).astype(int)

FITS = {
    "sklearn.ensemble:RandomForestClassifier": {"n_estimators": 5, "random_state": "seed"},
    "sklearn.neural_network:MLPClassifier": {"max_iter": 20, "random_state": "seed"},
    "xgboost:XGBClassifier": {"n_estimators": 5, "subsample": 0.5, "random_state": "seed",
                              "n_jobs": 1},
    "lightgbm:LGBMClassifier": {"n_estimators": 5, "subsample": 0.5, "subsample_freq": 1,
                                "random_state": "seed", "n_jobs": 1, "verbose": -1},
    "catboost:CatBoostClassifier": {"iterations": 5, "random_seed": "seed", "thread_count": 1,
                                    "verbose": False, "allow_writing_files": False},
}  # fmt: skip


def fitted(name, seed):
    module, _, cls = name.partition(":")
    settings = {key: seed if value == "seed" else value for key, value in FITS[name].items()}
    return getattr(import_module(module), cls)(**settings).fit(X, Y)


def weights(model):
    adapter = adapter_for(model)
    assert adapter is not None
    return identity(adapter.freeze(model, lambda _: None))


@pytest.mark.parametrize("name", FITS)
def test_a_refit_with_the_same_seed_has_the_same_identity(name):
    pytest.importorskip(name.partition(".")[0].partition(":")[0])
    first, other, again = (weights(fitted(name, seed)) for seed in (1, 2, 1))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "name", ["sklearn.ensemble:RandomForestClassifier", "catboost:CatBoostClassifier"]
)
@pytest.mark.parametrize("stamp", ["_mlflow_run_id", "_wandb_run"])
def test_what_a_tracker_leaves_on_a_model_is_no_part_of_it(name, stamp):
    pytest.importorskip(name.partition(".")[0].partition(":")[0])
    model = fitted(name, 1)
    plain = weights(model)
    for run in ("0a1b", "2c3d"):
        setattr(model, stamp, run)
        assert weights(model) == plain


def test_a_tracker_changes_no_pickled_model_either():
    class Mine:  # a class inside a function is only known to pickle by value
        def __init__(self):
            self.w = np.ones(3)

    first, other = (freeze_pickled(stamped(Mine(), run), ()) for run in ("a", "b"))
    assert first.state_identity == other.state_identity


def stamped(model, run):
    model._mlflow_run_id = run
    return model
