"""Weights that torch makes anew: parametrized, normed, pruned, quantized; programs and wrappers."""

from __future__ import annotations

import copy
import enum
import sys

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError, CorruptionError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import identity, thaw

torch = pytest.importorskip("torch")
nn = torch.nn
pz = torch.nn.utils.parametrizations
prune = pytest.importorskip("torch.nn.utils.prune")

ADAPTER = ADAPTERS.get("torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def no_source(obj):
    return None


def restored(model):
    frozen = ADAPTER.freeze(model, no_source)
    assert (frozen.state_kind, frozen.code_refs) == ("tensors", ())
    return ADAPTER.restore(thaw(frozen)), frozen


def trained(model, inputs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model.train()(inputs).square().mean().backward()
        optimizer.step()
    return model


def pruned():
    layer = nn.Linear(4, 4)
    prune.l1_unstructured(layer, "weight", 0.5)
    prune.random_structured(layer, "weight", 1, dim=0)
    return layer


RENEWED = {
    "weight norm": lambda: pz.weight_norm(nn.Linear(4, 4)),
    "spectral norm": lambda: pz.spectral_norm(nn.Linear(4, 4)),
    "orthogonal": lambda: pz.orthogonal(nn.Linear(4, 4)),
    "two on one": lambda: pz.spectral_norm(pz.weight_norm(nn.Linear(4, 4)), "weight"),
    "old weight norm": lambda: nn.utils.weight_norm(nn.Linear(4, 4)),
    "old spectral norm": lambda: nn.utils.spectral_norm(nn.Linear(4, 4)),
    "pruned": pruned,
}


def test_a_member_of_an_enumeration_is_told_by_its_value_on_every_python(monkeypatch):
    model = pz.orthogonal(nn.Linear(4, 4))
    told = []
    for reduced in (
        lambda member, _: (type(member), (member.value,)),
        lambda member, _: (getattr, (type(member), member.name)),  # Python 3.11.0 to 3.11.3
    ):
        monkeypatch.setattr(enum.Enum, "__reduce_ex__", reduced)
        again, frozen = restored(model)
        assert again.parametrizations.weight[0].orthogonal_map.name == "matrix_exp"
        told.append(identity(frozen))
    assert told[0] == told[1]


@pytest.mark.parametrize("name", RENEWED)
def test_what_makes_a_weight_anew_comes_back_and_goes_on_learning(name):
    torch.manual_seed(0)
    inputs = torch.randn(5, 4)
    model = trained(nn.Sequential(RENEWED[name](), nn.Tanh()), inputs)
    again, frozen = restored(model)
    assert frozen.lost == ()
    assert [type(layer).__name__ for layer in again] == [type(layer).__name__ for layer in model]
    assert torch.equal(again.eval()(inputs), model.eval()(inputs))
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    further = [trained(one, inputs).eval()(inputs) for one in (model, again)]
    assert torch.equal(*further)


def test_a_parametrization_can_be_removed_or_copied_afterwards():
    again, _ = restored(pz.weight_norm(nn.Linear(4, 4)))
    weight = copy.deepcopy(again).weight.detach()
    assert torch.equal(again.weight, weight)
    torch.nn.utils.parametrize.remove_parametrizations(again, "weight")
    assert type(again) is nn.Linear
    assert torch.equal(again.weight, weight)


@pytest.mark.parametrize("name", ["not a name", "weight"])
def test_a_parametrization_that_is_none_is_refused(name):
    frozen = ADAPTER.freeze(pz.weight_norm(nn.Linear(4, 4)), no_source)
    graph = decode(frozen.state)
    nodes = graph["nodes"]
    pair = next(pair for node in nodes if node[0] == "dict" for pair in node[1]
                if pair[0] == "weight")  # fmt: skip
    pair[0] = name
    if name == "weight":
        pair[1] = None
    with pytest.raises(CorruptionError):
        ADAPTER.restore(thaw(frozen, state=encode(graph)))


def test_a_hook_that_computes_no_weight_is_refused():
    frozen = ADAPTER.freeze(nn.utils.weight_norm(nn.Linear(4, 4)), no_source)
    graph = decode(frozen.state)
    hooks = next(node for node in graph["nodes"] if node[0] == "list")
    hooks[1] = [graph["root"]]
    with pytest.raises(CorruptionError, match="a hook is none of torch's own"):
        ADAPTER.restore(thaw(frozen, state=encode(graph)))


def quantized(make, kind):
    torch.manual_seed(0)
    dynamic = torch.ao.quantization.quantize_dynamic
    return dynamic(nn.Sequential(make()), {kind}, dtype=torch.qint8).eval()


DYNAMIC = {"linear": lambda: nn.Linear(6, 3), "lstm": lambda: nn.LSTM(6, 4, batch_first=True),
           "gru": lambda: nn.GRU(6, 4, 2), "cell": lambda: nn.GRUCell(6, 4)}  # fmt: skip


def first(output):
    while isinstance(output, tuple):
        output = output[0]
    return output


@pytest.mark.parametrize("name", DYNAMIC)
def test_a_dynamically_quantized_model_comes_back(name):
    make = DYNAMIC[name]
    model = quantized(make, type(make()))
    again, frozen = restored(model)
    inputs = torch.randn(5, 6) if name in ("linear", "cell") else torch.randn(2, 5, 6)
    assert torch.equal(first(again(inputs)), first(model(inputs)))
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert any(part.dtype == "int8" for part in frozen.bundle.parts)


def test_a_statically_quantized_model_comes_back():
    torch.manual_seed(0)
    own = torch.ao.quantization
    model = nn.Sequential(own.QuantStub(), nn.Conv1d(4, 4, 3), nn.ReLU(), own.DeQuantStub()).eval()
    model.qconfig = own.get_default_qconfig(torch.backends.quantized.engine)
    prepared = own.prepare(model)
    inputs = torch.randn(2, 4, 8)
    prepared(inputs)
    model = own.convert(prepared)
    again, _ = restored(model)
    assert torch.equal(again(inputs), model(inputs))


@pytest.mark.parametrize("change", [lambda node: node.pop(), lambda node: node.__setitem__(2, 1),
                                    lambda node: node.__setitem__(1, "other")])  # fmt: skip
def test_packed_weights_that_do_not_fit_are_refused(change):
    frozen = ADAPTER.freeze(quantized(DYNAMIC["linear"], nn.Linear), no_source)
    graph = decode(frozen.state)
    change(next(node for node in graph["nodes"] if node[0] == "packed"))
    with pytest.raises(CorruptionError):
        ADAPTER.restore(thaw(frozen, state=encode(graph)))


@pytest.mark.parametrize("make", [torch.jit.script, lambda m: torch.jit.trace(m, torch.ones(1, 2))])
def test_a_program_is_refused_with_a_way_out(make):
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(make(nn.Linear(2, 2)), no_source)
    assert refused.value.code == "not-capturable"
    assert refused.value.hint == "torch.jit.save(model, 'model.pt')  # then: mvt commit model.pt"


def test_a_compiled_model_is_kept_as_what_was_compiled():
    model = nn.Linear(2, 2)
    frozen = ADAPTER.freeze(torch.compile(model), no_source)
    assert frozen.lost == (
        "the OptimizedModule around the model is not kept; wrap it again once restored",
    )
    again = ADAPTER.restore(thaw(frozen))
    assert type(again) is nn.Linear
    assert torch.equal(again.weight, model.weight)


PACKAGE = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)

    def forward(self, inputs):
        return self.layer(inputs)
"""


def test_a_model_of_an_installed_package_is_imported_when_it_is_trusted(tmp_path, monkeypatch):
    (tmp_path / "foreign_nets.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    import foreign_nets

    model = foreign_nets.Net()
    frozen = ADAPTER.freeze(model, no_source)
    assert (frozen.state_kind, frozen.code_refs) == ("tensors", ())
    monkeypatch.delitem(sys.modules, "foreign_nets")
    with pytest.raises(TrustError) as refused:
        ADAPTER.restore(thaw(frozen))
    assert (refused.value.code, "foreign_nets" in sys.modules) == ("untrusted-code", False)
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert type(again).__qualname__ == "Net"
    inputs = torch.from_numpy(np.ones((2, 3), np.float32))
    assert torch.equal(again(inputs), model(inputs))
