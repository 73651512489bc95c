"""Forged models of boosters are refused, or harmless: native code never dies of them.

Mutants are restored and asked in a process of their own: numbers of the state and
bits of the arrays are changed, as by somebody who writes the ids anew.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import write_frozen

pytestmark = pytest.mark.frameworks

_CHILD = """
import re, sys, warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
import numpy as np
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import MvtError
from jupyter_mvt.testing.adapters import read_skeleton

warnings.simplefilter("ignore")
ODD = [0, 1, -1, 7, 100, 10**6, 2**31 - 1, 2**31, -(2**31), 2**62]
whole, adapter = read_skeleton(Path(sys.argv[1])), ADAPTERS.get(sys.argv[2])
chance = np.random.default_rng(int(sys.argv[3]))
X = np.random.default_rng(0).normal(size=(120, 5)).round(3)
if sys.argv[5] == "words":
    X = X.round().astype(int).astype(str).astype(object)
paths = [path for path, entry in whole.entries.items() if entry.nbytes]
state = whole.state.decode()
numbers = list(re.finditer(r"-?[0-9]+", state))

def array_changed():
    path, place, odd = chance.choice(paths), chance.random(), int(chance.choice(ODD))
    bit = int(chance.integers(16))
    def read(entry):
        content = whole.read(entry)
        if entry.path == path and bit < 8:
            np.frombuffer(content, "u1")[int(place * len(content))] ^= 1 << bit
        elif entry.path == path:
            cells = np.frombuffer(content, entry.dtype)
            with np.errstate(all="ignore"):
                cells[int(place * len(cells))] = np.array(odd).astype(cells.dtype)
        return content
    return replace(whole, read=read)

def number_changed():
    hit = numbers[chance.integers(len(numbers))]
    text = state[: hit.start()] + str(chance.choice(ODD)) + state[hit.end():]
    return replace(whole, state=text.encode())

refused = 0
for turn in range(int(sys.argv[4])):
    try:
        model = adapter.restore((array_changed, number_changed)[turn % 2]())
    except MvtError:
        refused += 1
        continue
    with suppress(Exception):  # its own words about odd settings
        model.predict(X)
print("refused", refused)
"""
X = np.random.default_rng(0).normal(size=(120, 5)).round(3)


def lightgbm(**more):
    found = pytest.importorskip("lightgbm")
    few = {"n_estimators": 3, "num_leaves": 6, "n_jobs": 1, "verbose": -1}
    return found.LGBMClassifier(**few, **more).fit(X, np.arange(120) % 3)


def xgboost(**more):
    found = pytest.importorskip("xgboost")
    few = {"n_estimators": 3, "max_depth": 3, "n_jobs": 1}
    return found.XGBRegressor(**few, **more).fit(X, X[:, 0])


def catboost(rows=X, **more):
    found = pytest.importorskip("catboost")
    few = {"iterations": 3, "depth": 3, "thread_count": 1, "verbose": 0, "random_seed": 0}
    model = found.CatBoostClassifier(**few, allow_writing_files=False, **more)
    return model.fit(rows, np.arange(120) % 3)


def categories(**more):
    words = X.round().astype(int).astype(str).astype(object)
    return catboost(words, cat_features=list(range(5)), **more)


MODELS = {
    "trees": ("lightgbm", lightgbm, {}),
    "linear leaves": ("lightgbm", lightgbm, {"linear_tree": True}),
    "tree booster": ("xgboost", xgboost, {}),
    "dart": ("xgboost", xgboost, {"booster": "dart"}),
    "full trees": ("catboost", catboost, {}),
    "leaf by leaf": ("catboost", catboost, {"grow_policy": "Lossguide"}),
    "categories": ("catboost", categories, {"one_hot_max_size": 2}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_no_forged_model_ends_the_process(name, tmp_path):
    library, train, more = MODELS[name]
    write_frozen(tmp_path, ADAPTERS.get(library).freeze(train(**more), lambda obj: None))
    words = [str(tmp_path), library, "1", "40", "words" if train is categories else "numbers"]
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *words], capture_output=True, text=True, check=False,
        timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > 5
