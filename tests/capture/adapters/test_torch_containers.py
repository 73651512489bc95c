"""Whatever holds tensors comes back as the same class: as data, or once it is trusted."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, OrderedDict, UserDict, defaultdict, namedtuple
from dataclasses import replace
from functools import partial

import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.capture.explicit import kept_as
from jupyter_mvt.errors import CaptureError, MvtError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import identity, thaw
from tests.capture.variables.test_variables import round_trip

torch = pytest.importorskip("torch")
ADAPTER = ADAPTERS.get("torch")
Pair = namedtuple("Pair", "first second")
ODD = torch.arange(64, dtype=torch.uint8)

RESULTS = {
    "max": lambda: torch.tensor([[1.0, 3.0], [2.0, 0.0]]).max(0),
    "topk": lambda: torch.tensor([1.0, 3.0, 2.0]).topk(2),
    "frexp": lambda: torch.frexp(torch.tensor([1.5, 8.0])),
    "slogdet": lambda: torch.linalg.slogdet(torch.eye(2)),
    "qr": lambda: torch.linalg.qr(torch.eye(2)),
    "svd": lambda: torch.linalg.svd(torch.eye(2)),
}


class State(OrderedDict):
    """A state dict of a library's own class."""


class Named(dict):
    """A dict of a library's own class."""


class Row(list):
    """A list of a library's own class."""


def no_source(obj):
    return None


def as_model(value, trusted=False):
    seen = kept_as("value", value)
    frozen = seen.adapter.freeze(value, no_source)
    again = identity(seen.adapter.freeze(value, no_source))
    assert again == identity(frozen)
    return frozen, seen.adapter.restore(thaw(frozen, trusted=trusted))


@pytest.mark.parametrize("name", RESULTS)
def test_what_torch_returns_several_tensors_as_is_data(name):
    value = RESULTS[name]()
    frozen, alone = as_model(value)
    _, inside = as_model({"k": value})
    kind, variable, notes = round_trip(value)
    assert (frozen.state_kind, frozen.lost, kind, notes) == ("tensors", (), "declarative", ())
    for found in (alone, inside["k"], variable):
        assert type(found) is type(value)
        assert all(torch.equal(one, other) for one, other in zip(found, value, strict=True))
    assert [part.path for part in as_model({"k": value})[0].bundle.parts] == [
        f"k.{field}" for field in type(value).__match_args__
    ]


@pytest.mark.parametrize(
    ("name", "items", "code"),
    [
        ("system", None, "corrupt-state"),
        ("inspect", None, "corrupt-state"),
        ("SequenceKey", None, "corrupt-state"),
        (3, None, "corrupt-state"),
        ("topk", [], "state-refused"),
    ],
)
def test_a_forged_result_of_torch_is_refused(name, items, code):
    frozen = ADAPTER.freeze({"k": RESULTS["topk"]()}, no_source)
    data = decode(frozen.state)
    node = next(node for node in data["nodes"] if node[0] == "torch result")
    node[1:] = [name, node[2] if items is None else items]
    with pytest.raises(MvtError) as refused:
        ADAPTER.restore(thaw(replace(frozen, state=encode(data))))
    assert refused.value.code == code


def test_a_dict_with_a_default_is_data():
    value = defaultdict(list, w=torch.ones(2), rows=[torch.zeros(1)])
    frozen, found = as_model(value)
    assert (frozen.state_kind, frozen.lost) == ("tensors", ())
    assert (type(found), found.default_factory, list(found)) == (defaultdict, list, ["w", "rows"])
    assert torch.equal(found["w"], value["w"])


@pytest.mark.parametrize(
    "value",
    [
        Pair(torch.ones(2), torch.zeros(1)),
        State(w=torch.ones(2)),
        Named(w=torch.ones(2)),
        Row([torch.ones(2)]),
        UserDict(w=torch.ones(2)),
        defaultdict(lambda: 1, w=torch.ones(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_containers_of_other_classes_come_back_once_trusted_and_never_before(value):
    frozen, found = as_model(value, trusted=True)
    tree, inside = as_model({"k": value, "t": torch.ones(1), "u": torch.ones(1)}, trusted=True)
    kind, variable, notes = round_trip(value, trusted=True)
    for one in (frozen, tree):
        with pytest.raises(TrustError):
            ADAPTER.restore(thaw(one))
    said = [text.startswith("kept as a pickle: restoring it elsewhere") for text in frozen.lost]
    assert (frozen.state_kind, said) == ("pickle", [True])
    assert (tree.state_kind == "pickle") == bool(tree.lost)
    cls = f"{type(value).__module__}.{type(value).__qualname__}"
    text = f"a {cls} is kept as a pickle: restoring it runs code"
    assert (kind, [note.text for note in notes]) == ("pickle", [text])
    assert {type(one) for one in (found, inside["k"], variable)} == {type(value)}


def test_attributes_of_a_counter_are_not_kept_and_it_is_said():
    counts = Counter("aab")
    counts.source = "a text"
    kind, found, (note,) = round_trip({"k": counts})
    assert (kind, found) == ("declarative", {"k": Counter("aab")})
    assert note.text == "the attribute 'source' of a Counter is not kept"


def test_attributes_of_a_partial_function_are_kept_in_a_pickle():
    call = partial(int, base=2)
    call.source = "a text"
    kind, found, (note,) = round_trip(call, trusted=True)
    assert (kind, found.source, found("11")) == ("pickle", "a text", 3)
    assert note.text == "a functools.partial is kept as a pickle: restoring it runs code"


WITHOUT = """
import sys
from collections import OrderedDict
from jupyter_mvt.capture.variables.kept import take_variables
value = OrderedDict(a=1)
value.note = "x"
(draft,), notes = take_variables({"v": value}, ["v"])
print("torch" in sys.modules, draft.state_kind, [note.text for note in notes])
"""


def test_attributes_of_an_ordered_dict_are_not_lost_where_there_is_no_torch():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    said = "a collections.OrderedDict is kept as a pickle: restoring it runs code"
    assert done.stdout == f"False pickle {[said]}\n"


@pytest.mark.parametrize("dtype", ["int4", "uint1", "bits8", "float4_e2m1fn_x2"])
def test_a_dtype_that_cannot_be_kept_is_refused_with_what_to_do(dtype):
    state = {"w": ODD.view(getattr(torch, dtype))}
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze(state, no_source)
    said = f"The tensor 'w' cannot be kept: it is of dtype {dtype}."
    assert (refused.value.code, refused.value.message) == ("not-capturable", said)
    assert refused.value.hint == "tensor.view(torch.uint8)  # instead of it: the same bits"
    state["w"] = state["w"].view(torch.uint8)
    assert as_model(state)[1]["w"].view(torch.uint8).tolist() == ODD.tolist()


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
def test_a_tensor_quantized_in_a_way_that_cannot_be_kept_is_refused_with_what_to_do():
    scales, zeros = torch.full((2,), 0.5), torch.zeros(2)
    tensor = torch.quantize_per_channel(torch.eye(2), scales, zeros, 0, torch.quint4x2)
    with pytest.raises(CaptureError) as refused:
        ADAPTER.freeze({"w": tensor}, no_source)
    assert (refused.value.code, refused.value.message, refused.value.hint) == (
        "not-capturable",
        "The tensor 'w' cannot be kept: it is quantized as per_channel_affine_float_qparams.",
        "tensor.dequantize()  # instead of it: the numbers that it stands for",
    )
    assert as_model({"w": tensor.dequantize()})[1]["w"].shape == (2, 2)
