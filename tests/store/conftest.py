"""Stores, and bundles of plain bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.objects.commit import Commit, Content, Param, commit_id, tree_id
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.manifest import Manifest, Part
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog
from jupyter_mvt.store.open import init_store, memory_store
from jupyter_mvt.store.writer import Receipt, begin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.store import Store


@pytest.fixture(params=["local", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return memory_store() if request.param == "memory" else init_store(tmp_path / ".mvt")


@pytest.fixture
def local(tmp_path: Path) -> Store:
    return init_store(tmp_path / ".mvt", durability="fast")


def _bundle(parts: dict[str, bytes]) -> Bundle:
    return Bundle(
        parts=tuple(
            Part(path=p, dtype="bytes", shape=(len(d),), nbytes=len(d), read=lambda d=d: d)
            for p, d in parts.items()
        )
    )


def _keep(store: Store, parts: dict[str, bytes]) -> tuple[ObjectId, Manifest, Receipt]:
    with begin(store) as pack:
        oid, manifest = pack.bundle(_bundle(parts))
        return oid, manifest.decoded(), pack.publish()


def _commit(store: Store, message: str, content: Content | None = None) -> Operation:
    body = content or Content(params=(Param(name="message", value=message),))

    def draft(view: View) -> Operation:
        old = view.ref("branch/main")
        made = Commit(
            parents=(ObjectId(old),) if old else (), tree_id=tree_id(body), branch="main",
            message=message, author="ana", time_us=1, content=body,
        )  # fmt: skip
        oid = commit_id(made)
        return oplog.follow(
            view, token=message, time_us=1, actor="ana", tool="t", verb="commit",
            changes=(Change("branch/main", old, oid),), commit=to_data(made), commit_id=oid,
        )  # fmt: skip

    return oplog.append(store, draft)[0]


@pytest.fixture
def bundle() -> Callable[[dict[str, bytes]], Bundle]:
    return _bundle


@pytest.fixture
def keep() -> Callable[[Store, dict[str, bytes]], tuple[ObjectId, Manifest, Receipt]]:
    return _keep


@pytest.fixture
def commit() -> Callable[..., Operation]:
    return _commit
