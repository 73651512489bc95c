"""Versions share what is equal, and nothing that changed is missed: bars B8 to B11 as laws."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import jupyter_mvt as mvt
from tests.benchmarks import sharing

if TYPE_CHECKING:
    from pathlib import Path


def missed(figures: Any) -> list[str]:
    return [str(figure) for figure in figures if not figure.holds]


def test_forests_share_their_trees(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    assert missed(sharing.forests(tmp_path, 100, 1500)) == []


def test_frames_share_their_columns(tmp_path: Path) -> None:
    assert missed(sharing.frames(tmp_path, 200_000)) == []


def test_six_versions_take_two_copies(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    assert missed([sharing.six_versions(tmp_path, 320, 10)]) == []


# --- B10: no change is missed, no memory is shared that should not be ------------------------


@pytest.fixture
def repo(tmp_path: Path) -> mvt.Repo:
    return mvt.init(tmp_path)


def module() -> Any:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(600, 600), torch.nn.Linear(600, 3))


def fused_step(model: Any) -> None:
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
    model(torch.ones(2, 600)).sum().backward()
    optimizer.step()


def through_data(model: Any) -> None:
    model[0].weight.data[3, 4] += 1e-7


def through_numpy(model: Any) -> None:
    model[1].bias.detach().numpy()[2] = -0.0


def through_a_view(model: Any) -> None:
    model[0].weight.detach().view(-1)[-1:].numpy()[0] = np.nan


@pytest.mark.parametrize("change", [fused_step, through_data, through_numpy, through_a_view])
def test_every_write_is_noticed(repo: mvt.Repo, change: Any) -> None:
    model = module()
    repo.commit(model)
    assert not repo.commit(model).created
    change(model)
    assert repo.commit(model).created
    kept = repo["HEAD"].load().state_dict()
    for name, tensor in model.state_dict().items():
        assert tensor.numpy().tobytes() == kept[name].numpy().tobytes()


def test_ties_and_views_come_back_as_such(repo: mvt.Repo) -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(500, 500), torch.nn.Linear(500, 500))
    model[1].weight = model[0].weight
    model.register_buffer("corner", model[0].weight.detach()[:10, :10])
    made = repo.commit(model)
    assert made.commit.new_bytes < 500 * 500 * 4 + 20_000
    again = repo["HEAD"].load()
    assert again[1].weight is again[0].weight
    with torch.no_grad():
        again[0].weight.fill_(3.0)
    assert bool((again.corner == 3.0).all())


def test_training_after_a_restore_never_alters_the_store(repo: mvt.Repo) -> None:
    model = module()
    repo.commit(model)
    before = copy.deepcopy(model.state_dict())
    restored = repo["HEAD"].load()
    assert restored[0].weight.nbytes >= 1 << 20  # large enough to be mapped
    fused_step(restored)
    restored[0].weight.data.zero_()
    restored[1].bias.detach().numpy()[:] = 7
    for name, tensor in repo["HEAD"].load().state_dict().items():
        assert tensor.numpy().tobytes() == before[name].numpy().tobytes()
    assert repo.fsck().ok
