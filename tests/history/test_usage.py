"""What is stored, by version and branch; and the quota."""

from __future__ import annotations

import random

import pytest

from jupyter_mvt.errors import StorageError
from jupyter_mvt.history import branch, label
from jupyter_mvt.history.gc import gc
from jupyter_mvt.history.graph import ancestors
from jupyter_mvt.history.packing import pack
from jupyter_mvt.history.usage import usage
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.objects.snapshot import Bundle, ModelDraft, Snapshot
from jupyter_mvt.store import oplog, trash
from jupyter_mvt.store.needs import Marker, versions
from jupyter_mvt.store.quota import require_room, used_bytes
from jupyter_mvt.store.reach import reach
from tests.history.test_gc import SIZE, home, keep, part, payload, time

__all__ = ["home", "time"]


def test_every_byte_is_counted_once_in_each_sum(home):
    shared = payload(99, 60_000)
    for seed in (1, 2, 3):
        keep(home, seed, shared=shared)
    branch.create(home, "exp", "v1")
    home.session.branch = "exp"
    keep(home, 4)
    found = usage(home)
    rows = {row.name: row for row in found.versions}
    whole = SIZE // 64 * 64
    assert [row.name for row in found.versions] == ["v4", "v3", "v2", "v1"]
    for name in ("v1", "v2", "v3"):
        beside = rows[name].own_bytes - whole  # its manifest
        assert 0 < beside < 300
        assert rows[name].total_bytes == rows[name].own_bytes + 60_000 // 64 * 64 + len(b"state")
    lines = {row.name: row for row in found.branches}
    assert lines["exp"].own_bytes == rows["v4"].own_bytes
    assert lines["main"].own_bytes == rows["v2"].own_bytes + rows["v3"].own_bytes
    assert found.full_bytes == sum(row.total_bytes for row in found.versions)
    assert found.stored_bytes == used_bytes(home.store)
    assert (found.trash_bytes, found.free_bytes) == (0, 0)


def test_what_dropping_frees_is_what_it_frees(home):
    for seed in range(6):
        keep(home, seed)
    found = usage(home)
    assert found.droppable == "v1–v5"
    before = used_bytes(home.store)
    report = gc(home, drop=["v1-v5"], grace_days=0)
    assert report.freed_bytes == found.droppable_bytes == before - used_bytes(home.store)
    assert [row.thin for row in usage(home).versions] == [False, *[True] * 5]


def test_what_is_labelled_is_not_offered(home):
    for seed in range(4):
        keep(home, seed)
    label.move(home, "production", "v2")
    assert usage(home).droppable == "v3"


def sums(home):
    """Reckon by the definitions alone: by version total and own, by branch total and own."""
    view = oplog.current(home.store)
    marker, index, gone = Marker(home.store), home.store.index, trash.packs(view)
    needs = {}
    for oid in versions(view):
        content = oplog.commit_object(home.store, oid).content
        found = reach(home.store, content, thin=trash.is_thin(view, oid))
        whole = {bytes.fromhex(raw) for raw in (*found.manifests, *found.blobs, *found.chunks)}
        needs[oid] = whole | marker.keyframes(whole)

    def size(raw):
        return min(((at.pack in gone, at.stored) for at in index.find(raw)), default=(0, 0))[1]

    def both(mine, others):
        own = set().union(*mine) - set().union(*others)
        return sum(map(size, set().union(*mine))), sum(map(size, own))

    lines = {name: set(ancestors(home.store, view, [tip])) for name, tip in view.branches.items()}
    by_version = {
        f"v{view.commits[oid].number}": both([needs[oid]], [needs[o] for o in needs if o != oid])
        for oid in needs
    }
    by_branch = {}
    for name, line in lines.items():
        others = [oid for oid in needs if oid not in line]
        others += [oid for other in lines if other != name for oid in lines[other]]
        by_branch[name] = both([needs[oid] for oid in line], [needs[oid] for oid in others])
    return by_version, by_branch


@pytest.mark.parametrize("seed", range(6))
def test_the_sums_are_what_their_definitions_say(home, time, seed):
    chance = random.Random(seed)
    for at in range(12):
        if at and chance.random() < 0.3:
            number = chance.randint(1, at)
            branch.create(home, f"b{at}", f"v{number}")
            home.session.branch = f"b{at}"
        elif at and chance.random() < 0.3:
            home.session.branch = "main"
        keep(home, chance.randint(0, 8), shared=payload(chance.randint(90, 92), 40_000))
        if chance.random() < 0.2:
            pack(home)
        if at and chance.random() < 0.2:
            usage(home)  # what is remembered must not stay when it changes
            gc(home, drop=[found] if (found := usage(home).droppable.partition("–")[0]) else [])
            time.wait(40)
    if "b1" in oplog.current(home.store).branches:
        branch.delete(home, "b1", force=True)
    found = usage(home)
    by_version, by_branch = sums(home)
    assert {row.name: (row.total_bytes, row.own_bytes) for row in found.versions} == by_version
    assert {row.name: (row.total_bytes, row.own_bytes) for row in found.branches} == by_branch


def snapshot(seed: int) -> Snapshot:
    model = ModelDraft(
        var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X", params=(),
        bundle=Bundle(parts=(part("own", payload(seed)),)), state=b"{}",
        state_kind="declarative", state_identity=digest(b""), arch=digest(b""), n_weights=1,
    )  # fmt: skip
    return Snapshot(models=(model,))


def test_a_quota_is_told_before_a_byte_is_written(home):
    keep(home, 1)
    used = used_bytes(home.store)
    files = list(home.store.backend.list(""))
    with pytest.raises(StorageError) as error:
        require_room(home.store, Settings(quota_bytes=used + 1000), snapshot(2))
    assert error.value.lines("%mvt")[0].startswith(
        f"StorageError [quota-exceeded]: The quota of {size_text(used + 1000)} would be exceeded: "
        f"{size_text(used)} are stored and this version needs {size_text(SIZE)[:2]}"
    )
    assert error.value.hint == "mvt gc --grace 0, or: mvt du quota none"
    assert list(home.store.backend.list("")) == files
    # What is stored already needs no room.
    require_room(home.store, Settings(quota_bytes=used + 1000), snapshot(1))
    require_room(home.store, Settings(quota_bytes=used + SIZE + 10_000), snapshot(2))
    require_room(home.store, Settings(), snapshot(2))
