"""Making and opening repositories."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mvt.errors import CorruptionError, FormatError, MvtError, RepositoryError, StorageError
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.store import layout, oplog
from jupyter_mvt.store.fs import OsDisk
from jupyter_mvt.store.open import init_store, open_store, read_format
from jupyter_mvt.store.readme import README_TEXT
from jupyter_mvt.store.records import frame
from jupyter_mvt.store.writer import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.store.fs import FileStat


def code_of(root: Path) -> tuple[type[MvtError], str]:
    with pytest.raises(MvtError) as caught:
        open_store(root)
    assert caught.value.hint
    return type(caught.value), caught.value.code


def test_a_repository_says_what_it_is(tmp_path: Path) -> None:
    root = tmp_path / ".mvt"
    init_store(root)
    assert sorted(path.name for path in root.iterdir()) == [
        "README.md", "checkpoints", "format", "ops", "packs", "reserve", "segments", "tmp",
    ]  # fmt: skip
    assert (root / "README.md").read_text() == README_TEXT
    assert open_store(root).root == root
    assert read_format(open_store(root).backend, "x").durability == "full"


def test_durability_is_a_property_of_the_repository(tmp_path: Path) -> None:
    init_store(tmp_path / ".mvt", durability="fast")
    assert open_store(tmp_path / ".mvt").backend.durability == "fast"  # type: ignore[attr-defined]


def test_a_second_init_is_refused(tmp_path: Path) -> None:
    init_store(tmp_path / ".mvt")
    before = (tmp_path / ".mvt" / "format").read_bytes()
    with pytest.raises(RepositoryError) as caught:
        init_store(tmp_path / ".mvt")
    assert caught.value.code == "already-a-repository"
    assert (tmp_path / ".mvt" / "format").read_bytes() == before


def test_what_is_not_a_repository(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing") == (RepositoryError, "not-a-repository")
    assert code_of(tmp_path) == (RepositoryError, "not-a-repository")


def test_an_interrupted_init_is_completed(tmp_path: Path) -> None:
    (tmp_path / ".mvt" / "tmp").mkdir(parents=True)
    (tmp_path / ".mvt" / "README.md").write_text("half")
    init_store(tmp_path / ".mvt")
    assert (tmp_path / ".mvt" / "README.md").read_text() == README_TEXT


def test_a_lost_or_damaged_format_is_told_apart(tmp_path: Path) -> None:
    root = tmp_path / ".mvt"
    init_store(root)
    (root / "ops" / "000000000001").write_bytes(b"x")
    good = (root / "format").read_bytes()
    (root / "format").chmod(0o600)
    (root / "format").write_bytes(good.replace(b"full", b"fast"))
    assert code_of(root) == (CorruptionError, "corrupt-format")
    (root / "format").write_bytes(frame(encode({"format": 2})))
    assert code_of(root) == (FormatError, "newer-format")
    (root / "format").unlink()
    assert code_of(root) == (CorruptionError, "corrupt-format")
    with pytest.raises(CorruptionError):
        init_store(root)


def _as_nobody(root: Path, oid: ObjectId, answers: Any) -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    store = open_store(root)
    answers.send(store.blob(oid))
    try:
        with begin(store) as pack:
            pack.blob(b"new")
    except StorageError as error:
        answers.send(error.code)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")
def test_a_folder_that_may_not_be_written_can_be_read(tmp_path: Path) -> None:
    root = tmp_path / ".mvt"
    store = init_store(root)
    with begin(store) as pack:
        oid = pack.blob(b"kept")
        pack.publish()
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(folder.stat().st_mode | 0o055)
    context = multiprocessing.get_context("fork")
    answers, theirs = context.Pipe()
    process = context.Process(target=_as_nobody, args=(root, oid, theirs))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert (answers.recv(), answers.recv()) == (b"kept", "permission-denied")


def _mount(folder: Path) -> bool:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_reported_and_does_no_harm(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    if not _mount(disk):
        pytest.skip("mounting is not allowed here")
    try:
        store = init_store(disk / ".mvt")
        with begin(store) as pack:
            oid = pack.blob(b"kept")
            pack.publish()
        with pytest.raises(StorageError) as caught, begin(store) as pack:
            pack.blob(os.urandom(3 << 20))
        assert caught.value.code == "disk-full"
        assert str(disk) in caught.value.message
        assert list((disk / ".mvt" / "tmp").iterdir()) == []
        again = open_store(disk / ".mvt")
        assert again.blob(oid) == b"kept"
        with begin(again) as pack:
            small = pack.blob(os.urandom(100_000))
            pack.publish()
        assert len(again.blob(small)) == 100_000
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_thousand_versions_open_in_a_tenth_of_a_second(
    tmp_path: Path, commit: Callable[..., Any]
) -> None:
    root = tmp_path / ".mvt"
    store = init_store(root, durability="fast")
    for number in range(1000):
        commit(store, f"c{number}")
    seconds, reads = [], []
    for _ in range(5):
        disk = Counting()
        # Of the processor: what else the machine does is not counted.
        begin = time.process_time()
        view = oplog.current(open_store(root, disk=disk))
        seconds.append(time.process_time() - begin)
        reads.append(disk.calls)
        assert view.count == 1000
    assert min(seconds) < 0.1
    # Three checkpoints, and what came after the last of them.
    assert max(reads) < 1000 % layout.WINDOW + 40


class Counting(OsDisk):
    """The real disk, and how often it was asked for something."""

    def __init__(self) -> None:
        self.calls = 0

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        self.calls += 1
        return super().read(path, offset, length)

    def stat(self, path: str) -> FileStat:
        self.calls += 1
        return super().stat(path)
