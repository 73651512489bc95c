"""Tensors of every kind inside a module: kept as data, bit for bit, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.store.chunking import cut
from jupyter_mvt.testing.adapters import thaw
from tests.capture.values import HOLDERS, TENSORS, made, told

torch = pytest.importorskip("torch")
nn = torch.nn

ADAPTER = ADAPTERS.get("torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning"),
    pytest.mark.filterwarnings("ignore:Sparse CSC tensor support:UserWarning"),
    pytest.mark.filterwarnings("ignore:Sparse BSR tensor support:UserWarning"),
    pytest.mark.filterwarnings("ignore:Sparse invariant checks:UserWarning"),
    pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning"),
]


def holding(tensor: Any) -> Any:
    module = nn.Module()
    if isinstance(tensor, nn.Parameter):
        module.it = tensor
    else:
        module.register_buffer("it", tensor)
    return module


def frozen(tensor: Any) -> Any:
    return ADAPTER.freeze(holding(tensor), lambda obj: None)


def back(tensor: Any) -> Any:
    kept = frozen(tensor)
    assert kept.state_kind == "tensors"
    return ADAPTER.restore(thaw(kept)).it


def octets(tensor: Any) -> bytes:
    plain = tensor.detach().resolve_conj().resolve_neg().contiguous()
    plain = plain.as_strided((plain.numel(),), (1,))
    return bytes(plain.view(torch.uint8).numpy()) if plain.numel() else b""


def bits(*patterns: int) -> Any:
    return torch.tensor(patterns, dtype=torch.int64).view(torch.float64)


DENSE = {
    "payloads of NaN": bits(0x7FF0000000000001, -0x7210000000000, -(1 << 63)),
    "empty": torch.empty(0, 3),
    "scalar": torch.tensor(-0.0),
    "bfloat16": torch.arange(-5.0, 5).bfloat16(),
    "float8_e4m3fn": torch.arange(0, 256).to(torch.uint8).view(torch.float8_e4m3fn),
    "float8_e5m2": torch.arange(0, 256).to(torch.uint8).view(torch.float8_e5m2),
    "complex": torch.randn(3, 4, dtype=torch.complex128),
    "conj": torch.randn(5, dtype=torch.complex64).conj(),
    "strided": torch.randn(6, 8)[::2, 1::3],
    "one of many": torch.arange(6.0)[0:1:2],
    "turned": torch.randn(6, 8).t(),
    "channels last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
    "uint16": torch.arange(9, dtype=torch.int16).view(torch.uint16),
    "parameter": nn.Parameter(torch.randn(2, 2), requires_grad=False),
}


@pytest.mark.parametrize("name", DENSE)
def test_dense_tensors_come_back_bit_for_bit(name: str) -> None:
    tensor = DENSE[name]
    again = back(tensor)
    assert (again.dtype, again.shape, type(again)) == (tensor.dtype, tensor.shape, type(tensor))
    assert octets(again) == octets(tensor)
    assert again.requires_grad == tensor.requires_grad


def composed() -> dict[str, Any]:
    eye = torch.eye(6)
    eye[2, 3] = float("nan")
    repeated = torch.sparse_coo_tensor([[0, 0, 1], [1, 1, 0]], [1.0, 2.0, 3.0], (3, 3))
    dense = torch.randn(4, 6)
    return {
        "coo": eye.to_sparse(),
        "uncoalesced": repeated,
        "csr": eye.to_sparse_csr(),
        "csc": eye.to_sparse_csc(),
        "bsr": eye.to_sparse_bsr((2, 2)),
        "hybrid": torch.randn(3, 4).to_sparse(1),
        "parameter": nn.Parameter(eye.to_sparse()),
        "quantized": torch.quantize_per_tensor(dense, 0.1, 3, torch.qint8),
        "unsigned": torch.quantize_per_tensor(dense, 0.1, 3, torch.quint8),
        "per channel": torch.quantize_per_channel(
            dense, torch.rand(4) + 0.1, torch.arange(4), 0, torch.qint8
        ),
    }


def parts_of(tensor: Any) -> list[Any]:
    if tensor.is_quantized:
        return [tensor.int_repr(), tensor.dequantize()]
    if tensor.layout == torch.sparse_coo:
        return [tensor._indices(), tensor._values()]
    return [tensor.values(), tensor.to_dense()]


COMPOSED = ["coo", "uncoalesced", "csr", "csc", "bsr", "hybrid", "parameter", "quantized",
            "unsigned", "per channel"]  # fmt: skip


@pytest.mark.parametrize("name", COMPOSED)
def test_composed_tensors_come_back_bit_for_bit(name: str) -> None:
    tensor = composed()[name]
    again = back(tensor)
    assert (again.dtype, again.layout, again.shape) == (tensor.dtype, tensor.layout, tensor.shape)
    assert type(again) is type(tensor)
    assert again.requires_grad == tensor.requires_grad
    if tensor.layout == torch.sparse_coo:
        assert again.is_coalesced() == tensor.is_coalesced()
    for one, other in zip(parts_of(again.detach()), parts_of(tensor.detach()), strict=True):
        assert octets(one) == octets(other)


CHANGES: dict[str, Any] = {
    "shape": lambda node: node.__setitem__(3, [2, 2]),
    "negative": lambda node: node.__setitem__(3, [-1]),
    "word": lambda node: node[4].__setitem__(1, "eval"),
    "nothing": lambda node: node[4].__setitem__(2, None),
    "short": lambda node: node[4].pop(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", ["coo", "csr", "quantized", "per channel"])
def test_a_composed_tensor_that_does_not_fit_is_refused(name: str, change: Any) -> None:
    kept = frozen(composed()[name])
    graph = decode(kept.state)
    change(next(node for node in graph["nodes"] if node[0] == "tensor" and node[4]))
    with pytest.raises(CorruptionError):
        ADAPTER.restore(thaw(kept, state=encode(graph)))


def test_what_has_no_content_is_refused_by_name() -> None:
    with pytest.raises(CaptureError) as caught:
        frozen(torch.empty(2, device="meta"))
    assert caught.value.lines() == [
        "CaptureError [not-capturable]: "
        "The tensor 'it' cannot be kept: it is on the meta device and has no content.",
        "Hint: model.to_empty(device='cpu')  # then load its weights",
    ]


def test_what_has_no_shape_yet_is_refused_by_name() -> None:
    module = holding(nn.parameter.UninitializedParameter())
    assert not ADAPTER.is_fitted(module)
    assert len(ADAPTER.token(module)) == 1
    with pytest.raises(CaptureError) as caught:
        ADAPTER.freeze(nn.Sequential(nn.ReLU(), module), lambda obj: None)
    assert caught.value.lines() == [
        "CaptureError [unfitted]: "
        "1 (Module) has no weights yet: their shape follows from the first batch.",
        "Hint: model(batch)  # once, before the commit",
    ]


def test_an_expanded_tensor_takes_what_it_has() -> None:
    kept = frozen(torch.tensor([[1.5], [2.5]]).expand(2, 1000))
    assert [(part.path, part.shape, part.nbytes) for part in kept.bundle.parts] == [("it", (2,), 8)]
    again = ADAPTER.restore(thaw(kept)).it
    assert (again.shape, again.stride()) == ((2, 1000), (1, 0))
    assert again[1].unique().tolist() == [2.5]


@pytest.mark.parametrize("name", [name for name in TENSORS if name not in HOLDERS])
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_every_kind_comes_back_inside_a_module(name: str) -> None:
    value = made(name)
    module = holding(value)
    assert ADAPTER.params(module)
    assert ADAPTER.token(module) == ADAPTER.token(module)
    assert told(back(value)) == told(value)


class Marked(torch.Tensor):
    """A tensor with ideas of its own."""


def test_a_tensor_of_a_class_of_its_own_is_kept_as_a_pickle_and_said() -> None:
    tensor = torch.arange(2000.0).as_subclass(Marked)
    kept = frozen(tensor)
    assert kept.state_kind == "pickle"
    assert "a tensor that is a Marked" in kept.lost[0]
    assert [part.nbytes for part in kept.bundle.parts] == [8000]
    again = ADAPTER.restore(thaw(kept, trusted=True)).it
    assert type(again).__name__ == "Marked"
    assert octets(again.as_subclass(torch.Tensor)) == octets(tensor.as_subclass(torch.Tensor))


@pytest.mark.parametrize("name", ["strided", "channels last", "bfloat16", "conj"])
def test_windows_of_a_tensor_elsewhere_are_its_content(name: str) -> None:
    from jupyter_mvt.capture.adapters.torch.tensors import device_window

    tensor = DENSE[name]
    size = tensor.numel() * tensor.element_size()
    part = Part(path="it", dtype="bytes", shape=(size,), nbytes=size, read=lambda: b"",
                window=device_window(tensor))  # fmt: skip
    assert b"".join(cut(part)) == octets(tensor)


def test_a_large_tensor_is_looked_at_again_without_a_copy() -> None:
    tensor = torch.zeros(17 << 18)
    (part,) = frozen(tensor).bundle.parts
    assert part.window is not None
    assert bytes(part.window(0, 8)) == bytes(8)
    tensor.add_(1)
    assert bytes(part.window(0, 8)) == bytes(part.read())[:8] == tensor[:2].numpy().tobytes()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "complex64", "complex128", "bool"])
def test_a_large_tensor_in_another_order_is_read_in_stretches(dtype: str) -> None:
    tensor = (torch.arange(9 << 20) % 251).to(getattr(torch, dtype)).view(-1, 9).T
    (part,) = frozen(tensor.repeat(1, 2)[:, :2_000_000].T.contiguous().T).bundle.parts
    assert part.window is not None
    assert b"".join(cut(part)) == bytes(part.read())


@pytest.mark.parametrize("name", TENSORS)
def test_what_a_module_holds_beside_its_buffers_never_breaks_its_params(name: str) -> None:
    module = nn.Linear(2, 2)
    for key, value in (("it", made(name)), ("none", torch.ones((), device="meta"))):
        setattr(module, key, value)
    found = {param.name: param.value for param in ADAPTER.params(module)}
    assert found["in_features"] == 2
    assert "none" not in found
    assert isinstance(found.get("it", 0), (bool, int, float))
