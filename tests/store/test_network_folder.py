"""A folder on a server: what such file systems do not know, they say; nothing is lost or half done.

SMB refuses to sync folders, 9p to map files, many know no locks; FAT and some FUSE file systems
have no hard links; NFS forgets handles.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import RepositoryError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable


class Ones:
    def __init__(self, value: float) -> None:
        self.weights = np.full(40_000, value)

    def predict(self, rows: Any) -> Any:
        return rows


def refusing(real: Callable[..., Any], code: int, when: Callable[..., bool]) -> Callable[..., Any]:
    """Return a system call that the file system refuses `when` it is asked so."""

    def call(*args: Any, **named: Any) -> Any:
        if when(*args):
            raise OSError(code, os.strerror(code))
        return real(*args, **named)

    return call


def is_folder(handle: int) -> bool:
    return stat.S_ISDIR(os.fstat(handle).st_mode)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_folders_that_cannot_be_synced_nor_files_mapped_or_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    import fcntl

    monkeypatch.setattr(os, "fsync", refusing(os.fsync, code, is_folder))
    mapped = refusing(mmap.mmap, errno.ENODEV, lambda handle, *_: handle != -1)
    monkeypatch.setattr(mmap, "mmap", mapped)
    monkeypatch.setattr(fcntl, "flock", refusing(fcntl.flock, errno.ENOLCK, lambda *_: True))
    repo = mvt.init(tmp_path)
    for value in (1.0, 2.0):
        repo.commit(Ones(value), metrics={"loss": value})
    repo.labels.move("production", "v1")
    repo.gc(grace_days=0)
    again = mvt.open(tmp_path)
    assert again.fsck().ok
    assert again["production"].tensor("weights")[0] == 1.0
    assert [change.name for change in again.diff("v1", "v2").metrics.changes] == ["loss"]


def test_without_hard_links_there_is_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(os, "link", refusing(os.link, errno.EPERM, lambda *_: True))
        with pytest.raises(StorageError) as caught:
            mvt.init(tmp_path)
    assert caught.value.code == "no-hard-links"
    assert caught.value.message.endswith(
        "the file system has no hard links, which safe commits need."
    )
    assert caught.value.hint == "on a local file system such as ext4, xfs, apfs or ntfs: mvt init"
    with pytest.raises(RepositoryError) as missing:
        mvt.open(tmp_path)
    assert missing.value.code == "not-a-repository"
    assert mvt.init(tmp_path).commit(Ones(1.0)).created


def test_a_handle_that_the_server_forgot_is_told_and_the_next_commit_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = mvt.init(tmp_path)
    repo.commit(Ones(1.0))
    with monkeypatch.context() as away:
        away.setattr(os, "write", refusing(os.write, errno.ESTALE, lambda *_: True))
        with pytest.raises(StorageError) as caught:
            repo.commit(Ones(2.0))
    assert caught.value.code == "stale-handle"
    assert caught.value.message.endswith("the network folder has lost sight of it.")
    assert caught.value.hint == "once the folder is mounted again: mvt fsck"
    assert repo.commit(Ones(2.0)).version.name == "v2"
    assert repo.fsck().ok


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.EPERM])
def test_permission_bits_that_a_folder_does_not_know_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(os, "chmod", refusing(os.chmod, code, lambda *_: True))
    (tmp_path / "model.bin").write_bytes(b"weights")
    repo = mvt.init(tmp_path)
    assert repo.commit(tmp_path / "model.bin").created
    (written,) = repo["v1"].files.save(tmp_path / "out")
    assert (written.read_bytes(), repo.fsck().ok) == (b"weights", True)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.EROFS])
def test_any_other_refusal_of_permission_bits_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    repo = mvt.init(tmp_path)
    with monkeypatch.context() as refused:
        refused.setattr(os, "chmod", refusing(os.chmod, code, lambda *_: True))
        with pytest.raises(StorageError):
            repo.commit(tmp_path / "model.bin")
    assert list((tmp_path / ".mvt" / "tmp").iterdir()) == []
    assert (repo.log().total, repo.fsck().ok) == (0, True)


def test_where_nothing_is_private_no_trust_is_kept_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MVT_TRUST", str(tmp_path / "trust"))
    monkeypatch.setattr(os, "chmod", refusing(os.chmod, errno.EPERM, lambda *_: True))
    (tmp_path / "trust").mkdir(mode=0o755)
    mvt.init(tmp_path).commit(Ones(1.0))
    assert main(["trust", "v1"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "StorageError [trust-exposed]: Others may use the folder of the trust database, and its "
        f"permissions cannot be set: {tmp_path}/trust.",
        "Hint: where there are permissions: export MVT_TRUST=~/.mvt-trust",
    ]
    # Not even a key is left, which others could read.
    assert list((tmp_path / "trust").iterdir()) == []


AWAY = "once the folder is mounted again: mvt fsck"
SAID = {
    errno.ESTALE: ("stale-handle", "the network folder has lost sight of it", AWAY),
    errno.ETIMEDOUT: ("unreachable", "the server of the network folder does not answer", AWAY),
    errno.EHOSTDOWN: ("unreachable", "the server of the network folder does not answer", AWAY),
    errno.ENOTCONN: ("unreachable", "the server of the network folder does not answer", AWAY),
    errno.EBUSY: (
        "busy",
        "something else has it open",
        "once nothing else has it open: mvt status",
    ),
}


@pytest.mark.parametrize("number", SAID)
def test_what_a_server_refuses_is_told_where_it_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    number: int,
) -> None:  # fmt: skip
    code, cause, hint = SAID[number]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.bin").write_bytes(b"weights")
    mvt.init(tmp_path).commit(tmp_path / "model.bin")
    for verb, words, what in [
        ("replace", ["checkout", "v1", "--files", "out"], "write {}/out/model.bin"),
        ("stat", ["log"], "look into {}/.mvt"),
        ("scandir", ["log"], "list {}/.mvt/ops"),
    ]:
        with monkeypatch.context() as away:
            inside = refusing(
                getattr(os, verb), number, lambda path, *_: str(tmp_path) in str(path)
            )
            away.setattr(os, verb, inside)
            assert main(words) == 1
        assert capsys.readouterr().err.splitlines() == [
            f"StorageError [{code}]: Cannot {what.format(tmp_path)}: {cause}.",
            f"Hint: {hint}",
        ]
    assert main(["fsck"]) == 0


class SharingViolation(PermissionError):
    """What Windows says of a file that somebody has open."""

    winerror = 32


@pytest.mark.parametrize("error", [OSError(errno.EBUSY, "busy"), SharingViolation(13, "open")])
def test_a_gc_leaves_what_is_in_use_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    error: OSError,
) -> None:  # fmt: skip
    repo = mvt.init(tmp_path)
    for value in (1.0, 2.0, 3.0):
        (tmp_path / "model.bin").write_bytes(np.random.default_rng(int(value)).bytes(60_000))
        repo.commit(tmp_path / "model.bin")
    monkeypatch.chdir(tmp_path)
    packs = tmp_path / ".mvt" / "packs"
    before = {path: path.stat().st_size for path in packs.iterdir()}
    largest = sorted(before, key=lambda path: -before[path])[:3]

    def unlink(path: str) -> None:
        if Path(path) in largest:
            raise error
        real(path)

    real = os.unlink
    with monkeypatch.context() as busy:
        busy.setattr(os, "unlink", unlink)
        assert main(["gc", "--drop", "v1..v2", "--grace", "0", "--pack", "none"]) == 0
        assert flat(capsys) == (
            "✓ 121 kB dropped. v1–v2 are now thin: what describes them is kept, their content "
            "goes. 2 packs are in use and will be freed by the next gc. Nothing labelled, and no "
            "ancestor of it, is ever freed."
        )
        assert main(["gc", "--grace", "0", "--pack", "none"]) == 0
        assert flat(capsys) == (
            "✓ Nothing could be freed. 2 packs are in use and will be freed by the next gc."
        )
        assert [version.thin for version in repo.log().entries] == [False, True, True]
        assert set(packs.iterdir()) >= set(largest)
    left = sum(path.stat().st_size for path in packs.iterdir())
    report = repo.gc(grace_days=0, pack="none")
    assert report.deleted_bytes == left - sum(path.stat().st_size for path in packs.iterdir())
    assert (report.busy, report.deleted_bytes > 120_000) == ((), True)
    assert repo.fsck().ok


def flat(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was shown, without its line breaks."""
    return " ".join(capsys.readouterr().out.split())


def test_a_folder_of_operations_that_cannot_be_listed_ends_the_search_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mvt.init(tmp_path)
    (tmp_path / ".mvt" / "format").unlink()
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, errno.ESTALE, lambda *_: True))
    monkeypatch.setattr(os, "listdir", refusing(os.listdir, errno.ESTALE, lambda *_: True))
    with pytest.raises(StorageError) as caught:
        mvt.open(tmp_path)
    assert caught.value.lines() == [
        f"StorageError [stale-handle]: Cannot look into {tmp_path}/.mvt: the network folder has "
        "lost sight of it.",
        f"Hint: {AWAY}",
    ]
