"""Packing as a user meets it: gc, commit --pack, what du and the log say then."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mvt as mvt
from jupyter_mvt.errors import UsageError
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo


def trained(count: int) -> list[np.ndarray]:
    """Return weights as training makes them."""
    rng = np.random.default_rng(5)
    value, found = rng.normal(0, 0.02, (1, 60_000)), []
    for _ in range(count):
        found.append(value.astype("f4").astype("f8"))
        value = value + rng.normal(0, 2e-6, value.shape)
    return found


def model(weights: np.ndarray) -> LogisticRegression:
    made = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    made.coef_ = weights
    return made


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = mvt.init(tmp_path)
    for number, value in enumerate(trained(9)):
        made.commit(model(value), message=f"step {number}")
    return made


def restored(repo: Repo) -> list[bytes]:
    return [repo[f"v{n}"].load().coef_.tobytes() for n in range(1, 10)]


def test_gc_packs_what_is_old_and_says_so(repo: Repo) -> None:
    before, value = repo.du(), [one.tobytes() for one in trained(9)]
    report = repo.gc()
    assert report.packed is not None
    assert report.packed.saved_bytes > 0.3 * report.packed.before_bytes
    assert restored(repo) == value
    assert repo.du().trash_bytes >= report.packed.before_bytes
    assert repo.du().full_bytes == before.full_bytes
    assert next(row for row in repo.operations().rows if row.verb == "pack")


def test_without_grace_the_old_packs_go_at_once(repo: Repo) -> None:
    before, value = repo.du(), [one.tobytes() for one in trained(9)]
    report = repo.gc(pack="all", grace_days=0)
    assert report.deleted_bytes > 0
    after = repo.du()
    assert after.trash_bytes == 0
    assert after.stored_bytes < 0.5 * before.stored_bytes
    assert restored(repo) == value
    assert fsck(repo._handle.store).ok
    assert repo.gc(pack="all").packed == mvt.open(repo.path).gc(pack="all").packed


def test_none_and_a_dry_run_pack_nothing(repo: Repo) -> None:
    assert repo.gc(pack="none").packed is None
    assert repo.gc(dry_run=True).packed is None
    assert repo.du().trash_bytes == 0
    with pytest.raises(UsageError, match="no packing 'some'"):
        repo.gc(pack="some")  # type: ignore[arg-type]


def test_a_commit_packs_what_came_before(repo: Repo) -> None:
    result = repo.commit(model(trained(10)[-1]), pack=True)
    assert result.packed is not None
    assert result.packed.encoded > 5
    assert re.search(r"Packed\s+2\.\d+.MB saved on older versions", plain(result, Look()))
    assert restored(repo) == [one.tobytes() for one in trained(9)]


def test_a_keyframe_outlives_its_version(repo: Repo) -> None:
    """What later versions are differences from stays when its own version is dropped."""
    repo.gc(pack="all", grace_days=0)
    repo.gc(drop=["v1-v4"], grace_days=0, pack="all")
    for number, one in enumerate(trained(9)[4:], 5):
        assert repo[f"v{number}"].load().coef_.tobytes() == one.tobytes()
    assert fsck(repo._handle.store).ok


def test_packs_that_are_mostly_dead_are_written_anew(repo: Repo) -> None:
    repo.gc(pack="all", grace_days=0)
    stored = repo.du().stored_bytes
    repo.gc(drop=["v1-v7"], grace_days=0, pack="none")
    assert repo.du().stored_bytes < stored
    assert repo["v9"].load().coef_.tobytes() == trained(9)[8].tobytes()
