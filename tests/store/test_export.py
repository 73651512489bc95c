"""Files for people: whole or not at all, and never outside of the folder."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import CorruptionError, RestoreError, StorageError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store.export import export

DATA = b"weights"


def put(folder: Path, name: str, data: bytes = DATA, **options: bool) -> Path:
    return export(folder, name, [data[:3], data[3:]], len(data), digest(data), **options)


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    found = put(tmp_path / "new" / "er", "a/b/model.bin")
    assert found == tmp_path / "new" / "er" / "a" / "b" / "model.bin"
    assert found.read_bytes() == DATA
    assert [path.name for path in found.parent.iterdir()] == ["model.bin"]
    assert found.stat().st_mode & 0o777 == found.parent.stat().st_mode & 0o666


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "./a", "a/.", "a\\b", "\\\\host\\x",
        "a\0b", "a\nb", "x" * 300, "a/" * 600 + "a", "CON", "nul.txt", "a/Aux.safetensors",
        "trailing.", "trailing ", "\u202egpj.exe", "\ud800",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RestoreError) as caught:
        put(tmp_path / "inside", name)
    assert caught.value.code == "unsafe-name"
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=300, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.text(st.sampled_from("ab./\\ \0:~\u0301\u202e"), max_size=12))
def test_no_name_escapes(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    try:
        found = put(inside, name, overwrite=True)
    except (RestoreError, StorageError):
        pass
    else:
        assert found.resolve().is_relative_to(inside.resolve())
        assert normalize("NFC", found.relative_to(inside).as_posix()) == normalize("NFC", name)
    assert {path.name for path in tmp_path.iterdir()} <= {"inside"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "sub").symlink_to(outside)
    (inside / "file").symlink_to(outside / "file")
    for name in ("sub/x", "file"):
        with pytest.raises(RestoreError, match=r"is not written"):
            put(inside, name, overwrite=True)
    assert list(outside.iterdir()) == []


def test_a_file_is_replaced_only_if_that_is_meant(tmp_path: Path) -> None:
    put(tmp_path, "m", b"old")
    with pytest.raises(StorageError) as caught:
        put(tmp_path, "m", b"new")
    assert caught.value.code == "file-exists"
    assert (tmp_path / "m").read_bytes() == b"old"
    assert put(tmp_path, "m", b"new", overwrite=True).read_bytes() == b"new"


@pytest.mark.parametrize("pieces", [[b"other.."], [b"weight"], [b"weights", b"!"], []])
def test_other_bytes_are_not_written(tmp_path: Path, pieces: list[bytes]) -> None:
    with pytest.raises(CorruptionError, match=r"^The stored file 'm' is not what was kept\.$"):
        export(tmp_path, "m", pieces, len(DATA), digest(DATA))
    assert list(tmp_path.iterdir()) == []


def test_a_failing_read_leaves_nothing(tmp_path: Path) -> None:
    def pieces():
        yield b"wei"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(tmp_path, "m", pieces(), len(DATA), digest(DATA))
    assert list(tmp_path.iterdir()) == []
