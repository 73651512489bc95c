"""Manifests: what goes in comes out, and nothing else decodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import CaptureError, CorruptionError
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Entry, Manifest, Tie
from jupyter_mvt.store.manifests import (
    Encoded,
    build_manifest,
    decode_manifest,
    encode_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

texts = st.text(st.characters(), max_size=12)
ids = st.binary(max_size=2).map(digest)
entries = st.lists(
    st.builds(
        Entry,
        path=texts,
        dtype=st.sampled_from(["float32", "bfloat16", "<U7", "bytes"]),
        shape=st.lists(st.integers(0, 2**40), max_size=4).map(tuple),
        nbytes=st.integers(0, 2**60),
        chunks=st.lists(ids, max_size=3).map(tuple),
        volatile=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda entry: entry.path,
)


def built(found: list[Entry], ties: Iterable[Tie] = ()) -> Encoded:
    return build_manifest(found, [bytes.fromhex("".join(e.chunks)) for e in found], ties)


def manifest_of(found: list[Entry]) -> tuple[Manifest, bytes]:
    ties = [Tie(entry.path + "~", entry.path) for entry in found[:2]]
    taken = {entry.path for entry in found}
    kept = [tie for tie in ties if tie.path not in taken]
    encoded = built(found, kept)
    manifest = encoded.decoded()
    assert (manifest.identity, manifest.nbytes) == (encoded.identity, encoded.nbytes)
    assert manifest.entries == tuple(sorted(found, key=lambda entry: entry.path))
    assert manifest.ties == tuple(sorted(kept, key=lambda tie: tie.path))
    return manifest, encoded.data


def decoded_or_none(data: bytes) -> Manifest | None:
    try:
        return decode_manifest(data)
    except CorruptionError:
        return None


@settings(deadline=None)
@given(entries)
def test_round_trip(found: list[Entry]) -> None:
    manifest, data = manifest_of(found)
    assert decode_manifest(data) == manifest
    assert encode_manifest(manifest) == data


@settings(deadline=None)
@given(entries, st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list[Entry], chance: object) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert built(shuffled) == built(found)


@settings(deadline=None)
@given(entries, texts)
def test_volatile_entries_do_not_count(found: list[Entry], extra: str) -> None:
    steady = [entry for entry in found if not entry.volatile]
    encoded = built(found)
    assert encoded.identity == built(steady).identity
    if len(steady) == len(found):
        assert encoded.identity == digest(encoded.data)


@settings(deadline=None)
@given(entries, st.data())
def test_damaged_bytes_are_refused_or_mean_another_manifest(
    found: list[Entry], data: st.DataObject
) -> None:
    manifest, good = manifest_of(found)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(bad), good[:at], good + b"\0"):
        assert decoded_or_none(damaged) != manifest


@settings(deadline=None)
@given(garbage=st.binary(max_size=200), magic=st.booleans())
def test_garbage_raises_only_corruption(*, garbage: bytes, magic: bool) -> None:
    data = b"MVTM\x01" + garbage if magic else garbage
    found = decoded_or_none(data)
    assert found is None or encode_manifest(found) == data


def test_huge_declarations_are_refused_at_once() -> None:
    with pytest.raises(CorruptionError, match="declares more than it holds"):
        decode_manifest(b"MVTM\x01\x00" + b"\xff" * 7 + b"\x7f")


def test_bundles_must_make_sense() -> None:
    entry = Entry(path="a", dtype="bytes", shape=(0,), nbytes=0, chunks=())
    for bad in (([entry, entry], []), ([entry], [Tie("b", "c")]), ([entry], [Tie("a", "a")])):
        with pytest.raises(CaptureError) as caught:
            built(*bad)
        assert caught.value.code == "bad-bundle"
