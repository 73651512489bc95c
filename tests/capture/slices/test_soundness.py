"""What a slice must not lose, and what it need not have; see `tests.capture.slices.soundness`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jupyter_mvt.capture.cells import observe
from jupyter_mvt.capture.slices.syntax import analyse
from tests.capture.conftest import Kernel
from tests.capture.slices.soundness import CASES

HEAVY = ("lightgbm", "matplotlib", "sklearn", "smf", "torch")
ROOT = Path(__file__).parents[3]


def made(kernel, name):
    """Return the texts that the slice of `name` is made of."""
    texts = []
    for order, spans in kernel.log.made((name,)).items():
        lines = kernel.log.entry(order).source.split("\n")
        texts.append("\n".join("\n".join(lines[a - 1 : b]) for a, b in spans))
    return texts


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(observe, "_SECONDS", 5.0)  # however busy the machine is
    return Kernel(np=np, pd=pd, pytest=pytest, Path=Path, __name__="__main__")


class Forks:
    """A process that runs each case in a fork of its own; see `running`."""

    def __init__(self, *words):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.capture.slices.soundness.running", *words],
            cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, folder, files, **question):
        folder.mkdir()
        self._process.stdin.write(
            json.dumps({"folder": str(folder), "files": files, **question}) + "\n"
        )
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        if found.get("error", "").startswith("Skipped"):
            pytest.skip(found["error"])
        return found

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@pytest.fixture(scope="module")
def forks():
    processes = Forks(), Forks("heavy")
    yield processes
    for process in processes:
        process.close()


@pytest.mark.parametrize("case", CASES)
def test_the_slice_gives_the_same(case, forks, tmp_path):
    cells, files = CASES[case]
    for module in ("torch", "lightgbm"):
        if any(f"import {module}" in cell or f"from {module} " in cell for cell in cells):
            pytest.importorskip(module)
    forks = forks[any(name in cell for cell in cells for name in HEAVY)]
    tried = []
    for looks in (5.0, 0.0):  # what is seen of values must not be needed
        first = forks.ask(tmp_path / f"first {looks}", files, cells=cells, looks=looks)
        assert "error" not in first, first
        if first["pieces"] not in tried:
            again = forks.ask(tmp_path / f"again {looks}", files, pieces=first["pieces"])
            assert again == {"y": first["y"]}, f"values looked at for {looks} s"
        tried.append(first["pieces"])


def test_what_a_cell_answered_is_kept_where_it_is_used(session):
    session.run("x = 2\nx + 1").run("z = 5").run("x * 4")
    session.namespace["_"] = 8
    session.run("y = _ + 1")
    assert made(session, "y") == ["x = 2\nx + 1", "x * 4", "y = _ + 1"]
    session.run("w = x + z\nw")
    assert made(session, "w") == ["x = 2", "z = 5", "w = x + z"]


@pytest.mark.parametrize(
    ("cells", "slice_"),
    [
        (["X = np.zeros((3, 2))\nfig, ax = Axes(), Axes()",
          "ax.scatter(X[:, 0], X[:, 1])\nax.set_title('t')\nfig.suptitle('t')\nmodel = [X]"],
         ["X = np.zeros((3, 2))", "model = [X]"]),
        (["X = np.zeros((3, 2))\nax = Axes()",
          "for x, a in zip(X, [ax]):\n    a.scatter(x, x)\nmodel = [X]"],
         ["X = np.zeros((3, 2))", "model = [X]"]),
        (["X = np.zeros((3, 2))\nmodels, data = [Axes(), Axes()], [X, X]",
          "for m, d in zip(models, data):\n    m.fit(d)\nmodel = [data]"],
         ["X = np.zeros((3, 2))\nmodels, data = [Axes(), Axes()], [X, X]", "model = [data]"]),
        (["rng = np.random.default_rng(0)\nX = rng.normal(size=4)", "shown = X.mean()",
          "model = [rng.normal()]"],
         ["rng = np.random.default_rng(0)\nX = rng.normal(size=4)", "model = [rng.normal()]"]),
        (["X = np.zeros((3, 2))", "Axes().plot_tree(1, pool=X)", "model = [X * 1]"],
         ["X = np.zeros((3, 2))", "model = [X * 1]"]),
        (["X = np.zeros((3, 2))", "res = Axes(X)\nres.fit(X)", "shown = X.mean()",
          "asked = res.get_prediction(1)\nleft = res.frame(asked)", "model = [X[:, 0]]"],
         ["X = np.zeros((3, 2))", "model = [X[:, 0]]"]),
    ],
    ids=["plots", "a loop of plots", "a loop over two", "what was drawn",
         "plots of a model", "a holder, asked"],
)  # fmt: skip
def test_what_only_looks_is_left_out(session, cells, slice_):
    class Axes:
        """Takes anything; nothing can be seen of it from outside."""

        __slots__ = ()

        def __init__(self, *given):
            pass

        def __getattr__(self, name):
            return lambda *given, **named: None

    session.namespace["Axes"] = Axes
    for cell in cells:
        session.run(cell)
    assert made(session, "model") == slice_


@pytest.mark.parametrize(
    ("cells", "slice_"),
    [
        (
            [
                "k = list(range(3))",
                "grid = {'k': k}",
                "seen = Search(grid)",
                "seen.fit(k)",
                "model = [k]",
            ],
            ["k = list(range(3))", "model = [k]"],
        ),
        (
            [
                "def model(v):\n    return scale * v",
                "scale = 3",
                "z = model(1)",
                "model = [4]",
                "model.append(5)",
            ],
            ["model = [4]", "model.append(5)"],
        ),
        (["np.random.seed(0)", "model = [np.random.rand()]"], ["model = [np.random.rand()]"]),
        (
            ["np.random.seed(0)\nmodel = [np.random.rand()]"] * 2,
            ["np.random.seed(0)\nmodel = [np.random.rand()]"],
        ),
    ],
    ids=["held by what was searched", "a name of a function before", "a seed", "a seed, again"],
)
def test_what_is_known_not_to_matter_is_left_out(session, cells, slice_):
    class Search:
        """Holds what it is given, and keeps the rest of itself to itself."""

        def __init__(self, grid):
            self.grid = grid
            self.function = len

        def fit(self, data):
            return self

    session.namespace["Search"] = Search
    for cell in cells:
        session.run(cell)
    assert made(session, "model") == slice_


def test_magics_that_touch_nothing_are_told_from_those_that_may():
    def foreign(source):
        return [unit.foreign for unit in analyse(source).units]

    assert foreign("%matplotlib inline\nx = 1\n%time y = 2\nx?") == [False] * 4
    assert foreign("!echo 1 > a.txt\nx = 1\nf = !ls\n%cd data") == [True, False, True, True]
    assert foreign("!pip install x\n!ls data\npip install y\ncd data") == [False, False, True, True]
    assert foreign("x = 1\nx\n;") == [False] * 3
    assert foreign("%%javascript\nlet a = 3") == []
    assert foreign("%%writefile a.py\nb = 3") == [True]
    assert analyse("%pylab inline").binds >= {"*", "np", "plt"}


LOOP = "for i in range(2):\n    cost = x * i\n    model = [cost]"
NET = ("import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n"
       "        super(Net, self).__init__()\n        self.a = torch.nn.Linear(1, 1)\n"
       "    def forward(self, x):\n        return self.a(x)")  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "slice_"),
    [
        (["import types\nsm = types.ModuleType('sm')\nsm.add_constant = lambda v: [1, v]",
          "a = sm.add_constant(2)", "model = sm.add_constant(3)"],
         ["import types\nsm = types.ModuleType('sm')\nsm.add_constant = lambda v: [1, v]",
          "model = sm.add_constant(3)"]),
        (["x = 3", "cost = x * 2", "shown = [cost]\nshown.append(1)", LOOP], ["x = 3", LOOP]),
        ([NET, "tried = Net()\nout = tried(torch.ones(1, 1))", "model = Net()"],
         [NET, "model = Net()"]),
        ([NET, "model = Net()", "model.eval()\nmodel.train()", "model.to('cpu')",
          "next(model.parameters()).device", "model.a.bias.data.fill_(1)"],
         [NET, "model = Net()", "model.a.bias.data.fill_(1)"]),
        (["a = list([1])\nb = dict(k=a)", "c = list([2])\nc.append(3)", "model = [b]"],
         ["a = list([1])\nb = dict(k=a)", "model = [b]"]),
        (["import matplotlib.pyplot as plt\ndef keep(name):\n    plt.savefig(name)",
          "keep('a.png')", "from sklearn.datasets import load_iris\nmodel = [load_iris().data]"],
         ["from sklearn.datasets import load_iris\nmodel = [load_iris().data]"]),
    ],
    ids=["a module's function, asked", "names of a loop", "another object of the class",
         "a module, looked at", "builtins", "figures"],
)  # fmt: skip
def test_what_objects_do_not_do_is_left_out(session, cells, slice_, tmp_path, monkeypatch):
    for cell in cells:
        if "torch" in cell:
            pytest.importorskip("torch")
        if "matplotlib" in cell:
            pytest.importorskip("matplotlib").use("agg")
    monkeypatch.chdir(tmp_path)
    for cell in cells:
        session.run(cell)
    assert made(session, "model") == slice_


@pytest.mark.parametrize(
    ("cells", "slice_"),
    [
        (["class B:\n    k = 0", "class M(B):\n    pass", "model = [B.k]"],
         ["class B:\n    k = 0", "model = [B.k]"]),
        (["x = [1]", "d = {}", "d = 3", "model = list(x)"], ["x = [1]", "model = list(x)"]),
        (["with open('a.txt', 'w') as f:\n    pass", "f = 3", "import numpy",
          "model = [numpy.zeros(1)]"], ["import numpy", "model = [numpy.zeros(1)]"]),
    ],
    ids=["classes that tell nobody", "values that are simply gone", "files that are closed"],
)  # fmt: skip
def test_what_tells_nobody_is_left_out(session, cells, slice_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for cell in cells:
        session.run(cell)
    assert made(session, "model") == slice_
