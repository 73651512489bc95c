"""A repository on a read-only file system is read as ever; every change says why it cannot be."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mvt as mvt
from jupyter_mvt.errors import StorageError
from jupyter_mvt.store import fs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.api.repo import Repo

CHANGING = ("mkdir", "create", "write", "rename", "link", "unlink", "chmod", "fsync_dir")


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Return a repository of two versions, opened after its disk was mounted read-only."""
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    made = mvt.init(tmp_path)
    made.commit(model, message="first")
    model.coef_ += 1
    made.commit(model, message="second")

    def refuse(self: object, *given: object, **more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for verb in CHANGING:
        monkeypatch.setattr(fs.OsDisk, verb, refuse)
    return mvt.open(tmp_path)


CHANGES: dict[str, Callable[[Repo], object]] = {
    "commit": lambda repo: repo.commit(LogisticRegression().fit([[0.0], [2.0]], [0, 1])),
    "tag": lambda repo: repo.tags.create("1.0", "v1"),
    "label": lambda repo: repo.labels.move("production", "v1"),
    "branch": lambda repo: repo.branches.create("other"),
    "undo": lambda repo: repo.undo(),
    "gc": lambda repo: repo.gc(pack="all"),
    "index rebuild": lambda repo: repo.index(rebuild=True),
}


@pytest.mark.parametrize("verb", CHANGES)
def test_a_change_says_why_it_cannot_be(frozen: Repo, verb: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as refused:
        CHANGES[verb](frozen)
    assert refused.value.code == "read-only"
    assert refused.value.message == (
        f"Cannot write to {tmp_path / '.mvt'}: the file system is read-only."
    )
    assert refused.value.hint == "once it is remounted writable: mvt fsck"


def test_what_is_there_is_read(frozen: Repo) -> None:
    first, second = frozen["v1"].load(), frozen["v2"].load()
    assert (first.coef_ + 1).tobytes() == second.coef_.tobytes()
    assert frozen["v2"].load().predict([[9.0]]).tolist() == [1]
    assert [row.verb for row in frozen.operations().rows] == ["commit", "commit"]
    assert frozen.diff("v1", "v2")
    assert frozen.fsck().ok
    assert frozen.du().stored_bytes > 0
    with pytest.raises(StorageError):
        frozen.index(rebuild=True)
    index = frozen.index()
    assert (index.commits, index.tail) == (0, 2)
    assert frozen.sql("select count(*) as n from commits").pl().to_dicts() == [{"n": 2}]
