"""The trust database: private, keyed, and quiet about everything that is not its own."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from jupyter_mvt.errors import StorageError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.store.fs import FileStat, OsDisk
from jupyter_mvt.store.trusted import TrustBook, Trusted

OID, OTHER = digest(b"one"), digest(b"two")


@pytest.fixture
def book(tmp_path: Path) -> TrustBook:
    return TrustBook(tmp_path / "deep" / "trust")


def record(oid: str = OID, time_us: int = 1, **told: str) -> Trusted:
    return Trusted(id=oid, how="made", time_us=time_us, **told)


def test_what_was_added_is_trusted_until_it_is_removed(book: TrustBook) -> None:
    assert not book.has(OID)
    assert book.all() == ()
    book.add(record(author="ana", message="first", repository="churn"))
    book.add(record(OTHER, time_us=2))
    assert book.has(OID)
    assert [row.id for row in TrustBook(book.folder).all()] == [OTHER, OID]
    assert book.remove(OID)
    assert not book.remove(OID)
    assert (book.has(OID), book.has(OTHER)) == (False, True)


def test_only_its_owner_can_read_it(book: TrustBook) -> None:
    book.add(record())
    assert stat.S_IMODE(book.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in book.folder.iterdir()} == {0o600}
    assert sorted(path.name for path in book.folder.iterdir()) == sorted([OID, "key"])


def test_a_record_of_another_account_counts_for_nothing(book: TrustBook, tmp_path: Path) -> None:
    book.add(record())
    foreign = TrustBook(tmp_path / "foreign")
    foreign.add(record(OTHER))
    (book.folder / OTHER).write_bytes((foreign.folder / OTHER).read_bytes())
    assert not book.has(OTHER)
    assert [row.id for row in book.all()] == [OID]


@pytest.mark.parametrize("damage", ["swap", "edit", "cut", "junk", "mac"])
def test_a_record_that_is_not_what_was_written_counts_for_nothing(
    book: TrustBook, damage: str
) -> None:
    book.add(record())
    path = book.folder / OID
    text = path.read_bytes()
    if damage == "swap":
        (book.folder / OTHER).write_bytes(text)
        assert not book.has(OTHER)
        return
    edited = json.loads(text)
    edited["record"]["how"] = "told"
    no_text = json.loads(text) | {"mac": 5}
    path.write_bytes({"edit": json.dumps(edited).encode(), "cut": text[:40], "junk": b"\xff[",
                      "mac": json.dumps(no_text).encode()}[damage])  # fmt: skip
    assert not book.has(OID)
    assert book.all() == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_a_key_that_others_can_read_is_not_used(book: TrustBook) -> None:
    book.add(record())
    (book.folder / "key").chmod(0o644)
    assert not book.has(OID)
    with pytest.raises(StorageError) as refused:
        book.add(record(OTHER))
    assert refused.value.code == "trust-exposed"
    assert refused.value.hint == f"chmod 600 {book.folder / 'key'}"


class Bare(OsDisk):
    """A disk without permissions: whatever is set, others may."""

    def chmod(self, path: str, mode: int) -> None:
        """Change nothing, as FAT does."""

    def stat(self, path: str) -> FileStat:
        found = super().stat(path)
        return found._replace(mode=found.mode | 0o077)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_a_key_where_there_are_no_permissions_is_told_to_lie_elsewhere(book: TrustBook) -> None:
    book.add(record())
    before = sorted(book.folder.iterdir())
    bare = TrustBook(book.folder, Bare())
    assert not bare.has(OID)
    for refused_verb in (bare.all, lambda: bare.add(record(OTHER))):
        with pytest.raises(StorageError) as refused:
            refused_verb()
        assert refused.value.lines() == [
            "StorageError [trust-exposed]: The key of the trust database can be read by others, "
            f"and its permissions cannot be set: {book.folder / 'key'}.",
            "Hint: where there are permissions: export MVT_TRUST=~/.mvt-trust",
        ]
    assert sorted(book.folder.iterdir()) == before


def test_a_damaged_key_is_said(book: TrustBook) -> None:
    book.add(record())
    (book.folder / "key").write_bytes(b"short")
    assert not book.has(OID)
    with pytest.raises(StorageError) as refused:
        book.all()
    assert refused.value.code == "trust-damaged"


def test_many_write_at_once(book: TrustBook) -> None:
    oids = [digest(bytes([number])) for number in range(16)]
    threads = [threading.Thread(target=book.add, args=(record(oid),)) for oid in oids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.id for row in book.all()} == set(oids)
    assert not [path for path in book.folder.iterdir() if path.name.startswith("tmp")]
