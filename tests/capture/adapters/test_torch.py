"""Modules and optimizers come back as data; classes of cells by their text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Tie
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

torch = pytest.importorskip("torch")
nn = torch.nn
ADAPTER = ADAPTERS.get("torch")
X = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)
ASK = "model.eval()(__import__('torch').from_numpy(inputs)).detach().numpy()"

CELL = """
import torch
from torch import nn
import torch.nn.functional as F
H = 8
def squash(x):
    return torch.tanh(x) * H
class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.LayerNorm(n)
        self.act = F.gelu
    def forward(self, x):
        return self.act(self.norm(x))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, H)
        self.block = Block(H)
        self.last = nn.Linear(H, 2)
        self.sizes = (4, H)
        self.register_buffer("seen", torch.zeros(3), persistent=False)
    def forward(self, x):
        return self.last(squash(self.block(self.first(x))))
"""


def no_source(obj):
    return None


def trained(model):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.from_numpy(X)).square().mean().backward()
        optimizer.step()
    return model, optimizer


class TestSequential(AdapterTests):
    adapter_name = "torch"
    ask = ASK

    def train(self):
        torch.manual_seed(0)
        layers = [nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2)]
        return trained(nn.Sequential(*layers))[0]

    def inputs(self):
        return X


class TestClassOfACell(AdapterTests):
    adapter_name = "torch"
    ask = ASK
    trusted = True

    def train(self):
        space = {"__name__": "__main__"}
        exec(CELL, space)
        torch.manual_seed(0)
        return trained(space["Net"]())[0]

    def inputs(self):
        return X

    def sources(self, obj):
        return CELL if obj.__module__ == "__main__" else None


def test_a_restored_class_of_a_cell_is_shared_by_all_that_use_it():
    kit = TestClassOfACell()
    frozen = ADAPTER.freeze(kit.train(), kit.sources)
    again = ADAPTER.restore(thaw(frozen, trusted=True))
    assert [name for name, _ in frozen.code_refs] == ["__main__.Block", "__main__.Net"]
    assert type(again).__init__.__globals__["Block"] is type(again.block)
    assert again._non_persistent_buffers_set == {"seen"}


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), (2, 5, 3)),
        (nn.GRU(3, 4), (2, 5, 3)),
        (nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", batch_first=True), (2, 5, 8)),
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.Flatten()), (2, 3, 8, 8)),
        (nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last), (2, 3, 8, 8)),
        (nn.Linear(3, 4).double(), (2, 3)),
        (nn.Linear(3, 4).bfloat16(), (2, 3)),
    ],
    ids=["lstm", "gru", "transformer", "conv", "channels-last", "double", "bfloat16"],
)
def test_a_module_of_torch_comes_back(module, shape):
    module.eval()
    data = torch.randn(shape).to(next(module.parameters()).dtype)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(module, no_source)))
    one, other = module(data), again(data)
    first = one[0] if isinstance(one, tuple) else one
    second = other[0] if isinstance(other, tuple) else other
    assert torch.equal(first, second)
    pairs = zip(module.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(a.stride() == b.stride() and torch.equal(a, b) for a, b in pairs)


def test_ties_and_views_share_their_storage_again():
    module = nn.Module()
    module.embedding = nn.Embedding(30, 8)
    module.output = nn.Linear(8, 30, bias=False)
    module.output.weight = module.embedding.weight
    module.rows = module.embedding.weight.data[10:20]
    module.empty = torch.empty(0, 3)
    module.scalar = torch.tensor(3.5)
    frozen = ADAPTER.freeze(module, no_source)
    again = ADAPTER.restore(thaw(frozen, sources={}, trusted=True))
    assert again.output.weight is again.embedding.weight
    again.rows[0, 0] = 42.0
    assert again.embedding.weight[10, 0] == 42.0
    assert (again.empty.shape, again.scalar.item()) == ((0, 3), 3.5)
    assert frozen.bundle.ties == (Tie("output.weight", "embedding.weight"),)
    assert frozen.n_weights == 240


@pytest.mark.parametrize(
    "name",
    ["float16", "bfloat16", "float64", "int8", "uint8", "int64", "bool", "complex64",
     "float8_e4m3fn", "float8_e5m2"],
)  # fmt: skip
def test_every_dtype_keeps_its_bits(name):
    bits = torch.arange(0, 64, dtype=torch.uint8)
    dtype = getattr(torch, name)
    module = nn.Module()
    module.values = (bits % 2).bool() if name == "bool" else bits.view(dtype)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(module, no_source)))
    assert again.values.dtype == dtype
    assert torch.equal(again.values.view(torch.uint8), module.values.view(torch.uint8))


def test_training_mode_and_frozen_layers():
    module = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
    module[0].requires_grad_(False)
    frozen = ADAPTER.freeze(module.eval(), no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert not again.training
    assert not again[0].weight.requires_grad
    assert identity(ADAPTER.freeze(module.train(), no_source)) == identity(frozen)


def test_writes_that_torch_does_not_count_are_seen():
    module = nn.Linear(2, 2)
    before = identity(ADAPTER.freeze(module, no_source))
    module.weight.data.numpy()[0, 0] = 7
    assert identity(ADAPTER.freeze(module, no_source)) != before


def test_hooks_and_wrappers_are_told_as_lost():
    module = nn.Linear(2, 2)
    module.register_forward_hook(lambda *_: None)
    frozen = ADAPTER.freeze(nn.DataParallel(module), no_source)
    assert frozen.lost == (
        "the DataParallel around the model is not kept; wrap it again once restored",
        "1 hook(s) on a Linear are not kept",
    )
    assert [part.path for part in frozen.bundle.parts] == ["weight", "bias"]


def test_what_has_no_content_is_refused():
    with pytest.raises(CaptureError, match="meta") as refused:
        ADAPTER.freeze(nn.Linear(2, 2, device="meta"), no_source)
    assert refused.value.code == "not-capturable"


def test_a_lazy_model_is_unfitted_until_it_has_met_a_batch():
    model = nn.Sequential(nn.LazyLinear(2), nn.ReLU())
    assert not ADAPTER.is_fitted(model)
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(model, no_source)
    assert refused.value.code == "unfitted"
    assert refused.value.message == (
        "0 (LazyLinear) has no weights yet: their shape follows from the first batch."
    )
    model(torch.ones(1, 3))
    assert ADAPTER.is_fitted(model)
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert torch.equal(again(torch.ones(1, 3)), model(torch.ones(1, 3)))


def test_an_optimizer_goes_on_where_it_stopped():
    model, optimizer = trained(TestSequential().train())
    assert ADAPTER.optimizer_matches(optimizer, model)
    assert not ADAPTER.optimizer_matches(optimizer, nn.Linear(2, 2))
    kept = ADAPTER.freeze_optimizer(optimizer, model, no_source)
    bundle = kept.bundle
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    resumed, schedules = ADAPTER.restore_optimizer(thaw(kept), again)
    assert schedules == {}
    for part, stepper in ((model, optimizer), (again, resumed)):
        torch.manual_seed(1)
        stepper.zero_grad()
        part.train()(torch.from_numpy(X)).sum().backward()
        stepper.step()
    pairs = zip(model.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert "state.0.weight.exp_avg" in {part.path for part in bundle.parts}
    with pytest.raises(RestoreError) as refused:
        ADAPTER.restore_optimizer(thaw(kept), nn.Linear(4, 8))
    assert refused.value.code == "optimizer-mismatch"


@pytest.mark.parametrize(
    "make",
    [
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        lambda p: torch.optim.AdamW(
            [{"params": [q], "lr": 0.1 / (i + 1)} for i, q in enumerate(p)]
        ),
        lambda p: torch.optim.RMSprop(p),
        lambda p: torch.optim.Adagrad(p),
    ],
)
def test_optimizers_come_back(make):
    model = nn.Linear(4, 2)
    optimizer = make(list(model.parameters()))
    model(torch.from_numpy(X)).sum().backward()
    optimizer.step()
    again, _ = ADAPTER.restore_optimizer(thaw(ADAPTER.freeze(optimizer, no_source)), model)
    one, other = optimizer.state_dict(), again.state_dict()
    assert one["param_groups"] == other["param_groups"]
    assert str(one["state"]) == str(other["state"])


def test_params_tell_layers_and_optimizer():
    model, optimizer = trained(nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 2)))
    params = {p.name: (p.value, p.default) for p in ADAPTER.params(model)}
    assert params == {
        "n_parameters": (58, False),
        "0.in_features": (4, False), "0.out_features": (8, False),
        "1.p": (0.1, False), "1.inplace": (False, True),
        "2.in_features": (8, False), "2.out_features": (2, False),
    }  # fmt: skip
    settings = {p.name: (p.value, p.default) for p in ADAPTER.params(optimizer)}
    assert settings["optimizer"] == ("Adam", False)
    assert settings["optimizer.lr"] == (0.01, False)
    assert settings["optimizer.betas"] == ("(0.9, 0.999)", True)


@pytest.mark.parametrize(
    ("place", "value"),
    [(2, "os"), (3, [2**40]), (4, ["view", [1], 10**9]), (4, ["view", [-1], 0]),
     (4, ["dense", [7, 7]]), (1, "nowhere")],
)  # fmt: skip
def test_a_tensor_that_lies_is_refused(place, value):
    frozen = ADAPTER.freeze(nn.Linear(3, 2), no_source)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "tensor")
    node[place] = value
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code in ("corrupt-state", "corrupt-dtype", "state-refused")


def test_functions_outside_the_list_are_refused():
    frozen = ADAPTER.freeze(nn.Linear(3, 2), no_source)
    data = decode(frozen.state)
    for name in ("torch:load", "torch.hub:load", "torch.nn.modules.module:torch", "os:system",
                 "torch.fx.graph_module:GraphModule"):  # fmt: skip
        data["nodes"].append(["name", name])
        data["root"] = [len(data["nodes"]) - 1]
        with pytest.raises(RestoreError) as refused:
            ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
        assert refused.value.code == "class-refused"
