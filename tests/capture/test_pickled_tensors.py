"""Tensors inside any object: by storage, bit for bit, whatever their kind."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_mvt.capture.pickling import freeze_pickled, restore_pickled
from jupyter_mvt.testing.adapters import thaw


class Box:
    """Anything at all."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def back(value: Any) -> Any:
    return restore_pickled(thaw(freeze_pickled(value, ()), trusted=True))


def test_tensors_share_their_storages_again() -> None:
    torch = pytest.importorskip("torch")
    weights = torch.arange(600.0).reshape(20, 30)
    box = Box(
        weights=torch.nn.Parameter(weights),
        view=weights[2:5],
        turned=weights.t(),
        other=weights.view(torch.int32),
        list=[weights],
    )
    frozen = freeze_pickled(box, ())
    assert [part.nbytes for part in frozen.bundle.parts] == [weights.nbytes]
    again = restore_pickled(thaw(frozen, trusted=True))
    assert isinstance(again.weights, torch.nn.Parameter)
    with torch.no_grad():
        again.weights.fill_(7)
    assert bool((again.view == 7).all())
    assert bool((again.turned == 7).all())
    assert bool((again.list[0] == 7).all())


def test_arrays_and_tensors_over_one_memory_share_it_again() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.arange(100.0)
    box = Box(tensor=tensor, array=tensor.numpy()[10:20])
    frozen = freeze_pickled(box, ())
    assert sum(part.nbytes for part in frozen.bundle.parts) == 400
    again = restore_pickled(thaw(frozen, trusted=True))
    again.tensor.zero_()
    assert (again.array == 0).all()


def odd_tensors() -> dict[str, Any]:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    dense = torch.randn(8, 6)
    made = {
        str(dtype): torch.randn(4, 5).to(dtype)
        for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.float8_e4m3fn,
                      torch.float8_e5m2, torch.complex64, torch.complex128, torch.int8)
    }  # fmt: skip
    made |= {
        "bool": dense > 0,
        "empty": torch.empty(0, 3),
        "scalar": torch.tensor(3.5),
        "strided": dense[::2, 1::2],
        "expanded": torch.ones(1, 4).expand(3, 4),
        "conj": torch.randn(3, dtype=torch.complex64).conj(),
        "neg": torch.randn(3, dtype=torch.complex64).conj().imag,
        "channels last": torch.randn(1, 3, 4, 4).to(memory_format=torch.channels_last),
        "coo": torch.eye(5).to_sparse(),
        "csr": torch.eye(5).to_sparse_csr(),
        "quantized": torch.quantize_per_tensor(dense, 0.1, 3, torch.qint8),
        "per channel": torch.quantize_per_channel(
            dense, torch.full((8,), 0.1), torch.zeros(8), 0, torch.quint8
        ),
        "meta": torch.empty(3, 4, device="meta"),
        "grad": dense.clone().requires_grad_(),
    }
    return made


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")
@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated:UserWarning")
def test_odd_tensors_come_back() -> None:
    torch = pytest.importorskip("torch")
    for name, tensor in odd_tensors().items():
        again = back(Box(it=tensor)).it
        assert (again.dtype, again.layout, again.shape) == (
            tensor.dtype,
            tensor.layout,
            tensor.shape,
        )
        assert again.requires_grad == tensor.requires_grad, name
        if name == "meta":
            assert again.is_meta
            continue
        if tensor.layout == torch.strided:
            assert again.stride() == tensor.stride(), name
        if not tensor.is_quantized and tensor.layout == torch.strided:
            flat = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            other = again.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            assert bytes(flat.view(torch.uint8).numpy()) == bytes(other.view(torch.uint8).numpy())
        else:
            dense = lambda t: t.dequantize() if t.is_quantized else t.to_dense()  # noqa: E731
            assert torch.equal(dense(again), dense(tensor)), name


def test_tensors_made_for_the_pickle_alone_live_until_they_are_read() -> None:
    torch = pytest.importorskip("torch")
    box = Box(generator=torch.Generator().manual_seed(3), weights=torch.arange(4.0))
    frozen = freeze_pickled(box, ())
    (made,) = [part for part in frozen.bundle.parts if part.nbytes != 16]
    before = bytes(made.read())
    others = [torch.full((made.nbytes,), 7, dtype=torch.uint8) for _ in range(50)]
    assert bytes(made.read()) == before == bytes(box.generator.get_state().numpy())
    again = restore_pickled(thaw(frozen, trusted=True))
    assert torch.equal(again.generator.get_state(), box.generator.get_state())
    assert len(others) == 50
