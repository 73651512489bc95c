"""What a repository remembers of files outside of it: help when it is there, never harm."""

from __future__ import annotations

import pytest

from jupyter_mvt.errors import StorageError
from jupyter_mvt.store import layout, seen
from jupyter_mvt.store.fsck import fsck
from jupyter_mvt.store.memory import MemoryBackend
from jupyter_mvt.store.open import init_store, memory_store, open_store
from jupyter_mvt.store.seen import Seen, seen_by


def the_key(backend):
    (key,) = backend.list(layout.SEEN)
    return key


def test_what_was_put_is_there_in_another_process(tmp_path):
    first = seen_by(init_store(tmp_path / ".mvt"))
    assert first is not None
    assert first.get(b"a") is None
    first.put(b"a", b"1")
    first.put(b"b", b"2")
    first.put(b"a", b"[3]")
    again = seen_by(open_store(tmp_path / ".mvt"))
    assert again is not None
    assert (again.get(b"a"), again.get(b"b"), again.get(b"c")) == (b"[3]", b"2", None)


def test_only_folders_remember_files():
    assert seen_by(memory_store()) is None


@pytest.mark.parametrize(
    "damage",
    [b"", b"no record", lambda data: data[:-1], lambda data: data.replace(b"1", b"2", 1),
     lambda data: bytes([data[0] ^ 1]) + data[1:]],
)  # fmt: skip
def test_what_is_garbled_was_never_there(damage):
    backend = MemoryBackend()
    book = Seen(backend)
    book.put(b"a", b"1")
    key = the_key(backend)
    data = backend.get(key)
    backend.put(key, damage(data) if callable(damage) else damage)
    assert book.get(b"a") is None
    book.put(b"a", b"1")
    assert book.get(b"a") == b"1"


def test_a_record_under_the_name_of_another_counts_for_nothing():
    backend = MemoryBackend()
    book = Seen(backend)
    book.put(b"a", b"1")
    data = backend.get(the_key(backend))
    book.put(b"b", b"2")
    other = next(key for key in backend.list(layout.SEEN) if backend.get(key) != data)
    backend.put(other, data)
    assert book.get(b"b") is None


class Refusing(MemoryBackend):
    def put(self, key, data, *, durable=True):
        raise StorageError("full", code="disk-full")

    def get(self, key):
        raise StorageError("broken", code="io-error")


def test_a_disk_that_refuses_is_nobodys_concern():
    book = Seen(Refusing())
    book.put(b"a", b"1")
    assert book.get(b"a") is None


def test_a_full_book_is_begun_anew(monkeypatch):
    monkeypatch.setattr(seen, "_MOST_RECORDS", 3)
    monkeypatch.setattr(seen, "_MOST_BYTES", 10)
    backend = MemoryBackend()
    book = Seen(backend)
    for number in range(3):
        book.put(b"%d" % number, b"1")
    book.put(b"2", b"2")
    assert len(list(backend.list(layout.SEEN))) == 3
    book.put(b"3", b"1")
    assert len(list(backend.list(layout.SEEN))) == 1
    book.put(b"4", b"1" * 11)
    assert book.get(b"4") is None


def test_fsck_has_nothing_to_say_of_it(tmp_path):
    store = init_store(tmp_path / ".mvt")
    book = seen_by(store)
    assert book is not None
    book.put(b"a", b"1")
    store.backend.put(the_key(store.backend), b"garbled")
    assert fsck(store).ok
