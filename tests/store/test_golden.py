"""Repositories of every format that ever was, in `tests/golden`, are read for ever.

`v1`: seven versions that were packed (every encoding occurs), one as commits write it, a tag, a
label, a second branch, dropped packs. `v1.json` says what is in it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from jupyter_mvt.errors import FormatError
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.records import frame
from jupyter_mvt.store.store import Store

GOLDEN = Path(__file__).parents[1] / "golden"
FORMATS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


@pytest.fixture(params=FORMATS)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, dict[str, Any]]:
    root = tmp_path / ".mvt"
    shutil.copytree(GOLDEN / request.param, root)
    facts = json.loads((GOLDEN / f"{request.param}.json").read_text(encoding="utf-8"))
    return open_store(root), facts


def facts_of(store: Store) -> dict[str, Any]:
    view = oplog.current(store)
    return {
        "tags": dict(view.tags),
        "labels": dict(view.labels),
        "branches": dict(view.branches),
        "versions": [version_facts(store, oid) for oid in view.commits],
    }


def version_facts(store: Store, oid: ObjectId) -> dict[str, Any]:
    made = oplog.commit_object(store, oid)
    return {
        "id": oid,
        "message": made.message,
        "accuracy": [metric.value for metric in made.content.metrics if metric.name == "accuracy"],
        "arrays": arrays(store, made.content),
        "objects": objects(store, made.content),
    }


def arrays(store: Store, content: Content) -> dict[str, Any]:
    manifest = store.manifest(content.models[0].weights)
    return {
        entry.path: [entry.dtype, list(entry.shape), digest(store.content(entry))]
        for entry in manifest.entries
    }


def objects(store: Store, content: Content) -> dict[str, int]:
    found = reach(store, content)
    return {oid: len(store.blob(oid)) for oid in (*found.manifests, *found.blobs, *found.chunks)}


def test_it_is_read_as_it_was_written(golden: tuple[Store, dict[str, Any]]) -> None:
    store, facts = golden
    assert facts_of(store) == facts
    assert fsck(store).problems == ()


def test_it_can_be_packed_and_is_still_the_same(golden: tuple[Store, dict[str, Any]]) -> None:
    store, facts = golden
    pack(store, everything=True)
    again = open_store(store.root)  # type: ignore[arg-type]
    assert facts_of(again) == facts
    assert fsck(again).problems == ()


def test_there_is_one_for_the_present_format() -> None:
    assert f"v{layout.FORMAT_VERSION}" in FORMATS


def test_a_newer_format_is_refused_in_words(golden: tuple[Store, dict[str, Any]]) -> None:
    store, _ = golden
    newer = {"format": layout.FORMAT_VERSION + 1, "anything": "else"}
    store.backend.put(layout.FORMAT, frame(encode(newer)))
    with pytest.raises(FormatError, match="reads up to") as caught:
        open_store(store.root)  # type: ignore[arg-type]
    assert caught.value.code == "newer-format"
