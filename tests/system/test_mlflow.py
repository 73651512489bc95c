"""MLflow's autolog at work in the same session: both keep what they are for."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json
import os
import mlflow
import numpy as np
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell()
shell.history_manager.enabled = False
for cell in (
    "%load_ext jupyter_mvt",
    "import mlflow, numpy as np",
    "mlflow.set_tracking_uri('file:runs')\\nmlflow.sklearn.autolog(log_models=False, silent=True)",
    "from sklearn.linear_model import LogisticRegression",
    "X = np.arange(40.0).reshape(20, 2)\\ny = np.arange(20) % 2\\nC = 0.5",
    "clf = LogisticRegression(C=C)\\nclf.fit(X, y);",
    "%mvt commit -m both",
):
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
import jupyter_mvt as mvt
version = mvt.open()["v1"]
runs = mlflow.search_runs(output_format="list")
print("answer:" + json.dumps({
    "models": [model.var for model in version.commit.content.models],
    "same": bool((version.load().coef_ == shell.user_ns["clf"].coef_).all()),
    "runs": len(runs),
    "C": runs[0].data.params["C"],
    "again": mvt.open().reproduce("v1").verdict,
}))
shell.history_manager.end_session()
"""


def test_autolog_and_a_commit_do_not_disturb_each_other(tmp_path):
    pytest.importorskip("mlflow.sklearn", exc_type=ImportError)
    environment = {"MVT_AUTHOR": "ana", "MLFLOW_ALLOW_FILE_STORE": "true",
                   "IPYTHONDIR": str(tmp_path / "ipython")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], cwd=tmp_path, capture_output=True,
        text=True, timeout=300, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    lines = [line for line in done.stdout.split("\n") if line.startswith("answer:")]
    assert lines, done.stderr[-2000:]
    assert json.loads(lines[-1][7:]) == {
        "models": ["clf"], "same": True, "runs": 1, "C": "0.5", "again": "identical",
    }  # fmt: skip
