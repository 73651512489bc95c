"""A power cut inside a gc, an undo of it or the deletion loses nothing that is not thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_mvt.errors import ConflictError, MvtError
from jupyter_mvt.history.commit import Draft
from jupyter_mvt.history.commit import commit as publish
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.handle import Handle, Session
from jupyter_mvt.history.undo import undo
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.commit import Content, Model
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.settings import DAY_US
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import gc as store_gc
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fs import Disk
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.store.writer import begin
from jupyter_mvt.testing.crash import MemoryDisk, power_cuts
from tests.crash.scenario import HOME, ROOT, fsck_clean

SHARED = b"s" * 700


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", 4)


class Life:
    """What was done, and after which event each step was acknowledged."""

    def __init__(self, disk: MemoryDisk) -> None:
        self.disk = disk
        self.now_us = 1_790_000_000_000_000
        self.handle = self.opened(init_store(ROOT, disk=disk))
        self.acknowledged: list[tuple[int, int]] = []
        self.started = len(disk.events)

    def opened(self, store: Store) -> Handle:
        clock = Clock(now_us=lambda: self.now_us)
        return Handle(store=store, session=Session(id="s"), actor="a", tool="t", clock=clock)

    def note(self) -> None:
        number = oplog.current(self.handle.store).number
        self.acknowledged.append((len(self.disk.events), number))


def keep(handle: Handle, seed: int) -> None:
    own = bytes([seed]) * 1500
    parts = tuple(
        Part(path=path, dtype="bytes", shape=(len(data),), nbytes=len(data), read=lambda d=data: d)
        for path, data in (("own", own), ("shared", SHARED))
    )
    with begin(handle.store) as pack:
        weights, manifest = pack.bundle(Bundle(parts=parts))
        state = pack.blob(b"state")
        receipt = pack.publish()
    model = Model(
        var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
        weights=weights, weights_id=manifest.identity, weights_bytes=1, n_weights=1, state=state,
        state_kind="declarative", state_identity=digest(b""), arch=digest(b""),
    )  # fmt: skip
    publish(handle, Draft(content=Content(models=(model,)), message="m", packs=receipt.packs))


def live(disk: MemoryDisk) -> Life:
    """Commits, a gc and its undo, a gc that stands, its deletion, and the same content again."""
    life = Life(disk)
    steps: list[Callable[[], Any]] = [
        lambda: keep(life.handle, 1),
        lambda: keep(life.handle, 2),
        lambda: keep(life.handle, 3),
        lambda: gc(life.handle, drop=["v1"]),
        lambda: undo(life.handle),
        lambda: gc(life.handle, drop=["v1-v2"]),
        lambda: setattr(life, "now_us", life.now_us + 15 * DAY_US),
        lambda: gc(life.handle),
        lambda: keep(life.handle, 1),
    ]
    for step in steps:
        step()
        life.note()
    return life


def broken(disk: Disk, life: Life, moment: int) -> str:
    """Return the promise that is broken after a cut at `moment`, or an empty string."""
    try:
        handle = life.opened(open_store(ROOT, disk=disk))
        promised = max((number for at, number in life.acknowledged if at <= moment), default=0)
        if oplog.current(handle.store).number < promised:
            return "an acknowledged operation is lost"
        fault = unreadable(handle.store)
        if fault:
            return fault
        gc(handle, grace_days=0)
        keep(handle, 1)
        keep(handle, 9)
        again = open_store(ROOT, disk=disk)
        return unreadable(again) or ("" if fsck_clean(again) else "fsck finds faults")
    except MvtError as error:
        return f"it cannot be used: {error}"


def unreadable(store: Store) -> str:
    view = oplog.current(store)
    for oid in view.commits:
        content = oplog.commit_object(store, oid).content
        found = reach(store, content, thin=is_thin(view, oid))
        if found.broken:
            return f"content is lost: {found.broken[0][1]}"
        for name in (*found.blobs, *found.chunks):
            store.blob(name)
    return ""


def states(life: Life, samples: int) -> Counter[str]:
    cuts = power_cuts(life.disk.events, folder=HOME, samples=samples, start=life.started)
    return Counter(broken(disk, life, moment) for moment, disk in cuts)


def test_no_power_cut_in_a_gc_loses_anything() -> None:
    found = states(live(MemoryDisk(HOME)), samples=6)
    assert set(found) == {""}
    assert found[""] > 150


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_power_cut_in_a_gc_loses_anything_at_length() -> None:
    assert set(states(live(MemoryDisk(HOME)), samples=2000)) == {""}


def _deleted_before_it_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_mvt.history import gc as verb

    real = verb.drop_safely

    def eager(store: Store, view: Any, packs: Any, live: Any) -> Any:
        for key in packs:
            store.backend.delete(key)
        return real(store, view, packs, live)

    monkeypatch.setattr(verb, "drop_safely", eager)


def _survivors_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_mvt.history import gc as verb

    monkeypatch.setattr(verb, "move_survivors", lambda store, view, found: None)
    monkeypatch.setattr(verb, "drop_safely", lambda store, view, packs, live: (packs, ()))


def _survivors_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_mvt.history import gc as verb

    real = store_gc.move_survivors

    def lying(store: Store, view: Any, found: Any) -> Any:
        store.backend.disk.lies.update({"fsync", "fsync_dir"})  # type: ignore[attr-defined]
        try:
            return real(store, view, found)
        finally:
            store.backend.disk.lies.clear()  # type: ignore[attr-defined]

    monkeypatch.setattr(verb, "move_survivors", lying)


@pytest.mark.parametrize(
    "bug", [_deleted_before_it_is_recorded, _survivors_forgotten, _survivors_unsure]
)
def test_the_model_has_teeth(
    bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    life = Life(MemoryDisk(HOME))
    try:
        for seed in (1, 2, 3):
            keep(life.handle, seed)
            life.note()
        gc(life.handle, drop=["v1"])
        life.note()
        life.now_us += 15 * DAY_US
        gc(life.handle)
        life.note()
        caught = False
    except (MvtError, ConflictError):
        caught = True
    monkeypatch.undo()
    monkeypatch.setattr(layout, "WINDOW", 4)
    assert caught or set(states(life, samples=6)) != {""}
