"""Everyday costs: import, load_ext, hooks, a warm commit, an unchanged model.

``make bench`` runs this, writes ``tests/benchmarks/RESULTS.md`` and puts it into the README.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from tests.benchmarks.peers import joblib_dump, mlflow_logger, torch_save
from tests.benchmarks.timing import fresh, in_turn, milliseconds

HERE = Path(__file__).parent
README = HERE.parent.parent / "README.md"
CLOCK = "import sys; from time import perf_counter; t = perf_counter(); "


class Row(NamedTuple):
    """A line of the table: what, how long, the bar, whether it holds, and the peers beside."""

    what: str
    ours: str
    bar: str
    holds: bool
    beside: str


def imports() -> list[Row]:
    """Import and load the extension, each in a new Python."""
    shell = "from IPython.core.interactiveshell import InteractiveShell; s = InteractiveShell(); "
    times = fresh(
        {
            "import": CLOCK + "import jupyter_mvt; print(perf_counter() - t)",
            "nothing": CLOCK + "print(perf_counter() - t)",
            "mlflow": CLOCK + "import mlflow; print(perf_counter() - t)",
            "load_ext": shell + CLOCK + "s.run_line_magic('load_ext', 'jupyter_mvt'); "
            "print(perf_counter() - t)",
        },
        rounds=9,
    )
    own = times["import"] - times["nothing"]
    return [
        Row("`import jupyter_mvt`, beyond Python's start", milliseconds(own), "20 ms",
            own <= 0.020, f"`import mlflow` {milliseconds(times['mlflow'])}"),
        Row("`%load_ext jupyter_mvt`", milliseconds(times["load_ext"]), "150 ms",
            times["load_ext"] <= 0.150, ""),
    ]  # fmt: skip


def hooks() -> Row:
    """The two events around a cell, with 500 variables in the namespace."""
    from types import SimpleNamespace

    import numpy as np

    from jupyter_mvt.capture.cells.log import CellLog

    kinds: tuple[Any, ...] = (0, 0.5, "text", [1, 2, 3], np.zeros(3))
    names: dict[str, Any] = {f"name{i}": kinds[i % len(kinds)] for i in range(500)}
    log, taken = CellLog(), []
    for number in range(200):
        info = SimpleNamespace(raw_cell=f"x{number} = {number}", cell_id="c", silent=False)
        names[f"x{number}"] = number
        started = perf_counter()
        log.before_cell(info, names)
        log.after_cell(SimpleNamespace(info=info, success=True), names)
        taken.append(perf_counter() - started)
    median = statistics.median(taken)
    return Row("hooks around a cell, 500 variables", milliseconds(median), "1 ms",
               median <= 0.001, "")  # fmt: skip


class Notebook:
    """A live IPython shell with the extension, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        from IPython.core.interactiveshell import InteractiveShell

        folder.mkdir()
        os.chdir(folder)
        self.shell = InteractiveShell()
        self.shell.history_manager.enabled = False
        self.run("%load_ext jupyter_mvt")

    def run(self, source: str) -> Any:
        """Run a cell and return its value."""
        with redirect_stdout(StringIO()):
            result = self.shell.run_cell(source, store_history=True)
        result.raise_error()
        return result.result


SKLEARN = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.normal(size=(125_000, 20)), columns=[f"c{i}" for i in range(20)])
target = (frame.c0 + frame.c1 > 0).astype(int)
clf = LogisticRegression().fit(frame, target)
scores = {"accuracy": clf.score(frame, target)}
"""
TORCH = """
import torch
net = torch.nn.Sequential(*[torch.nn.Linear(2500, 2500) for _ in range(8)])
"""


def small_model(folder: Path, rounds: int = 9) -> Row:
    """A warm commit of a refitted small model with a 20 MB frame."""
    notebook = Notebook(folder / "small")
    notebook.run(SKLEARN)
    notebook.run("%mvt commit -m first")
    names = notebook.shell.user_ns
    log = mlflow_logger("sklearn", folder / "runs")
    count = 0

    def refit() -> None:
        nonlocal count
        count += 1
        fit = f"LogisticRegression(C=1 / {count + 1}, max_iter=20).fit(frame[:500], target[:500])"
        notebook.run(f"clf = {fit}")
        notebook.run("scores = {'accuracy': clf.score(frame[:500], target[:500])}")

    taken: dict[str, list[float]] = {"mvt": [], "joblib": [], "mlflow": []}
    for number in range(rounds + 1):
        refit()
        runs = {
            "mvt": lambda: notebook.run("%mvt commit clf --data train=frame -m again"),
            "joblib": lambda: joblib_dump(names["clf"], folder / "clf.joblib"),
        }
        if log is not None:
            runs["mlflow"] = lambda: log(names["clf"], names["scores"])
        for name, run in runs.items():
            started = perf_counter()
            run()
            if number:
                taken[name].append(perf_counter() - started)
    medians = {name: statistics.median(times) for name, times in taken.items() if times}
    return Row("warm `%mvt commit`: small scikit-learn model, 20 MB frame fingerprinted whole",
               milliseconds(medians["mvt"]), "150 ms", medians["mvt"] <= 0.150,
               _beside(medians, joblib="`joblib.dump` + fsync, model only",
                       mlflow="MLflow `log_model`, model and metrics only"))  # fmt: skip


def unchanged_model(folder: Path, rounds: int = 7) -> Row:
    """A commit of an unchanged 200 MB torch model, beside one hash over its bytes."""
    from blake3 import blake3

    notebook = Notebook(folder / "large")
    notebook.run(TORCH)
    notebook.run("%mvt commit net -m first")
    net = notebook.shell.user_ns["net"]
    buffers = [memoryview(p.detach().numpy()).cast("B") for p in net.parameters()]
    log = mlflow_logger("pytorch", folder / "runs")

    def hash_all() -> None:
        state = blake3(max_threads=blake3.AUTO)
        for buffer in buffers:
            state.update(buffer)
        state.digest()

    runs = {
        "mvt": lambda: notebook.run("%mvt commit net -m again"),
        "blake3": hash_all,
        "torch": lambda: torch_save(net, folder / "net.pt"),
    }
    if log is not None:
        runs["mlflow"] = lambda: log(net, {"loss": 1.0})
    medians = in_turn(runs, rounds)
    ratio = medians["mvt"] / medians["blake3"]
    size = sum(buffer.nbytes for buffer in buffers) / 1e6
    return Row(f"`%mvt commit` of an unchanged {size:.0f} MB torch model",
               f"{milliseconds(medians['mvt'])} = {ratio:.2f} × BLAKE3", "2 × BLAKE3",
               ratio <= 2, _beside(medians, blake3="BLAKE3 over its bytes, all cores",
                                   torch="`torch.save` + fsync",
                                   mlflow="MLflow `log_model`"))  # fmt: skip


def _beside(medians: dict[str, float], **titles: str) -> str:
    return "; ".join(
        f"{title} {milliseconds(medians[name])}"
        for name, title in titles.items()
        if name in medians
    )


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown."""
    lines = ["| | jupyter_mvt | bar | beside it, in the same run |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.ours} | ≤ {r.bar} | {r.beside or '–'} |" for r in rows]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return "\n".join([*lines, "", f"Medians, one run on {machine}; ratios travel, times do not."])


def main() -> int:
    """Measure, write, and tell by the exit status whether every bar held."""
    start = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        rows = [*imports(), hooks(), small_model(Path(folder)), unchanged_model(Path(folder))]
        os.chdir(start)
    text = table(rows)
    (HERE / "RESULTS.md").write_text(text + "\n", encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    before, _, rest = readme.partition("<!-- bench -->\n")
    _, _, after = rest.partition("<!-- /bench -->")
    README.write_text(f"{before}<!-- bench -->\n{text}\n<!-- /bench -->{after}", encoding="utf-8")
    sys.stdout.write(text + "\n")
    missed = [row.what for row in rows if not row.holds]
    for what in missed:
        sys.stdout.write(f"bar missed: {what}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
