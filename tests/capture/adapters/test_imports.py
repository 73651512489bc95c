"""A commit and a restore bring in no framework that the user has not imported."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

FRAMEWORKS = ("catboost", "flax", "jax", "keras", "lightgbm", "lightning", "onnx", "optax", "peft",
              "sklearn", "skops", "statsmodels", "tensorflow", "torch", "transformers",
              "xgboost")  # fmt: skip
HEAD = f"""
import sys, warnings
warnings.simplefilter("ignore")
import jupyter_mvt as mvt
def loaded():
    return {{name for name in {FRAMEWORKS} if name in sys.modules}}
assert not loaded(), loaded()
import numpy as np
X, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
"""
TAIL = """
before = loaded()
repo = mvt.init(sys.argv[1])
repo.commit(model, data={"X": X})
again = repo["v1"].load()
repo["v1"].params, repo["v1"].details, repo.diff("v1", "v1")
assert type(again) is type(model), type(again)
print(" ".join(sorted(loaded() - before)))
"""
MODELS = {
    "sklearn": "from sklearn.linear_model import LogisticRegression\n"
    "model = LogisticRegression().fit(X, y)",
    "torch": "import torch\nmodel = torch.nn.Linear(2, 1)",
    "xgboost": "import xgboost\nmodel = xgboost.train({}, xgboost.DMatrix(X, y), 2)",
    "lightgbm": "import lightgbm\n"
    "model = lightgbm.train({'verbose': -1}, lightgbm.Dataset(X, y), 2)",
    "jax": "import jax\nfrom collections import OrderedDict\nmodel = [{'w': jax.numpy.ones(3)}]",
    "statsmodels": "import statsmodels.api as sm\nmodel = sm.OLS(y, X).fit()",
    "onnx": "import onnx\nfrom onnx import helper\n"
    "model = helper.make_model(helper.make_graph([], 'n', [], []))",
}


@pytest.mark.parametrize(
    "name",
    ["sklearn", *(pytest.param(name, marks=pytest.mark.frameworks) for name in MODELS
                  if name != "sklearn")],
)  # fmt: skip
def test_nothing_else_is_imported(name: str, tmp_path) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    script = f"{HEAD}{MODELS[name]}\n{TAIL}"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr[-2000:]


def test_a_restore_reads_the_lists_of_no_other_framework(tmp_path) -> None:
    keep = f"{HEAD}{MODELS['sklearn']}\nmvt.init(sys.argv[1]).commit(model)"
    subprocess.run([sys.executable, "-c", keep, str(tmp_path)], check=True, timeout=180)
    script = (
        "import sys, jupyter_mvt as mvt\n"
        "mvt.open(sys.argv[1])['v1'].load()\n"
        "start = 'jupyter_mvt.capture.adapters.'\n"
        "ours = [m.removeprefix(start) for m in sys.modules if m.startswith(start)]\n"
        "print(*sorted({m.split('.')[0] for m in ours}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=180
    )
    assert (done.stdout, done.stderr) == ("sklearn\n", "")
