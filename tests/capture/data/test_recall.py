"""Files are not read again while they lie still, in any session; and are as soon as they do not."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from jupyter_mvt.capture.data import recall
from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.kinds import files as module
from jupyter_mvt.capture.data.kinds.files import gather
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.store import layout
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.seen import Seen

FRAME = pd.DataFrame({"n": [1, 2, 3], "f": [0.5, np.nan, np.inf], "word": ["a", None, "ü"]})


@pytest.fixture
def settled(monkeypatch):
    """Let files count as written long ago."""
    monkeypatch.setattr(module, "_SETTLED_US", -(10**12))


@pytest.fixture
def seen():
    return Seen(MemoryBackend())


@pytest.fixture
def reads(monkeypatch):
    """Return what was read of tables and of single files, as it happens."""
    found = []
    table, hashed = module.formats.read, module.blake3

    def read(root, paths, most):
        found.append(tuple(path.name for path in paths))
        return table(root, paths, most)

    class Hash:
        def update_mmap(self, path):
            found.append(path.name)
            return hashed().update_mmap(path)

    monkeypatch.setattr(module.formats, "read", read)
    monkeypatch.setattr(module, "blake3", Hash)
    return found


def new_session():
    recall._here.clear()
    module._digests.clear()


def look(path, seen, **options):
    new_session()
    return describe(gather(path), "x", "train", seen=seen, **options)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.npy"])
def test_a_file_that_lies_still_is_read_once(tmp_path, settled, seen, reads, name):
    path = tmp_path / name
    {"t.csv": lambda: FRAME.to_csv(path), "t.parquet": lambda: FRAME.to_parquet(path),
     "t.npy": lambda: np.save(path, np.arange(6.0))}[name]()  # fmt: skip
    first = look(path, seen)
    assert reads == [(name,)]
    assert look(path, seen) == first
    assert reads == [(name,)]
    assert encode(look(path, None)) == encode(first)
    assert reads == [(name,)] * 2


def test_the_same_size_written_in_place_is_read_again(tmp_path, settled, seen):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n")
    first, was = look(path, seen), path.stat()
    with path.open("r+b") as file:
        file.seek(2)
        file.write(b"3")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    now = path.stat()
    assert (now.st_size, now.st_mtime_ns, now.st_ino) == (was.st_size, was.st_mtime_ns, was.st_ino)
    second = look(path, seen)
    assert second.id != first.id
    assert second.id == describe(pd.DataFrame({"a": [3, 2]}), "x").id
    assert look(path, seen) == second


def test_what_was_just_written_is_not_trusted(tmp_path, seen, reads):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    look(path, seen)
    look(path, seen)
    assert reads == [("t.csv",)] * 2
    assert list(seen.backend.list(layout.SEEN)) == []


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    tmp_path, settled, seen, monkeypatch
):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    table = module.formats.read

    def read(root, paths, most):
        found = table(root, paths, most)
        path.write_text("a\n2\n")
        return found

    monkeypatch.setattr(module.formats, "read", read)
    old = look(path, seen)
    monkeypatch.setattr(module.formats, "read", table)
    assert look(path, seen).id != old.id


def test_another_name_for_the_same_files_is_told_as_written(tmp_path, settled, seen, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert [look(way, seen).source for way in ("t.csv", "./t.csv", "t.csv")] == [
        "t.csv", "./t.csv", "t.csv"]  # fmt: skip


def test_of_a_folder_only_what_changed_is_read_again(tmp_path, settled, seen, reads):
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(name.encode() * 10)
    first = look(tmp_path, seen)
    assert sorted(reads[1:]) == ["a.png", "b.png", "c.png"]
    reads.clear()
    assert look(tmp_path, seen) == first
    assert reads == []
    (tmp_path / "b.png").write_bytes(b"B" * 10)
    (tmp_path / "d.png").write_bytes(b"d" * 10)
    second = look(tmp_path, seen)
    assert sorted(reads[1:]) == ["b.png", "d.png"]
    assert encode(second) == encode(look(tmp_path, None))


def test_earlier_lengths_are_read_when_they_are_asked_for(tmp_path, settled, seen, reads):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n3\n")
    assert look(path, seen).schema.prefixes == ()
    asked = look(path, seen, known_rows=[2, 3])
    assert [rows for rows, _ in asked.schema.prefixes] == [2]
    assert look(path, seen, known_rows=[2, 7]) == asked
    assert look(path, seen).schema.prefixes == ()
    assert len(reads) == 2


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"null", b'{"id":1}', b"not json"])
def test_records_of_another_shape_count_for_nothing(tmp_path, settled, seen, monkeypatch, body):
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "one.png").write_bytes(b"1")
    expected = [look(tmp_path / "t.csv", None), look(tmp_path, None)]
    monkeypatch.setattr(Seen, "get", lambda self, about: body)
    assert [look(tmp_path / "t.csv", seen), look(tmp_path, seen)] == expected


def test_lines_of_another_shape_count_for_nothing(tmp_path, settled):
    new_session()
    module.learn(tmp_path, ["", "x", "1 2 3 4 5 zz a.png", f"1 2 3 4 {'0' * 64} a.png"])
    assert module._digests == {}
