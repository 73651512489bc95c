"""What was written onto a tensor comes back on it, or it is said that it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import identity, thaw
from tests.capture.variables.test_variables import round_trip

torch = pytest.importorskip("torch")
nn = torch.nn
ADAPTER = ADAPTERS.get("torch")

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(),
    st.text(max_size=3), st.binary(max_size=3),
)  # fmt: skip
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=2), st.integers()), inner, max_size=3),
    ),
    max_leaves=6,
)
TENSORS = {
    "tensor": lambda: torch.arange(6.0).reshape(2, 3),
    "parameter": lambda: nn.Parameter(torch.ones(2)),
    "buffer": lambda: nn.Buffer(torch.ones(2), persistent=False),
    "sparse": lambda: torch.eye(2).to_sparse(),
    "conjugated": lambda: torch.ones(2, dtype=torch.complex64).conj(),
    "expanded": lambda: torch.ones(1).expand(3),
}


def module(tensor):
    held = nn.Sequential()
    held.add_module("first", nn.Linear(1, 1))
    if isinstance(tensor, nn.Parameter):
        held.weight = tensor
    else:
        held.register_buffer("weight", tensor)
    return held


def restored(value):
    frozen = ADAPTER.freeze(value, lambda obj: None)
    assert identity(ADAPTER.freeze(value, lambda obj: None)) == identity(frozen)
    return ADAPTER.restore(thaw(frozen)), frozen.lost


def kept(value):
    kind, back, notes = round_trip(value)
    assert kind == "declarative"
    return back, tuple(note.text for note in notes)


PLACES = {
    "variable": kept,
    "in a variable": lambda value: (lambda found: (found[0]["k"], found[1]))(kept({"k": value})),
    "tree": lambda value: (lambda found: (found[0]["k"], found[1]))(restored({"k": value})),
    "module": lambda value: (lambda found: (found[0].weight, found[1]))(restored(module(value))),
}


@settings(deadline=None, max_examples=100)
@given(
    value=DATA, name=st.sampled_from(["note", "lr_scale", "é"]),
    tensor=st.sampled_from([*TENSORS]), place=st.sampled_from([*PLACES]),
)  # fmt: skip
def test_data_on_a_tensor_comes_back(value, name, tensor, place):
    given_ = TENSORS[tensor]()
    setattr(given_, name, value)
    found, lost = PLACES[place](given_)
    assert lost == ()
    assert (type(found), repr(vars(found))) == (type(given_), repr(vars(given_)))
    assert isinstance(found, nn.Buffer) == isinstance(given_, nn.Buffer)
    assert torch.equal(found.to_dense(), given_.to_dense())


@pytest.mark.parametrize("place", PLACES)
def test_arrays_and_tensors_on_a_tensor_come_back(place):
    weight = torch.ones(2)
    weight.mean_square, weight.order = torch.arange(3.0), np.arange(2, dtype="i2")
    found, lost = PLACES[place](weight)
    assert lost == ()
    assert found.mean_square.tolist() == [0, 1, 2]
    assert (found.order.dtype, found.order.tolist()) == (np.dtype("i2"), [0, 1])


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_data_is_not_kept_and_it_is_said_once(place):
    weight = nn.Parameter(torch.ones(2))
    weight.loader, weight.scale, weight.sum, weight._private = print, 0.5, 3, 1
    weight.parent = [weight]
    weight.register_hook(lambda grad: grad)
    found, lost = PLACES[place](weight)
    assert lost == (
        "hooks on tensors are not kept",
        "the attribute 'loader' of tensors is not kept",
        "the attribute 'sum' of tensors is not kept",
        "the attribute 'parent' of tensors is not kept",
    )
    assert vars(found) == {"scale": 0.5}


def test_an_attribute_is_part_of_what_a_version_is():
    plain, other = torch.ones(2), torch.ones(2)
    other.note = "x"
    one, two = (ADAPTER.freeze({"k": tensor}, lambda obj: None) for tensor in (plain, other))
    assert identity(one) != identity(two)
    assert identity(one)[1:] == identity(two)[1:]


@pytest.mark.parametrize("key", ["sum", "__class__", "_backward_hooks", "grad", 7])
def test_attributes_that_hide_what_a_tensor_has_are_refused(key):
    weight = torch.ones(2)
    weight.note = "x"
    frozen = ADAPTER.freeze({"k": weight}, lambda obj: None)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "tensor")
    (attributes,) = node[-1]
    data["nodes"][attributes][1][0][0] = key
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code == "corrupt-state"
