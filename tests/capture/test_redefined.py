"""Classes and functions that were defined once more since a model was made of them."""

from __future__ import annotations

import pytest

from tests.shells import run, started

pytest.importorskip("torch")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    with started(tmp_path, monkeypatch) as shell:
        run(shell, "%load_ext jupyter_mvt")
        yield shell


def restored(shell, name, asked, *between):
    """Commit `name`, run `between`; return how it is kept, and what it answers once restored."""
    made = run(shell, f"%mvt commit {name}")
    (model,) = made.commit.content.models
    run(shell, *between, f"old = %mvt checkout {made.version.name}")
    return model.state_kind, run(shell, f"old.{name}{asked}")


def test_a_model_of_a_redefined_class_is_kept_with_the_text_it_was_made_of(shell):
    run(
        shell,
        "import torch\nfrom torch import nn",
        "class Half(nn.Module):\n    def forward(self, x):\n        return x / 2",
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.halve, self.out = Half(), nn.Linear(3, 1)\n"
        "    def forward(self, x):\n"
        "        return self.out(self.halve(x))",
        "net = Net()\nrows = torch.ones(2, 3)\nbefore = net(rows)",
        "class Half(nn.Module):\n    def forward(self, x):\n        return x / 4",
        "class Net(nn.Linear):\n    pass",
        "net.out.weight.data += 0",
    )
    kind, after = restored(shell, "net", "(rows)", "del Net, Half")
    assert kind == "tensors"
    assert (after == shell.user_ns["before"]).all()


def test_parts_of_two_classes_of_one_name_are_told_apart(shell):
    run(
        shell,
        "import torch\nfrom torch import nn",
        "class Part(nn.Module):\n    def forward(self, x):\n        return x / 2",
        "first = Part()",
        "class Part(nn.Module):\n    def forward(self, x):\n        return x + 3",
        "net = nn.Sequential(first, Part(), nn.Linear(3, 1))\nrows = torch.ones(2, 3)",
        "before = net(rows)",
    )
    assert (restored(shell, "net", "(rows)")[1] == shell.user_ns["before"]).all()


def test_a_helper_that_was_redefined_since_means_what_it_does_now(shell):
    run(
        shell,
        "import torch\nfrom torch import nn",
        "def scaled(x):\n    return x / 2",
        "class Net(nn.Linear):\n"
        "    def forward(self, x):\n"
        "        return super().forward(scaled(x))",
        "net = Net(3, 1)\nrows = torch.ones(2, 3)",
        "def scaled(x):\n    return x / 4",
        "class Net(nn.Bilinear):\n    pass",
        "now = net(rows)",
    )
    assert (restored(shell, "net", "(rows)")[1] == shell.user_ns["now"]).all()


def test_a_function_that_was_redefined_since_is_kept_with_its_text(shell):
    run(
        shell,
        "import numpy as np\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import FunctionTransformer\n"
        "X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])",
        "def clean(x):\n    return x * 2",
        "pipe = make_pipeline(FunctionTransformer(clean), LogisticRegression()).fit(X, y)",
        "def clean(x):\n    return x * 3",
        "before = pipe.predict_proba(X)",
    )
    kind, after = restored(shell, "pipe", ".predict_proba(X)")
    assert kind == "declarative"
    assert (after == shell.user_ns["before"]).all()


def test_what_is_trained_on_in_a_fresh_session_keeps_the_text_of_its_class(tmp_path, monkeypatch):
    imports = "import torch\nfrom torch import nn\nrows = torch.ones(2, 3)"
    with started(tmp_path, monkeypatch) as shell:
        run(
            shell,
            "%load_ext jupyter_mvt",
            imports,
            "class Net(nn.Linear):\n"
            "    def forward(self, x):\n"
            "        return super().forward(x) / 2",
            "net = Net(3, 1)\noptimizer = torch.optim.SGD(net.parameters(), lr=0.1)",
            "net(rows).sum().backward()\noptimizer.step()",
            "%mvt commit -m made",
        )
    with started(tmp_path, monkeypatch) as shell:
        made = run(
            shell,
            "%load_ext jupyter_mvt",
            imports,
            "import jupyter_mvt as mvt\nresumed = mvt.open()['v1'].resume()\nnet = resumed.model",
            "net(rows).sum().backward()\nresumed.optimizer.step()",
            "%mvt commit net -m more",
        )
        assert [model.state_kind for model in made.commit.content.models] == ["tensors"]
        found = run(shell, "%mvt reproduce v2")
        assert found.verdict == "identical", found.to_dict()
