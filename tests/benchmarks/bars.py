"""What capture costs, beside what it is measured against: ``python -m tests.benchmarks.bars``.

Every figure is a median over rounds in which all contenders take turns, so that a busy machine
slows all of them; the load is told.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from jupyter_mvt.capture.adapter import adapter_for
from jupyter_mvt.capture.data.fingerprint import describe
from tests.benchmarks.digest import compare, mixed
from tests.benchmarks.everyday import Notebook, hooks
from tests.benchmarks.timing import in_turn, milliseconds

__all__ = ["main"]

_LOOP = "total = 0\nfor i in range(2_000_000):\n    total += i * i"
_FRAMEWORKS = "sklearn torch keras transformers xgboost lightgbm catboost statsmodels jax"


def main() -> None:
    """Print the table."""
    before = os.getloadavg()[0]
    place = Path(tempfile.mkdtemp(prefix="mvt-bars-"))
    rows = [_hooks(), _slowed(place), _imports(), _small(), _torch(), _digest(), _forest()]
    print(f"Load {before:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores.\n")
    print("| | measured | bar |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def _hooks() -> tuple[str, str, str]:
    row = hooks()
    return row.what, row.ours, "≤ 1 ms"


def _slowed(place: Path) -> tuple[str, str, str]:
    """The same loop in a cell, with the extension and without."""
    from IPython.core.interactiveshell import InteractiveShell

    plain: Any = InteractiveShell()
    plain.history_manager.enabled = False
    ours = Notebook(place / "loop")
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(9):
        for name, run in (("with", ours.run), ("without", plain.run_cell)):
            started = process_time()  # CPU seconds: a busy machine takes no part in them
            run(_LOOP)
            taken[name].append(process_time() - started)
    share = 100 * (statistics.median(taken["with"]) / statistics.median(taken["without"]) - 1)
    return ("a loop of 2 million steps in a cell, CPU time", f"{share:+.1f} % beside no extension",
            "≤ 2 %")  # fmt: skip


def _imports() -> tuple[str, str, str]:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S\n"
        "s = S(); s.history_manager.enabled = False; s.run_cell('%load_ext jupyter_mvt')\n"
        "s.run_cell('class M:\\n    def predict(self, X):\\n        return X\\nm = M()')\n"
        "s.run_cell('%mvt status')\n"
        f"print(sum(name in sys.modules for name in {_FRAMEWORKS.split()!r}))"
    )
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=folder,
                               capture_output=True, text=True, check=True)  # fmt: skip
    return "frameworks imported by us", found.stdout.split()[-1], "0"


def _small() -> tuple[str, str, str]:
    from sklearn.linear_model import LogisticRegression

    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(125_000, 20)))
    frame.columns = [f"c{i}" for i in range(20)]
    model = LogisticRegression().fit(frame[:2000], frame.c0[:2000] > 0)

    def freeze() -> None:
        _frozen(model)
        describe(frame, "frame")

    taken = in_turn({"mvt": freeze}, 9)
    return ("freeze of a small model and a 20 MB frame", milliseconds(taken["mvt"]), "≤ 50 ms")


def _torch() -> tuple[str, str, str]:
    import torch

    net = torch.nn.Sequential(*[torch.nn.Linear(2500, 2500) for _ in range(8)])
    taken = in_turn(
        {
            "mvt": lambda: _frozen(net),
            "clone": lambda: {key: value.clone() for key, value in net.state_dict().items()},
        },
        9,
    )
    told = f"{milliseconds(taken['mvt'])} beside {milliseconds(taken['clone'])}"
    return ("freeze of a 200 MB torch model beside a clone of its state", told, "≤ the clone")


def _digest() -> tuple[str, str, str]:
    taken = compare(mixed(500_000), 7)
    first, again = (taken["pandas"] / taken[key] for key in ("first", "again"))
    told = f"{first:.1f} ×, of rows seen before {again:.1f} ×"
    return "digest beside pandas' hash of rows", told, "≥ 4 ×"


def _forest() -> tuple[str, str, str]:
    """A forest of 100 trees as data, beside skops."""
    import skops.io
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 20))
    model = RandomForestClassifier(100, random_state=0).fit(X, X[:, 0] + X[:, 1] > 0)

    def whole() -> None:
        for part in _frozen(model).bundle.parts:
            part.read()

    taken = in_turn({"mvt": whole, "skops": lambda: skops.io.dumps(model)}, 5)
    told = f"{milliseconds(taken['mvt'])} beside {milliseconds(taken['skops'])}"
    ratio = taken["skops"] / taken["mvt"]
    return "a forest of 100 trees as data, beside skops", f"{told}: {ratio:.0f} ×", "≥ 10 ×"


def _frozen(model: object) -> Any:
    adapter = adapter_for(model)
    assert adapter is not None
    return adapter.freeze(model, lambda name: None)


if __name__ == "__main__":
    main()
