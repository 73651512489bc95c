"""What a person names is kept, also what nobody would have looked for; the rest says why not."""

from __future__ import annotations

from collections import Counter, OrderedDict
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest
import scipy.sparse
from sklearn.linear_model import LinearRegression

import jupyter_mvt as mvt
from jupyter_mvt.errors import CaptureError
from tests.shells import run

torch = pytest.importorskip("torch")
if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return mvt.init(tmp_path)


def kept(made: object) -> list[tuple[str, str, str]]:
    return [(m.var, m.role, m.adapter) for m in made.commit.content.models]


def warned(made: object) -> list[str]:
    return [note.text for note in made.notes if note.kind == "warning"]


def network() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(300, 200), torch.nn.Linear(200, 100))


def test_a_state_dict_is_kept_as_data(repo: Repo) -> None:
    net = network()
    made = repo.commit(net.state_dict(), message="weights alone")
    assert kept(made) == [("model", "params", "torch/1")]
    assert warned(made) == []
    assert not made.commit.content.models[0].needs_trust
    found = repo["HEAD"].load()
    assert type(found) is OrderedDict
    assert found._metadata == net.state_dict()._metadata
    assert all(torch.equal(found[key], value) for key, value in net.state_dict().items())
    weight = repo["HEAD"].tensor("1.weight")
    np.testing.assert_array_equal(weight, net[1].weight.detach().numpy())
    assert repo["HEAD"].params == {"n_parameters": 300 * 200 + 200 + 200 * 100 + 100}


def test_only_the_layer_that_changed_differs(repo: Repo) -> None:
    net = network()
    repo.commit(net.state_dict())
    with torch.no_grad():
        net[1].bias += 1
    assert repo.commit(net.state_dict()).created
    (change,) = repo.diff("v1", "v2").weights.models
    assert [(tensor.path, tensor.changed_share) for tensor in change.tensors] == [("1.bias", 1.0)]
    assert change.equal == 3
    assert not repo.commit(net.state_dict()).created


def test_steps_of_training_are_packed_as_deltas(repo: Repo) -> None:
    state = network().state_dict()
    size = sum(value.nbytes for value in state.values())
    for _ in range(6):
        for value in state.values():
            value += torch.randn(value.shape) * 1e-6
        repo.commit(state)
    before = [value.clone() for value in state.values()]
    packed = repo.gc(pack="all", grace_days=0).packed
    assert packed.after_bytes < 3 * size < packed.before_bytes
    assert all(map(torch.equal, repo["v6"].load().values(), before))


def test_a_checkpoint_is_one_model(repo: Repo) -> None:
    net = network()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.ones(1, 300)).sum().backward()
    optimizer.step()
    given = {"model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}
    made = repo.commit(given)
    assert kept(made) == [("model", "params", "torch/1")]
    found = repo["HEAD"].load()
    assert list(found) == ["model", "optimizer", "epoch"]
    assert repo["HEAD"].params["epoch"] == 3
    assert repo["HEAD"].tensor("optimizer.state.0.momentum_buffer").shape == (200, 300)


def test_models_by_name_stay_several(repo: Repo) -> None:
    line = LinearRegression().fit([[0.0], [1.0]], [0, 1])
    made = repo.commit({"line": line, "weights": network().state_dict(), "table": np.ones(3)})
    assert kept(made) == [
        ("line", "predictor", "sklearn/1"), ("weights", "params", "torch/1"),
        ("table", "params", "pickled/1"),
    ]  # fmt: skip


class Rules:
    """An object of one's own that predicts nothing by that name."""

    def __init__(self) -> None:
        self.weights = np.arange(4.0)

    def decide(self) -> float:
        return float(self.weights.sum())


@pytest.mark.parametrize(
    ("value", "role", "same"),
    [
        (np.arange(5.0), "params", np.array_equal),
        ({"w": np.arange(5.0), "rate": 0.1}, "params",
         lambda a, b: np.array_equal(a["w"], b["w"]) and a["rate"] == b["rate"]),
        ([np.ones(2), np.zeros(2)], "params", np.array_equal),
        (Rules(), "object", lambda a, b: a.decide() == b.decide()),
        ({"one": Rules(), "two": Rules()}, "params", lambda a, b: a.keys() == b.keys()),
        ({"the": {"cat": 0.5, "dog": 0.5}}, "params", dict.__eq__),
        (Counter("hello"), "params", lambda a, b: a == b),
        (SimpleNamespace(a=1, b="two"), "object", lambda a, b: a == b),
        (scipy.sparse.dok_matrix(np.eye(3)), "params", lambda a, b: (a != b).nnz == 0),
        (scipy.sparse.csr_matrix(np.eye(3)), "object", lambda a, b: (a != b).nnz == 0),
    ],
)  # fmt: skip
def test_any_object_that_is_named_goes_into_a_pickle_and_it_is_said(repo, value, role, same):
    made = repo.commit(value)
    assert kept(made)[0] == ("model", role, "pickled/1")
    cls = type(value).__qualname__
    assert warned(made) == [
        f"kept as a pickle: restoring it elsewhere runs code and needs trust "
        f"(no adapter knows {cls})"
    ]
    found = repo["HEAD"].load()
    assert type(found) is type(value)
    assert same(found, value)


def test_arrays_of_a_dict_are_read_one_by_one(repo: Repo) -> None:
    repo.commit({"dense/w": np.arange(6.0), "bias": np.ones(2)})
    np.testing.assert_array_equal(repo["HEAD"].tensor("bias"), np.ones(2))


@pytest.mark.parametrize(
    ("value", "said", "hint"),
    [
        (None, "None", "mvt status"),
        (3, "an int", "repo.commit(model, params={'x': x})"),
        (np.float32(3), "a float32", "repo.commit(model, params={'x': x})"),
        ("hello", "a str", "repo.commit(model, variables={'x': x})"),
        (b"hello", "a bytes", 'open("model.bin", "wb").write(x)  # then: mvt commit model.bin'),
        (np, "a module", "mvt status"),
        (len, "a builtin_function_or_method", "mvt status"),
        (np.add, "a ufunc", "mvt status"),
        (Rules, "a type", "model = x()  # then: mvt commit model"),
        ({}, "a dict", "mvt status"),
        (pd.DataFrame({"a": [1]}), "a DataFrame",
         "mvt commit --data x  # or among the variables: mvt commit --vars x"),
        (pd.Series([1]), "a Series",
         "mvt commit --data x  # or among the variables: mvt commit --vars x"),
        (polars.DataFrame({"a": [1]}), "a DataFrame",
         "mvt commit --data x  # or among the variables: mvt commit --vars x"),
        (pyarrow.table({"a": [1]}), "a Table",
         "mvt commit --data x  # or among the variables: mvt commit --vars x"),
        (torch.optim.SGD([torch.ones(1)], lr=0.1), "a SGD", "repo.commit(x.state_dict())"),
        (torch.nn.MSELoss(), "a MSELoss", "mvt status"),
        (torch.optim.Adam([torch.ones(1)]), "an Adam", "repo.commit(x.state_dict())"),
    ],
)  # fmt: skip
def test_what_can_be_no_model_is_refused_with_what_to_type(repo, value, said, hint):
    with pytest.raises(CaptureError) as refused:
        repo.commit({"x": value})
    assert refused.value.lines() == [
        f"CaptureError [no-model]: 'x' is {said}, which is no model that mvt can keep.",
        f"Hint: {hint}",
    ]
    assert repo.log().entries == ()


def test_what_cannot_be_pickled_is_refused_by_name(repo: Repo) -> None:
    held = Rules()
    held.handle = (number for number in range(3))
    with pytest.raises(CaptureError) as refused:
        repo.commit(held)
    assert refused.value.lines() == [
        "CaptureError [not-picklable]: The Rules cannot be kept: its attribute 'handle' cannot be "
        "pickled (TypeError: cannot pickle 'generator' object).",
        "Hint: before the commit: model.handle = None",
    ]


class Sealed(Rules):
    """A model whose attributes could all be pickled, but not itself."""

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("held by a device")


def test_what_refuses_to_be_pickled_itself_is_told_another_way(repo: Repo, tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as refused:
        repo.commit(Sealed())
    assert refused.value.lines() == [
        "CaptureError [not-picklable]: The Sealed cannot be kept: it cannot be pickled "
        "(TypeError: held by a device).",
        "Hint: once it is saved to a file in its own way: mvt commit PATH",
    ]
    (tmp_path / "sealed.bin").write_bytes(Sealed().weights.tobytes())
    assert repo.commit(tmp_path / "sealed.bin").created


def test_a_cell_names_its_weights(shell) -> None:
    run(shell, "import torch\nnet = torch.nn.Linear(3, 2)\nweights = net.state_dict()")
    found = run(shell, "%mvt commit weights -m alone")
    assert kept(found) == [("weights", "params", "torch/1")]
    assert mvt.open()["HEAD"].tensor("weight").shape == (2, 3)
    assert [text for cell, text in mvt.open()["HEAD"].cells if cell.made] != []
    found = run(shell, "%mvt commit -m found")
    assert kept(found) == [("net", "module", "torch/1")]


def test_a_dict_of_tensors_does_not_become_names(shell) -> None:
    run(shell, "import torch\nstate = {'a': torch.ones(2), 'b': torch.zeros(3)}\nx = [1]")
    found = run(shell, "%mvt commit state x")
    assert kept(found) == [("state", "params", "torch/1"), ("x", "params", "pickled/1")]
    assert mvt.open()["HEAD"].load("state")["b"].tolist() == [0.0, 0.0, 0.0]
    missing = shell.run_cell("%mvt commit").error_in_exec
    assert missing.lines() == ["CaptureError [no-model]: No model was found in this session.",
                               "Hint: mvt commit model"]  # fmt: skip
