"""What comes and is freed again while a repository is verified is no fault; what is lost is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.history import branch
from jupyter_mvt.history.gc import gc
from jupyter_mvt.store import fsck as verifying
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store
from tests.history.racers import handle, keep

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.history.handle import Handle


@pytest.fixture
def me(tmp_path: Path) -> Handle:
    """Return a repository with one version."""
    init_store(tmp_path / ".mvt")
    me = handle(tmp_path / ".mvt", "main")
    keep(me, [b"kept" * 900], 0)
    return me


@pytest.fixture
def freed(me: Handle, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let a version come when all packs have been read, and go when the log has been."""
    read, freed = verifying.check_log, []

    def beside(*args: object) -> object:
        if freed:
            return read(*args)
        other = handle(me.store.root, "main")
        branch.create(other, "side", "main")
        other.session.branch = "side"
        keep(other, [b"freed" * 900], 1)
        found = read(*args)
        other.session.branch = "main"
        branch.delete(other, "side", force=True)
        freed.append(gc(other, grace_days=0).deleted_bytes)
        return found

    monkeypatch.setattr(verifying, "check_log", beside)
    return freed


def test_what_is_freed_meanwhile_is_not_missing(me: Handle, freed: list[int]) -> None:
    assert fsck(me.store).problems == ()
    assert freed[0] > 0


def test_what_is_lost_is_missing_all_the_same(
    me: Handle, freed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = list(me.store.root.glob("packs/**/*.pack"))
    reach = verifying.reach
    monkeypatch.setattr(verifying, "check_packs", lambda *args: (set(), {}))

    def gone(*args: object, **more: object) -> object:
        for pack in kept:
            pack.unlink(missing_ok=True)
        return reach(*args, **more)

    monkeypatch.setattr(verifying, "reach", gone)
    problems = fsck(me.store).problems
    assert {(problem.kind, len(problem.commits)) for problem in problems} == {("missing-object", 1)}
    assert len(freed) == 1
