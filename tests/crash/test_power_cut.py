"""A power cut at any moment loses no acknowledged change; and the model has teeth."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.store import layout, local, oplog, writer
from jupyter_mvt.store.local import LocalBackend, LocalWriter
from jupyter_mvt.store.open import init_store
from jupyter_mvt.store.writer import begin
from jupyter_mvt.testing.crash import MemoryDisk, power_cuts
from tests.crash.scenario import (
    HOME,
    PAYLOADS,
    ROOT,
    Life,
    broken,
    commit,
    content_of,
    drafted,
    live,
    retry_after_unsure_publication,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WINDOW", 2)


def faults(life: Life, samples: int) -> Iterator[str]:
    """Return for each state what is broken in it, an empty string if nothing is."""
    for moment, disk in power_cuts(life.disk.events, folder=HOME, samples=samples):
        yield broken(disk, life, moment)


def test_no_power_cut_loses_anything() -> None:
    states = Counter(faults(live(MemoryDisk(HOME)), samples=24))
    assert set(states) == {""}
    assert states[""] > 500


def test_content_that_another_left_unsure_is_made_sure_before_it_is_used() -> None:
    life = retry_after_unsure_publication(MemoryDisk(HOME))
    assert set(faults(life, samples=24)) == {""}


def _lying(stage: type | Any, name: str, verb: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a bug: while `stage.name` runs, calls of `verb` do nothing."""

    def seed(monkeypatch: pytest.MonkeyPatch) -> None:
        real = getattr(stage, name)

        def lie(self: Any, *args: Any) -> Any:
            disk = self.disk if isinstance(self, LocalBackend) else self._store.backend.disk
            disk.lies.add(verb)
            try:
                return real(self, *args)
            finally:
                disk.lies.clear()

        monkeypatch.setattr(stage, name, lie)

    return seed


def _operation_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def put_if_absent(self: LocalBackend, key: str, data: bytes) -> bool:
        if self.stat(key) is not None:
            return False
        path = str(self.path(key))
        handle = self.disk.create(path)
        self.disk.write(handle, data)
        self.disk.fsync(handle)
        self.disk.fsync_dir(path.rpartition("/")[0])
        return True

    monkeypatch.setattr(LocalBackend, "put_if_absent", put_if_absent)


def _pack_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(self: LocalWriter, path: str) -> None:
        self._flush()

    def settled(self: LocalWriter, path: str) -> None:
        assert self._handle is not None
        self._disk.fsync_dir(path.rpartition("/")[0])
        self._disk.fsync(self._handle)

    monkeypatch.setattr(LocalWriter, "_finish", finish)
    monkeypatch.setattr(LocalWriter, "_settled", settled)


def _operation_before_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(store: Any, payload: bytes, token: str) -> Any:
        with begin(store) as pack:
            content = content_of(pack, payload)
            made = oplog.append(store, lambda view: drafted(view, content, token))[0]
            pack.publish()
        return made

    from tests.crash import scenario

    monkeypatch.setattr(scenario, "commit", early)


def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        LocalBackend, "__init__",
        lambda self, root, **options: _init(self, root, **{**options, "durability": "fast"}),
    )  # fmt: skip


_init = LocalBackend.__init__

BUGS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "pack without fsync": _lying(writer.PackWriter, "publish", "fsync"),
    "pack without folder fsync": _lying(writer.PackWriter, "publish", "fsync_dir"),
    "operation without fsync": _lying(LocalBackend, "put_if_absent", "fsync"),
    "operation without folder fsync": _lying(LocalBackend, "put_if_absent", "fsync_dir"),
    "operation written in place": _operation_in_place,
    "name before content": _pack_in_place,
    "operation before its pack": _operation_before_pack,
    "fast sold as full": _fast,
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_model_has_teeth(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[bug](monkeypatch)
    life = live(MemoryDisk(HOME))
    monkeypatch.undo()
    monkeypatch.setattr(layout, "WINDOW", 2)
    assert any(faults(life, samples=24))


def _nothing_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalBackend, "settle", lambda self, key: None)


def _sealed_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    def settled(self: LocalWriter, path: str) -> None:
        self._backend.seal(path)
        self._disk.fsync_dir(path.rpartition("/")[0])

    monkeypatch.setattr(local.LocalWriter, "_settled", settled)


@pytest.mark.parametrize("seed", [_nothing_is_settled, _sealed_too_early])
def test_the_model_sees_unsure_content_being_used(
    seed: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(monkeypatch)
    life = retry_after_unsure_publication(MemoryDisk(HOME))
    monkeypatch.undo()
    monkeypatch.setattr(layout, "WINDOW", 2)
    assert any(faults(life, samples=24))


def test_a_commit_needs_four_fsyncs_and_two_without_new_bytes() -> None:
    disk = MemoryDisk(HOME)
    store = init_store(ROOT, disk=disk)
    commit(store, PAYLOADS[0], "warm")

    def fsyncs(payload: bytes, token: str) -> int:
        start = len(disk.events)
        commit(store, payload, token)
        return sum(event.verb.startswith("fsync") for event in disk.events[start:])

    assert (fsyncs(PAYLOADS[1], "new"), fsyncs(PAYLOADS[1], "known")) == (4, 2)
