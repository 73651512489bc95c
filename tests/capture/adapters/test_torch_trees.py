"""State dicts, checkpoints and tensors alone are data, by the names of their keys."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.watch import models_in
from jupyter_mvt.errors import CaptureError, MvtError, RestoreError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Tie
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

torch = pytest.importorskip("torch")
nn = torch.nn
ADAPTER = ADAPTERS.get("torch")
LEAVES = "[v.numpy() for v in {}.values() if hasattr(v, 'numpy')]"


def no_source(obj):
    return None


def network():
    torch.manual_seed(0)
    net = nn.Sequential(OrderedDict(first=nn.Linear(3, 4), norm=nn.BatchNorm1d(4)))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    net(torch.ones(2, 3)).square().mean().backward()
    optimizer.step()
    return net, optimizer


def checkpoint():
    net, optimizer = network()
    return {"model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3,
            "loss": 0.25, "tag": "best", "shift": np.ones(2)}  # fmt: skip


def again(value):
    return ADAPTER.restore(thaw(ADAPTER.freeze(value, no_source)))


class TestStateDict(AdapterTests):
    adapter_name = "torch"
    ask = LEAVES.format("model")

    def train(self):
        return network()[0].state_dict()

    def inputs(self):
        return None


class TestCheckpoint(AdapterTests):
    adapter_name = "torch"
    ask = LEAVES.format("model['model']")

    def train(self):
        return checkpoint()

    def inputs(self):
        return None


class TestTensor(AdapterTests):
    adapter_name = "torch"
    ask = "model.numpy()"

    def train(self):
        return torch.arange(6.0).reshape(2, 3)

    def inputs(self):
        return None


class TestList(AdapterTests):
    adapter_name = "torch"
    ask = "[model[0].numpy(), model[1]['w'].detach().numpy()]"

    def train(self):
        return [torch.arange(6), {"w": nn.Parameter(torch.ones(2, dtype=torch.bfloat16).float())}]

    def inputs(self):
        return None


def test_a_state_dict_comes_back_with_its_type_and_its_versions():
    state = network()[0].state_dict()
    frozen = ADAPTER.freeze(state, no_source)
    found = ADAPTER.restore(thaw(frozen))
    assert [part.path for part in frozen.bundle.parts] == list(state) == [
        "first.weight", "first.bias", "norm.weight", "norm.bias", "norm.running_mean",
        "norm.running_var", "norm.num_batches_tracked",
    ]  # fmt: skip
    assert (frozen.state_kind, frozen.code_refs, frozen.lost) == ("tensors", (), ())
    assert (type(found), found._metadata) == (OrderedDict, state._metadata)
    assert all(torch.equal(found[key], state[key]) for key in state)
    fresh = network()[0]
    fresh.load_state_dict(found)


def test_a_checkpoint_is_one_model_with_what_stands_beside():
    given = checkpoint()
    frozen = ADAPTER.freeze(given, no_source)
    found = ADAPTER.restore(thaw(frozen))
    paths = [part.path for part in frozen.bundle.parts]
    assert {"model.first.weight", "optimizer.state.0.exp_avg", "shift"} <= set(paths)
    assert (frozen.state_kind, frozen.code_refs, frozen.lost) == ("tensors", (), ())
    assert list(found) == list(given)
    assert (found["epoch"], found["loss"], found["tag"]) == (3, 0.25, "best")
    assert found["optimizer"]["param_groups"] == given["optimizer"]["param_groups"]
    params = {param.name: param.value for param in ADAPTER.params(given)}
    momenta = sum(v.numel() for s in given["optimizer"]["state"].values() for v in s.values())
    states = sum(v.numel() for v in given["model"].values())
    assert params == {"n_parameters": momenta + states, "epoch": 3, "loss": 0.25, "tag": "best"}
    net, optimizer = network()
    net.load_state_dict(found["model"])
    optimizer.load_state_dict(found["optimizer"])


def test_tied_weights_and_views_stay_so():
    weight = torch.arange(12.0).reshape(3, 4)
    state = {"embed.weight": weight, "head.weight": weight.detach(), "row": weight[1]}
    frozen = ADAPTER.freeze(state, no_source)
    found = ADAPTER.restore(thaw(frozen))
    assert frozen.bundle.ties == (Tie("head.weight", "embed.weight"),)
    assert [part.path for part in frozen.bundle.parts] == ["embed.weight"]
    found["embed.weight"][1] = 9
    assert found["head.weight"][1].tolist() == found["row"].tolist() == [9.0] * 4
    assert ADAPTER.params(state)[0].value == 12 + 4


def test_a_tensor_counts_where_it_changed():
    state = network()[0].state_dict()
    before = ADAPTER.token(state)
    assert ADAPTER.token(state) == before
    state["first.bias"].add_(1)
    assert ADAPTER.token(state) != before


def test_the_epoch_is_another_version():
    one, other = checkpoint(), {**checkpoint(), "epoch": 4}
    frozen = [identity(ADAPTER.freeze(value, no_source)) for value in (one, other)]
    assert frozen[0] != frozen[1]
    assert frozen[0][1:] == frozen[1][1:]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.ones(2), "params"),
        (nn.Parameter(torch.ones(2)), "params"),
        ((torch.ones(2), [torch.ones(2)]), "params"),
        ({"state": {0: {"step": torch.ones(())}}, "param_groups": [{"params": list(range(99))}]},
         "params"),
        ({"a": torch.ones(2), "b": object()}, None),
        ({"a": {}, "b": [1, 2]}, None),
        ({}, None),
        ([], None),
        (np.ones(2), None),
        (nn.Linear(1, 1), None),
        (torch.Tensor, None),
    ],
)  # fmt: skip
def test_what_is_a_tree_of_tensors(value, expected):
    assert ADAPTER.detect_given(value) == expected
    assert not list(models_in({"value": value})) or isinstance(value, nn.Module)


def test_a_tree_that_holds_itself_is_kept():
    state = {"w": torch.ones(2)}
    state["self"] = state
    found = again(state)
    assert found["self"] is found
    assert found["w"].tolist() == [1.0, 1.0]


def test_what_has_no_form_as_data_goes_into_a_pickle_and_it_is_said():
    class Odd:
        def __reduce__(self):
            return (eval, ("1",))

    state = {**{str(n): torch.ones(2) for n in range(9)}, "odd": Odd()}
    frozen = ADAPTER.freeze(state, no_source)
    assert (frozen.state_kind, len(frozen.lost)) == ("pickle", 1)
    assert frozen.lost[0].startswith("kept as a pickle: restoring it elsewhere runs code")


def test_tensors_without_content_are_refused():
    state = {"w": torch.ones(2, device="meta")}
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(state, no_source)
    assert refused.value.code == "not-capturable"


@pytest.mark.parametrize("key", ["items", "__class__", "move_to_end"])
def test_attributes_that_hide_a_method_are_refused(key):
    frozen = ADAPTER.freeze(network()[0].state_dict(), no_source)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "torch ordered")
    (attributes,) = node[2]
    data["nodes"][attributes][1][0][0] = key
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code == "corrupt-state"


def test_what_is_stored_as_no_tree_is_refused():
    frozen = ADAPTER.freeze({"w": torch.ones(2)}, no_source)
    data = decode(frozen.state)
    data["root"] = "text"
    with pytest.raises(RestoreError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.message == "The stored object is a str and no module."
