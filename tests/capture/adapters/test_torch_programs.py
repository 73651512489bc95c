"""What stands around a module, or was made of one: kept, flagged, or refused with a way out."""

from __future__ import annotations

from typing import Any

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import CaptureError, TrustError
from jupyter_mvt.testing.adapters import thaw

torch = pytest.importorskip("torch")
nn = torch.nn

ADAPTER = ADAPTERS.get("torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
X = torch.arange(12.0).reshape(3, 4) / 12


def net() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).eval()


def frozen(model: Any) -> Any:
    return ADAPTER.freeze(model, lambda obj: None)


@pytest.fixture
def group(tmp_path):
    import torch.distributed as distributed

    distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'store'}", rank=0, world_size=1
    )
    yield
    distributed.destroy_process_group()


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
@pytest.mark.usefixtures("group")
def test_a_model_trained_by_ddp_is_kept_without_it() -> None:
    model = nn.parallel.DistributedDataParallel(net())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(X).square().mean().backward()
    optimizer.step()
    _kept_without_wrapper(model, "DistributedDataParallel")


def test_a_compiled_model_is_kept_without_its_compilation() -> None:
    model = torch.compile(net(), backend="eager")
    model(X)
    _kept_without_wrapper(model, "OptimizedModule")


def _kept_without_wrapper(model: Any, wrapper: str) -> None:
    kept = frozen(model)
    assert kept.state_kind == "tensors"
    assert kept.lost == (
        f"the {wrapper} around the model is not kept; wrap it again once restored",
    )
    again = ADAPTER.restore(thaw(kept))
    assert type(again) is nn.Sequential
    assert torch.equal(again(X), model(X))


def prepared() -> Any:
    from torch.ao import quantization

    model = net()
    model.qconfig = quantization.default_qconfig
    model = quantization.prepare(model)
    model(X)
    return model


def prepared_graph() -> Any:
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import prepare_fx

    return prepare_fx(net(), get_default_qconfig_mapping("fbgemm"), (X,))


GENERATED = {
    "graph": lambda: torch.fx.symbolic_trace(net()),
    "prepared": prepared,
    "prepared graph": prepared_graph,
}


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_code_is_a_flagged_pickle_with_its_tensors_outside(name: str) -> None:
    model = GENERATED[name]()
    kept = frozen(model)
    assert kept.state_kind == "pickle"
    assert kept.lost[0].startswith(
        "kept as a pickle: restoring it elsewhere runs code and needs trust"
    )
    stored = sum(part.nbytes for part in kept.bundle.parts)
    assert stored >= sum(tensor.nbytes for tensor in model.parameters())
    with pytest.raises(TrustError):
        ADAPTER.restore(thaw(kept))
    assert torch.equal(ADAPTER.restore(thaw(kept, trusted=True))(X), model(X))


def test_an_average_of_models_comes_back() -> None:
    model = torch.optim.swa_utils.AveragedModel(net())
    again = ADAPTER.restore(thaw(frozen(model)))
    assert torch.equal(again(X), model(X))
    assert int(again.n_averaged) == int(model.n_averaged)


def test_a_dynamically_quantized_model_comes_back() -> None:
    model = torch.ao.quantization.quantize_dynamic(net(), {nn.Linear})
    kept = frozen(model)
    assert kept.state_kind == "tensors"
    assert torch.equal(ADAPTER.restore(thaw(kept))(X), model(X))


def test_an_exported_program_is_refused_with_a_way_out(tmp_path) -> None:
    repo = mvt.init(tmp_path)
    program = torch.export.export(net(), (X,))
    with pytest.raises(CaptureError) as refused:
        repo.commit(program)
    assert (refused.value.code, refused.value.message) == (
        "not-capturable",
        "A ExportedProgram is a program and not a module.",
    )
    # The way out is one.
    path = tmp_path / "model.pt2"
    torch.export.save(program, path)
    repo.commit(path)
    back = torch.export.load(repo["v1"].load()["model.pt2"].save(tmp_path / "back"))
    assert torch.equal(back.module()(X), program.module()(X))
