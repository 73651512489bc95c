"""Writing and reading objects."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from jupyter_mvt.capture.arrays import array_part
from jupyter_mvt.errors import CaptureError, CorruptionError, UsageError
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Part, Tie
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store.glance import Glance
from jupyter_mvt.store.open import open_store
from jupyter_mvt.store.pack import PAGE, read_rows
from jupyter_mvt.store.writer import CHUNK, begin

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.store.store import Store

Keep = Callable[..., Any]


def test_what_is_kept_comes_back(store: Store, keep: Keep) -> None:
    parts = {
        "empty": b"", "one": b"1", "page": os.urandom(4096), "large": os.urandom(2 * CHUNK + 5),
        "exact": os.urandom(CHUNK), "again": b"1",
    }  # fmt: skip
    oid, manifest, receipt = keep(store, parts)
    assert store.manifest(oid) == manifest
    assert [entry.path for entry in manifest.entries] == sorted(parts)
    for entry in manifest.entries:
        content = store.content(entry)
        assert content == parts[entry.path]
        assert content.nbytes == entry.nbytes
        assert len(entry.chunks) == -(-entry.nbytes // CHUNK)
    assert receipt.new_bytes == receipt.total_bytes
    assert receipt.total_bytes >= sum(map(len, parts.values())) - 1


def test_only_new_chunks_are_written(store: Store, keep: Keep) -> None:
    whole = os.urandom(3 * CHUNK)
    _, _, first = keep(store, {"w": whole})
    oid, _, again = keep(store, {"w": whole})
    assert (again.new_bytes, again.pack) == (0, None)
    assert again.total_bytes == first.total_bytes
    changed = whole[: 2 * CHUNK] + os.urandom(CHUNK)
    new, manifest, third = keep(store, {"w": changed})
    assert CHUNK < third.new_bytes < CHUNK + 1000
    assert new != oid
    assert store.content(manifest.entries[0]) == changed


class Heard:
    """A progress that remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def start(self, what: str, total: int, unit: str = "bytes") -> None: ...

    def advance(self, nbytes: int) -> None:
        self.told.append(nbytes)

    def finish(self) -> None: ...


@pytest.mark.parametrize("sizes", [[CHUNK], [10, 20], [CHUNK, 10]], ids=["large", "small", "both"])
def test_every_byte_is_told_once_and_nothing_of_none(
    store: Store, keep: Keep, sizes: list[int]
) -> None:
    heard = store.progress = Heard()
    keep(store, {f"{i}": os.urandom(size) for i, size in enumerate(sizes)})
    assert sum(heard.told) == sum(sizes)
    assert 0 not in heard.told


def test_content_is_the_callers_own_memory(store: Store, keep: Keep) -> None:
    _, manifest, _ = keep(store, {"w": b"abc"})
    mine = store.content(manifest.entries[0])
    mine[0:3] = b"xyz"
    assert store.content(manifest.entries[0]) == b"abc"


def test_ties_are_kept(store: Store) -> None:
    part = Part(path="a", dtype="bytes", shape=(1,), nbytes=1, read=lambda: b"x")
    with begin(store) as pack:
        oid, _ = pack.bundle(Bundle(parts=(part,), ties=(Tie("b", "a"),)))
        pack.publish()
    assert store.manifest(oid).ties == (Tie("b", "a"),)


def test_each_part_is_read_late_and_any_buffer_will_do(store: Store) -> None:
    import numpy as np

    array = np.arange(12, dtype="float32").reshape(3, 4)
    reads: list[int] = []

    def read() -> memoryview:
        reads.append(1)
        return memoryview(array)

    part = Part(path="a", dtype="float32", shape=(3, 4), nbytes=48, read=read)
    with begin(store) as pack:
        _, manifest = pack.bundle(Bundle(parts=(part,)))
        assert reads == [1]
        pack.publish()
    assert store.content(manifest.decoded().entries[0]) == array.tobytes()
    assert len(reads) <= 2


def test_a_writer_that_is_not_published_leaves_nothing(local: Store, tmp_path: Path) -> None:
    def fail() -> bytes:
        raise RuntimeError("the model is gone")

    parts = (
        Part(path="a", dtype="bytes", shape=(9,), nbytes=9, read=lambda: b"x" * 9),
        Part(path="b", dtype="bytes", shape=(9,), nbytes=9, read=fail),
    )
    with pytest.raises(RuntimeError, match="the model is gone"), begin(local) as pack:
        pack.bundle(Bundle(parts=parts))
    assert list(local.backend.list("packs/")) == []
    assert list((tmp_path / ".mvt" / "tmp").iterdir()) == []
    with pytest.raises(UsageError) as caught:
        pack.blob(b"late")
    assert caught.value.code == "writer-finished"


def test_a_part_that_is_not_as_announced_is_refused(local: Store) -> None:
    part = Part(path="a", dtype="bytes", shape=(9,), nbytes=9, read=lambda: b"x")
    with pytest.raises(CaptureError) as caught, begin(local) as pack:
        pack.bundle(Bundle(parts=(part,)))
    assert caught.value.code == "part-changed"


def test_memory_that_changes_while_it_is_written_is_noticed(
    local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = bytearray(os.urandom(CHUNK))
    real = Glance.id_of

    def id_of(self: Any, mark: bytes) -> Any:
        live[-1] ^= 0xFF  # a training step between looking and writing
        return real(self, mark)

    monkeypatch.setattr(Glance, "id_of", id_of)
    part = Part(path="a", dtype="bytes", shape=(CHUNK,), nbytes=CHUNK, read=lambda: live)
    with pytest.raises(CaptureError) as caught, begin(local) as pack:
        pack.bundle(Bundle(parts=(part,)))
    assert caught.value.code == "part-changed"
    assert caught.value.message == (
        "'a' changed while it was being stored: something is still training it."
    )
    assert list(local.backend.list("packs/")) == []


def test_a_change_anywhere_in_a_large_array_is_noticed(local: Store) -> None:
    live = np.zeros((3 * CHUNK // 8, 8), np.uint8, order="F")
    with begin(local) as pack:
        pack.bundle(Bundle(parts=(array_part(live, "table"),)), "the model 'net'")
        live[2 * CHUNK // 8] += 1
        with pytest.raises(CaptureError) as caught:
            pack.publish()
    assert caught.value.code == "part-changed"
    assert caught.value.message == (
        "'table' of the model 'net' changed while it was being stored: something is still "
        "training it."
    )
    assert list(local.backend.list("packs/")) == []


@pytest.mark.parametrize("lazy", [False, True])
def test_a_training_step_before_publication_is_noticed(local: Store, lazy: bool) -> None:
    weights = [bytearray(os.urandom(3000)) for _ in range(100)]

    def part(number: int) -> Part:
        data = weights[number]
        window = (lambda start, stop: bytes(data[start:stop])) if lazy else None
        return Part(path=f"w{number}", dtype="bytes", shape=(3000,), nbytes=3000,
                    read=lambda: data, window=window)  # fmt: skip

    with begin(local) as pack:
        pack.bundle(Bundle(parts=tuple(map(part, range(100)))))
        for data in weights:
            data[0] ^= 1
        with pytest.raises(CaptureError, match="something is still training it"):
            pack.publish()
    assert list(local.backend.list("packs/")) == []


def test_what_may_change_may_change(local: Store) -> None:
    clock = bytearray(8)
    part = Part(path="t", dtype="bytes", shape=(8,), nbytes=8, read=lambda: clock, volatile=True)
    with begin(local) as pack:
        pack.bundle(Bundle(parts=(part,)))
        clock[0] = 1
        assert pack.publish().pack is not None


def test_large_records_are_on_pages_and_side_by_side(store: Store, keep: Keep) -> None:
    _, manifest, receipt = keep(store, {"w": os.urandom(3 * CHUNK), "tiny": b"x"})
    rows = {row.oid.hex(): row for row in read_rows(store.backend, receipt.pack)}
    offsets = [rows[chunk].offset for chunk in manifest.entries[1].chunks]
    assert [offset % PAGE for offset in offsets] == [0, 0, 0]
    assert [offset - offsets[0] for offset in offsets] == [0, CHUNK, 2 * CHUNK]


def _damage(path: Path, at: int) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_damage_is_named_and_committing_again_heals(
    local: Store, keep: Keep, tmp_path: Path
) -> None:
    parts = {"w": os.urandom(100_000), "v": os.urandom(100)}
    _, manifest, receipt = keep(local, parts)
    entry = manifest.entries[1]
    _damage(tmp_path / ".mvt" / receipt.pack, 4096 + 17)
    again = open_store(tmp_path / ".mvt")
    with pytest.raises(CorruptionError) as caught:
        again.content(entry)
    assert caught.value.code == "corrupt-object"
    assert entry.chunks[0] in caught.value.message
    assert receipt.pack in caught.value.message
    _, _, healed = keep(local, parts)
    assert healed.new_bytes == 100_000
    assert again.content(entry) == parts["w"]


def test_a_damaged_index_hides_only_its_own_pack(local: Store, keep: Keep, tmp_path: Path) -> None:
    _, kept, _ = keep(local, {"w": b"good"})
    _, lost, receipt = keep(local, {"w": b"lost"})
    path = tmp_path / ".mvt" / receipt.pack
    _damage(path, path.stat().st_size - 60)
    again = open_store(tmp_path / ".mvt")
    assert again.content(kept.entries[0]) == b"good"
    with pytest.raises(CorruptionError) as caught:
        again.content(lost.entries[0])
    assert caught.value.code == "missing-object"
    assert receipt.pack in caught.value.message


def test_objects_that_another_process_wrote_are_found(
    local: Store, keep: Keep, tmp_path: Path
) -> None:
    other = open_store(tmp_path / ".mvt")
    with pytest.raises(CorruptionError):
        local.blob(digest(b"later"))
    with begin(other) as pack:
        oid = pack.blob(b"later")
        pack.publish()
    assert local.blob(ObjectId(oid)) == b"later"


def test_old_temporary_files_are_swept_and_young_ones_are_not(
    local: Store, keep: Keep, tmp_path: Path
) -> None:
    old, young = (tmp_path / ".mvt" / "tmp" / name for name in ("old", "young"))
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (0, 0))
    keep(open_store(tmp_path / ".mvt"), {"w": b"x"})
    assert (old.exists(), young.exists()) == (False, True)


def test_nothing_is_verified_too(store: Store) -> None:
    """Found by a soak run: a pack that is written anew holds an empty row, the first one read."""
    with begin(store) as pack:
        oid = bytes.fromhex(pack.blob(b""))
        pack.publish()
    (place,) = store.index.find(oid)
    assert (place.size, store.check(oid, place)) == (0, "")
