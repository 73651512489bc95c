"""What a training statement was given."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from jupyter_mvt.capture.slices.training import trainings
from tests.shells import run, started

LOOPS = {
    "opt.zero_grad(); loss = loss_fn(net(X), y); loss.backward(); opt.step()": ["X", "y"],
    "rows = order[i:i + 8]\n    loss_fn(net(X[rows]), y[rows]).backward()": ["order", "X", "y"],
    "loss_fn(net(X), target=y).backward()\n    with torch.no_grad():\n        show(net(V))": [
        "X",
        "y",
    ],
}


@pytest.mark.parametrize("body", LOOPS)
def test_what_a_loop_of_ones_own_is_fed(body):
    [*_, last] = trainings(ast.parse(f"for i in range(3):\n    {body}"), {})
    assert [argument.root for argument in last.fed] == LOOPS[body]


def test_the_data_of_a_loop_over_whole_tensors(tmp_path, monkeypatch):
    with started(tmp_path, monkeypatch) as shell:
        shell.user_ns["rows"] = np.ones((8, 3), "float32")
        made = run(
            shell,
            "%load_ext jupyter_mvt",
            "import torch\nX = rows[:2]\ninputs = torch.tensor(rows)\nanswers = inputs.sum(1)",
            "net = torch.nn.Linear(3, 1)\nopt = torch.optim.SGD(net.parameters(), 0.1)",
            "for _ in range(2):\n    loss = (net(inputs).squeeze() - answers[:]).square().mean()\n"
            "    opt.zero_grad()\n    loss.backward()\n    opt.step()",
            "%mvt commit -m looped",
        )
        found = [(data.var, data.role, data.rows) for data in made.commit.content.datasets]
        assert found == [("inputs", "train", 8), ("answers", "train", 8)]
