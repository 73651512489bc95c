"""A short life of a repository on a recorded disk, and what must hold after a power cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath as Path
from typing import TYPE_CHECKING

from jupyter_mvt.errors import MvtError, RepositoryError, StorageError
from jupyter_mvt.objects.commit import Commit, Content, Model, commit_id, tree_id
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Part
from jupyter_mvt.objects.operation import Change, Operation
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store import oplog
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.open import init_store, open_store
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.records import pack_operation
from jupyter_mvt.store.writer import PackWriter, begin

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.fs import Disk
    from jupyter_mvt.store.store import Store
    from jupyter_mvt.testing.disks import MemoryDisk

ROOT = Path("/home/.mvt")
HOME = "/home"
PAYLOADS = tuple(bytes([i]) * 900 for i in range(8))


def content_of(pack: PackWriter, payload: bytes) -> Content:
    part = Part(path="w", dtype="bytes", shape=(900,), nbytes=900, read=lambda: payload)
    weights, manifest = pack.bundle(Bundle(parts=(part,)))
    nothing = digest(b"")
    model = Model(
        var="m", role="module", primary=True, adapter="x/1", framework="x", cls="X",
        weights=weights, weights_id=manifest.identity, weights_bytes=900, n_weights=900,
        state=pack.blob(b"state"), state_kind="declarative", state_identity=nothing, arch=nothing,
    )  # fmt: skip
    return Content(models=(model,))


def drafted(view: View, content: Content, token: str) -> Operation:
    old = view.ref("branch/main")
    commit = Commit(
        parents=(ObjectId(old),) if old else (), tree_id=tree_id(content), branch="main",
        message=token, author="a", time_us=1, content=content,
    )  # fmt: skip
    oid = commit_id(commit)
    return oplog.follow(
        view, token=token, time_us=1, actor="a", tool="t", verb="commit",
        changes=(Change("branch/main", old, oid),), commit=to_data(commit), commit_id=oid,
    )  # fmt: skip


def commit(store: Store, payload: bytes, token: str) -> Operation:
    with begin(store) as pack:
        content = content_of(pack, payload)
        pack.publish()
    return oplog.append(store, lambda view: drafted(view, content, token))[0]


def label(store: Store, token: str) -> Operation:
    def draft(view: View) -> Operation:
        change = Change("label/production", view.ref("label/production"), view.ref("branch/main"))
        return oplog.follow(
            view, token=token, time_us=1, actor="a", tool="t", verb="label move", changes=(change,)
        )

    return oplog.append(store, draft)[0]


@dataclass
class Life:
    """What was done on `disk`, and after which event each step was acknowledged."""

    disk: MemoryDisk
    initialised: int = 0
    acknowledged: list[tuple[int, Operation]] = field(default_factory=list)

    def note(self, operation: Operation) -> None:
        self.acknowledged.append((len(self.disk.events), operation))


def live(disk: MemoryDisk) -> Life:
    """Init, two commits, a label move, a commit of known content, and one more of each."""
    life = Life(disk)
    store = init_store(ROOT, disk=disk)
    life.initialised = len(disk.events)
    for i, step in enumerate((0, 1, None, 0, None, 2)):
        token = f"token-{i}"
        made = label(store, token) if step is None else commit(store, PAYLOADS[step], token)
        life.note(made)
    return life


def broken(disk: Disk, life: Life, moment: int) -> str:
    """Return the promise that is broken in a state after a cut at `moment`, or an empty string."""
    try:
        store = open_store(ROOT, disk=disk)
    except RepositoryError:
        if moment >= life.initialised:
            return "the repository is gone"
        store = init_store(ROOT, disk=disk)
    except MvtError as error:
        return f"it cannot be opened: {error}"
    promised = [operation for at, operation in life.acknowledged if at <= moment]
    try:
        return _kept(store, promised) or _goes_on(store, promised, disk)
    except MvtError as error:
        return f"it cannot be used: {error}"


def _kept(store: Store, promised: list[Operation]) -> str:
    found = list(oplog.operations(store, newest_first=False))
    if records(found[: len(promised)]) != records(promised):
        return "an acknowledged operation is lost"
    if len(found) > len(promised) + 1:
        return "there are operations that nobody made"
    for operation in found:
        if operation.commit_id is None:
            continue
        content = oplog.commit_object(store, operation.commit_id).content
        objects = reach(store, content)
        if objects.broken:
            return f"content is lost: {objects.broken[0][1]}"
        for oid in (*objects.blobs, *objects.chunks):
            store.blob(oid)
    problems = [p for p in fsck(store).problems if p.kind != "corrupt-derived"]
    return f"fsck: {problems}" if problems else ""


def _goes_on(store: Store, promised: list[Operation], disk: Disk) -> str:
    before = list(oplog.operations(store, newest_first=False))
    commit(store, PAYLOADS[2], "again")
    after = commit(store, PAYLOADS[7], "new")
    again = open_store(ROOT, disk=disk)
    found = list(oplog.operations(again, newest_first=False))
    if found[: len(before)] != before or found[-1].token != after.token:
        return "the next commits went wrong"
    return "" if fsck_clean(again) else "fsck finds faults after the next commits"


def records(operations: list[Operation]) -> list[bytes]:
    return [pack_operation(operation) for operation in operations]


def fsck_clean(store: Store) -> bool:
    return all(problem.kind == "corrupt-derived" for problem in fsck(store).problems)


def retry_after_unsure_publication(disk: MemoryDisk) -> Life:
    """The folder's fsync fails when a pack is published; the same content is committed again."""
    life = Life(disk)
    store = init_store(ROOT, disk=disk)
    life.initialised = len(disk.events)
    life.note(commit(store, PAYLOADS[0], "token-0"))
    real = disk.fsync_dir

    def failing(path: str) -> None:
        if path.endswith("/packs"):
            raise OSError(5, "injected", path)
        real(path)

    disk.fsync_dir = failing  # type: ignore[method-assign]
    try:
        commit(store, PAYLOADS[1], "never")
    except StorageError:
        disk.fsync_dir = real  # type: ignore[method-assign]
    life.note(commit(open_store(ROOT, disk=disk), PAYLOADS[1], "token-1"))
    return life
