"""The backends of this package keep the laws of the conformance kit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mvt.store.local import LocalBackend
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.testing import BackendTests

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.store.backend import Backend


class TestMemory(BackendTests):
    @pytest.fixture
    def backend(self) -> Backend:
        return MemoryBackend()


class TestLocal(BackendTests):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Backend:
        return LocalBackend(tmp_path)


def test_local_files_are_plain_files_under_their_keys(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path)
    backend.put("index/v1/commits.parquet", b"x")
    assert backend.path("index/v1/commits.parquet").read_bytes() == b"x"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_files_take_the_permissions_of_the_repository_and_are_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    backend = LocalBackend(tmp_path)
    backend.put("a", b"x")
    backend.put("b", b"x", durable=False)
    assert oct(backend.path("a").stat().st_mode & 0o777) == "0o440"
    assert oct(backend.path("b").stat().st_mode & 0o777) == "0o640"


def test_temporary_files_are_private(tmp_path: Path) -> None:
    writer = LocalBackend(tmp_path).writer()
    (found,) = (tmp_path / "tmp").iterdir()
    assert oct(found.stat().st_mode & 0o777) == "0o600"
    writer.abort()
    assert list((tmp_path / "tmp").iterdir()) == []
