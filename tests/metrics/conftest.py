"""Stores with made-up versions, published as the history floor would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from jupyter_mvt.metrics import index
from jupyter_mvt.metrics.query import sql
from jupyter_mvt.metrics.schema import TABLES
from jupyter_mvt.objects.commit import Commit, Content, Param, commit_id, tree_id
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.store import oplog
from jupyter_mvt.store.open import init_store, memory_store

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store

Publish: TypeAlias = Callable[..., str]


def publish(
    store: Store,
    metrics: dict[str, Any] | Sequence[Metric] = (),
    params: dict[str, Any] | None = None,
    *,
    author: str = "ana",
    message: str = "",
    branch: str = "main",
    label: str | None = None,
    time_us: int | None = None,
    **content: Any,
) -> str:
    """Append one commit and return its id."""
    measured = (
        [Metric(name=name, value=value) for name, value in metrics.items()]
        if isinstance(metrics, dict)
        else metrics
    )
    held = Content(
        metrics=tuple(measured),
        params=tuple(Param(name=name, value=value) for name, value in (params or {}).items()),
        **content,
    )

    def draft(view: View) -> Operation:
        old = view.branches.get(branch)
        moment = 1_700_000_000_000_000 + view.number if time_us is None else time_us
        commit = Commit(
            parents=(old,) if old else (),
            tree_id=tree_id(held),
            branch=branch,
            message=message,
            author=author,
            time_us=moment,
            content=held,
        )
        name = commit_id(commit)
        changes = [Change(f"branch/{branch}", old, name)]
        if label is not None:
            changes.append(Change(f"label/{label}", view.labels.get(label), name))
        return oplog.follow(
            view,
            token=f"{view.number:032x}",
            time_us=moment,
            actor=author,
            tool="test",
            verb="commit",
            changes=tuple(changes),
            commit=to_data(commit),
            commit_id=name,
        )

    done = oplog.append(store, draft)[0].commit_id
    assert done is not None
    return done


def contents(store: Store) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """Return all rows of all tables in a form that compares (NaN is NaN)."""
    found = {}
    for table in TABLES:
        result = sql(store, f"SELECT * FROM {table}")
        found[table] = (result.columns, sorted(map(repr, result.rows())))
    return found


@pytest.fixture(name="publish")
def _publish() -> Publish:
    return publish


@pytest.fixture(name="contents")
def _contents() -> Callable[[Store], Any]:
    return contents


@pytest.fixture
def memory() -> Store:
    return memory_store()


@pytest.fixture
def local(tmp_path: Path) -> Store:
    return init_store(tmp_path / ".mvt", durability="fast")


@pytest.fixture
def small_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fold at 4 commits instead of 512."""
    monkeypatch.setattr(index, "FOLD_COMMITS", 4)
