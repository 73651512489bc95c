"""A flipped bit in any file is found and named."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.code import Git
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.snapshot import Bundle, ModelDraft, Snapshot
from jupyter_mvt.store import layout, oplog, reserve
from jupyter_mvt.store.faults import Problem
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import begin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mvt.objects.commit import Content


def snapshot_of(bundle: Bundle) -> Snapshot:
    model = ModelDraft(
        var="clf", role="predictor", primary=True, adapter="x/1", framework="x", cls="X",
        params=(), bundle=bundle, state=b"{}", state_kind="declarative",
        state_identity=digest(b"s"), arch=digest(b"a"), n_weights=1, optimizer=bundle,
        optimizer_state=b"{1}", code_refs=(("f", "def f(): ..."),),
    )  # fmt: skip
    environment = Environment(
        python="3.11.7", implementation="CPython", platform="Linux", machine="x86_64", cpus=2,
        packages={"numpy": "2"},
    )  # fmt: skip
    return Snapshot(
        models=(model,),
        cells=(CellRun(order=1, source="x = 1"), CellRun(order=2, source="x = 1")),
        git=Git(head="abc"), environment=environment,
    )  # fmt: skip


@pytest.fixture
def full(
    local: Store, commit: Callable[..., Any], bundle: Callable[..., Bundle],
    monkeypatch: pytest.MonkeyPatch,
) -> Store:  # fmt: skip
    """A repository with two versions, a label, checkpoints and segments."""
    monkeypatch.setattr(layout, "WINDOW", 2)
    for i in range(2):
        with begin(local) as pack:
            content = write_snapshot(pack, snapshot_of(bundle({"w": b"%d" % i * 70_000})))
            pack.publish()
        made = commit(local, f"c{i}", content)
    change = Change("label/production", None, made.commit_id)
    oplog.append(
        local,
        lambda view: oplog.follow(
            view, token="l", time_us=1, actor="a", tool="t", verb="label move", changes=(change,)
        ),
    )
    return local


def test_a_snapshot_becomes_content(full: Store) -> None:
    content: Content = oplog.commit_object(full, next(iter(oplog.current(full).commits))).content
    model = content.models[0]
    assert full.content(full.manifest(model.weights).entries[0]) == b"0" * 70_000
    assert model.weights_id == full.manifest(model.weights).identity
    assert (model.weights_bytes, model.optimizer) == (70_000, model.weights)
    assert full.blob(model.state) == b"{}"
    assert content.env_summary == "Python 3.11.7, 1 package"
    assert content.code.n_cells == 2


def test_a_sound_repository(full: Store) -> None:
    report = fsck(full)
    assert report.ok
    assert report.operations == 3
    assert report.files == 2 + 2 + 3 + 2 + len(reserve.pieces())
    assert report.objects > 8


def test_every_flipped_bit_is_found(full: Store) -> None:
    assert full.root is not None
    chance = random.Random(1)
    for path in sorted(p for p in full.root.rglob("*") if p.is_file()):
        key = str(path.relative_to(full.root))
        if key in reserve.pieces():
            continue  # its content means nothing
        path.chmod(0o600)
        good = path.read_bytes()
        for at in {0, len(good) - 1, *(chance.randrange(len(good)) for _ in range(25))}:
            bad = bytearray(good)
            bad[at] ^= 1 << chance.randrange(8)
            path.write_bytes(bad)
            named = {problem.key for problem in fsck(Store(full.backend, full.root)).problems}
            assert key in named, (key, at)
        path.write_bytes(good[:-1])
        assert key in {problem.key for problem in fsck(Store(full.backend, full.root)).problems}
        path.write_bytes(good)
    assert fsck(Store(full.backend, full.root)).ok


def test_it_says_what_is_touched(full: Store) -> None:
    assert full.root is not None
    first, second = oplog.current(full).commits
    (entry,) = full.manifest(oplog.commit_object(full, second).content.models[0].weights).entries
    (place,) = full.index.search(bytes.fromhex(entry.chunks[0]))
    path = full.root / place.pack
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[place.offset] ^= 1
    path.write_bytes(data)
    report = fsck(open_store(full.root))
    assert report.problems == (
        Problem(
            kind="corrupt-object", key=place.pack, object=entry.chunks[0], commits=(second,),
            labels=("production",),
            versions=("v2",),
            text=f"The object {entry.chunks[0]} in {place.pack} is corrupt: "
            "its bytes do not match its id.",
        ),
    )  # fmt: skip
    path.unlink()
    missing = fsck(open_store(full.root)).problems
    assert {problem.kind for problem in missing} == {"missing-object"}
    assert all(second in problem.commits for problem in missing)
    assert first not in missing[0].commits


def test_strangers_are_named_and_rooms_check_their_own(full: Store, tmp_path: Path) -> None:
    full.backend.put("stranger", b"x")
    full.backend.put("index/v1/a.parquet", b"x")

    def checker(store: Store, keys: list[str]) -> list[Problem]:
        return [Problem(kind="corrupt-index", key=key, text="bad") for key in keys]

    report = fsck(full, checkers={"index/": checker})
    assert [(problem.kind, problem.key) for problem in report.problems] == [
        ("unknown-file", "stranger"), ("corrupt-index", "index/v1/a.parquet"),
    ]  # fmt: skip
