"""gc of packs that hold differences: a keyframe stays as long as something needs it."""

from __future__ import annotations

import numpy as np

from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.history.gc import freed_by, gc
from jupyter_mvt.history.handle import Handle
from jupyter_mvt.objects.commit import Content, Model
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog
from jupyter_mvt.store.packer import pack
from jupyter_mvt.store.quota import used_bytes
from jupyter_mvt.store.writer import begin
from tests.history.test_gc import home, readable, sound, thin, time

__all__ = ["home", "time"]


def keep_array(handle: Handle, array: np.ndarray, step: int) -> None:
    data = array.tobytes()
    part = Part(path="w", dtype="float32", shape=array.shape, nbytes=len(data), read=lambda: data)
    with begin(handle.store) as pack:
        weights, manifest = pack.bundle(Bundle(parts=(part,)))
        state = pack.blob(b"state")
        receipt = pack.publish()
    model = Model(
        var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
        weights=weights, weights_id=manifest.identity, weights_bytes=len(data), n_weights=1,
        state=state, state_kind="declarative", state_identity=digest(b""), arch=digest(b""),
    )  # fmt: skip
    content = Content(models=(model,))
    commit(handle, Draft(content=content, message=str(step), packs=receipt.packs))


def test_a_keyframe_of_what_is_kept_is_kept(home, time):
    chance = np.random.RandomState(0)
    array = chance.randn(100_000).astype(np.float32)
    for step in range(6):
        keep_array(home, array, step)
        array = array + chance.randn(array.size).astype(np.float32) * np.float32(1e-5)
    pack(home.store, clock=time.clock(), last=0, everything=True, grace_us=0)
    gc(home, grace_days=0)
    everything = {f"v{number}" for number in range(1, 7)}
    assert (readable(home), sound(home)) == (everything, True)
    freed = []
    for names in (["v1"], ["v2-v4"], ["v5"]):
        foretold = gc(home, dry_run=True, drop=names, grace_days=0).freed_bytes
        before = used_bytes(home.store)
        gc(home, drop=names, grace_days=0)
        assert before - used_bytes(home.store) == foretold
        assert "v6" in readable(home)
        assert sound(home)
        freed.append(foretold)
    assert sum(freed) > 0
    assert readable(home) == {"v6"}


def test_who_names_versions_gets_their_room_though_most_of_the_pack_is_needed(home, time):
    chance = np.random.RandomState(0)
    for step in range(6):
        keep_array(home, chance.randn(50_000).astype(np.float32), step)
    pack(home.store, clock=time.clock(), last=0, everything=True, grace_us=0)
    gc(home, grace_days=0)
    before = used_bytes(home.store)
    view = oplog.current(home.store)
    second = {oid for oid, version in view.commits.items() if version.number == 2}
    (foretold,) = freed_by(home, view, second)
    report = gc(home, drop=["v2–v2"], grace_days=0)  # the dash is du's
    assert foretold == report.freed_bytes > 150_000
    assert before - used_bytes(home.store) > 150_000
    assert report.asked == ("v2–v2",)
    assert (readable(home), thin(home)) == ({"v1", "v3", "v4", "v5", "v6"}, {"v2"})
    assert sound(home)
