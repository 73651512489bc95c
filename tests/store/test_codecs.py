"""Every encoding gives back what it was given, and survives any garbage."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.store import planes
from jupyter_mvt.store.codecs import REKEY, Encoded, Keyframe, decode, encode, framed
from jupyter_mvt.store.frames import Evenness, holds, pack_frame, pack_numbers
from jupyter_mvt.store.pack import DELTA, PLANES, RAW, ZSTD

ITEMS = st.sampled_from([0, 1, 2, 4, 8])
DRIFTS = st.sampled_from([0, 1, 3, 200])


def _back(found: Encoded, size: int, base: bytes | None = None) -> bytes:
    stored = b"".join(bytes(piece) for piece in found.pieces)
    assert len(stored) == found.size
    if found.encoding == RAW:
        return stored
    target = memoryview(bytearray(size))
    decode(found.encoding, memoryview(stored), target, base)
    return bytes(target)


def _numbers(seed: int, size: int, item: int) -> bytes:
    """Return bytes as weights have them: high bytes alike, low ones random."""
    rng = np.random.default_rng(seed)
    raw = rng.integers(0, 256, size, dtype=np.uint8)
    if item > 1:
        raw[item - 1 :: item] = 0x3F
    return raw.tobytes()


def _drifted(data: bytes, item: int, drift: int) -> bytes:
    moved = np.frombuffer(data, np.uint8).copy()
    whole = len(moved) // item * item
    numbers = moved[:whole].view(f"u{item}")
    rng = np.random.default_rng(drift)
    numbers += rng.integers(-drift, drift + 1, len(numbers)).astype(numbers.dtype)
    return moved.tobytes()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 9), st.integers(0, 300_000), ITEMS, DRIFTS, st.integers(0, 8))
def test_decoding_undoes_encoding(seed: int, size: int, item: int, drift: int, cut: int) -> None:
    data = _numbers(seed, size, item)
    assert _back(encode(data, item), size) == data
    moved = _drifted(data, item or 1, drift)
    frames = [Keyframe(b"k" * 32, data), Keyframe(b"o" * 32, data[cut:])]
    found = encode(moved, item, frames)
    assert _back(found, size, data) == moved
    assert found.size <= size or found.encoding == RAW


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), ITEMS, st.binary(max_size=400))
def test_small_and_odd_bytes(data: bytes, item: int, base: bytes) -> None:
    found = encode(data, item, [Keyframe(b"k" * 32, base)])
    assert _back(found, len(data), base) == data


@pytest.mark.parametrize(
    ("dtype", "item"),
    [("<f4", 4), ("<f8", 8), ("<f2", 2), ("<u2", 2), ("<i8", 8), ("|i1", 1), ("|u1", 1)],
)
def test_every_kind_of_number(dtype: str, item: int) -> None:
    rng = np.random.default_rng(3)
    wide = rng.normal(size=50_001) * 100
    wide[:4] = [0.0, -0.0, 1.0, -1.0]
    numbers = wide.astype(dtype)
    if dtype.startswith("<f"):
        numbers[4:8] = [np.nan, np.inf, -np.inf, np.finfo(dtype).max]
    data, moved = numbers.tobytes(), (numbers + numbers.dtype.type(1)).tobytes()
    found = encode(moved, item, [Keyframe(b"k" * 32, data)])
    assert _back(found, len(data), data) == moved


def test_the_probe_chooses() -> None:
    rng = np.random.default_rng(1)
    weights = rng.normal(0, 0.02, 400_000).astype("<f4")
    step = (weights + rng.normal(0, 2e-5, 400_000).astype("<f4")).tobytes()
    other = rng.normal(0, 0.02, 400_000).astype("<f4").tobytes()
    text = b"".join(b"%d apples and %d pears; " % (i, i * i) for i in range(20_000))
    near, far = Keyframe(b"n" * 32, weights.tobytes()), Keyframe(b"f" * 32, other)
    noise = rng.bytes(400_000)
    assert encode(weights.tobytes(), 4).encoding == PLANES
    assert encode(text).encoding == ZSTD
    assert encode(noise, 4).encoding == RAW
    assert encode(step, 4, [far, near]).base == near.oid
    assert encode(step, 4, [far]).encoding == PLANES  # a keyframe that no longer helps
    assert encode(step, 4, [near]).size < 0.7 * encode(step, 4).size
    assert encode(b"short", 4).encoding == RAW


def test_a_lucky_sample_does_not_make_a_bad_delta() -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(0, 0.02, 2_000_000).astype("<f4")
    moved = base.copy()
    moved[10_000:600_000] = rng.normal(0, 0.02, 590_000)
    moved[700_000:1_300_000] = rng.normal(0, 0.02, 600_000)
    moved[1_400_000:1_950_000] = rng.normal(0, 0.02, 550_000)
    found = encode(moved.tobytes(), 4, [Keyframe(b"k" * 32, base.tobytes())])
    assert found.encoding == PLANES
    assert _back(found, moved.nbytes) == moved.tobytes()


ENCODINGS = st.sampled_from([ZSTD, PLANES, DELTA])


def _refused_or_filled(encoding: int, data: bytes, size: int) -> None:
    target = memoryview(bytearray(size))
    with suppress(CorruptionError):  # nothing else may come out
        decode(encoding, memoryview(data), target, bytes(size))


@settings(max_examples=300, deadline=None)
@given(ENCODINGS, st.binary(max_size=200), st.integers(0, 300))
def test_garbage_is_refused(encoding: int, data: bytes, size: int) -> None:
    _refused_or_filled(encoding, data, size)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(0, 255), st.integers(1, 8), st.booleans())
def test_damaged_encodings_are_refused(at: int, flip: int, item: int, cut: bool) -> None:
    data = _numbers(1, 3000, 4)
    for found in (
        encode(data, 4),
        encode(_drifted(data, 4, 1), 4, [Keyframe(b"k" * 32, data)]),
        encode(b"abc" * 1000),
    ):
        stored = bytearray(b"".join(bytes(piece) for piece in found.pieces))
        stored[at % len(stored)] ^= flip
        if cut:
            del stored[at % len(stored) :]
        _refused_or_filled(found.encoding, bytes(stored), 3000)


LARGE = np.random.default_rng(0).normal(0, 0.02, 1_100_000).astype("<f4")
"""Long enough for its planes to be unpacked at once."""
MOVED = (LARGE * np.float32(1.0001)).tobytes()
LARGE_DELTA = encode(MOVED, 4, [Keyframe(b"k" * 32, LARGE.tobytes())])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(1, 255), st.booleans(), st.booleans())
def test_damage_of_large_ones_is_refused(at: int, flip: int, cut: bool, plain: bool) -> None:
    data = np.sort(LARGE).tobytes() if plain else LARGE.tobytes()
    found = framed(memoryview(data)) if plain else LARGE_DELTA
    stored = bytearray(b"".join(bytes(piece) for piece in found.pieces))
    stored[at % len(stored)] ^= flip
    if cut:
        del stored[at % len(stored) :]
    target = memoryview(bytearray(len(data)))
    with suppress(CorruptionError):
        decode(found.encoding, memoryview(stored), target, data)


def test_large_ones_come_back() -> None:
    assert LARGE_DELTA.encoding == DELTA
    assert _back(LARGE_DELTA, LARGE.nbytes, LARGE.tobytes()) == MOVED
    alone = encode(MOVED, 4)
    assert (alone.encoding, _back(alone, LARGE.nbytes)) == (PLANES, MOVED)
    text = b"what repeats is packed " * 100_000
    assert _back(framed(memoryview(text)), len(text)) == text
    with pytest.raises(CorruptionError) as caught:
        _back(framed(memoryview(text)), len(text) - 1)
    assert caught.value.message == "An encoded object is corrupt: a frame declares another length."


def test_a_frame_cannot_ask_for_more_memory_than_the_object_has() -> None:
    import tracemalloc

    bomb = pack_frame(bytes(1 << 28), 1)
    tracemalloc.start()
    with pytest.raises(CorruptionError):
        decode(ZSTD, memoryview(bomb), memoryview(bytearray(1000)))
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_keyframe_of_another_length_is_refused() -> None:
    data = _numbers(1, 3000, 4)
    found = encode(_drifted(data, 4, 1), 4, [Keyframe(b"k" * 32, data)])
    assert found.encoding == DELTA
    stored = memoryview(b"".join(bytes(piece) for piece in found.pieces))
    with pytest.raises(CorruptionError, match="another length"):
        decode(DELTA, stored, memoryview(bytearray(3000)), data[:-1])


EVENNESS: list[Evenness] = ["runs", "sparse", "dense"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(EVENNESS),
    st.sampled_from([1, 2, 500, 1 << 17, (1 << 17) + 1, 1 << 18, 300_000]),
    st.sampled_from([0.0, 0.01, 0.3, 3.0, 100.0]),
    st.integers(0, 1 << 20),
    st.integers(1, 255),
)
def test_a_frame_holds_what_it_was_made_of_and_nothing_else(
    evenness: Evenness, size: int, spread: float, at: int, flip: int
) -> None:
    plane = np.abs(np.random.default_rng(size).normal(0, spread, size)).astype(np.uint8)
    frame = pack_numbers(plane.data, evenness)
    assert holds(frame, plane.data)
    other = plane.copy()
    other[at % size] ^= flip
    assert not holds(frame, other.data)
    assert not holds(frame, plane.data[:-1])
    assert not holds(frame, np.append(plane, plane[-1]).data)
    assert not holds(frame[:-1], plane.data)
    assert not holds(frame + frame, plane.data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(min_size=1, max_size=50))
def test_garbage_holds_nothing(garbage: bytes, data: bytes) -> None:
    assert not holds(garbage, memoryview(data))


def test_what_was_encoded_stays_as_it_is_while_others_are() -> None:
    first, second = _numbers(1, 200_000, 4), _numbers(2, 200_000, 4)
    found = encode(first, 4)
    encode(second, 4)
    assert found.encoding == PLANES
    assert _back(found, len(first)) == first


def _otherwise(data: bytes, evenness: Evenness) -> bytes:
    return pack_frame(bytes(len(data)), 1)


def _not_joined(planes: object, target: np.ndarray, base: object) -> None:
    target[:] = 7


@pytest.mark.parametrize("size", [2_000, 100_000])
@pytest.mark.parametrize("drift", [0, 200])
@pytest.mark.parametrize(
    ("name", "fault"),
    [("pack_numbers", _otherwise), ("_join", _not_joined)],
    ids=["frame", "numbers"],
)
def test_what_does_not_come_back_is_refused(
    name: str, fault: object, drift: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _numbers(1, size, 4)
    moved = _drifted(data, 4, drift)
    frames = [Keyframe(b"k" * 32, data)] if drift else []
    assert encode(moved, 4, frames).encoding == (DELTA if drift else PLANES)
    monkeypatch.setattr(planes, name, fault)
    with pytest.raises(ValueError, match="what was encoded does not come back"):
        encode(moved, 4, frames)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.integers(8, 48 << 10), st.sampled_from([1, 2, 4, 8]), DRIFTS)
def test_few_numbers_get_as_small_as_a_probe_makes_them(
    seed: int, size: int, item: int, drift: int
) -> None:
    data = np.frombuffer(_numbers(seed, size, item), np.uint8)
    moved = np.frombuffer(_drifted(data.tobytes(), item, drift), np.uint8)
    for base in (None, data):
        probe = planes.probe_planes(moved, item, base)
        probed = sum(map(len, planes.encode_planes(moved, item, probe, base)))
        assert sum(map(len, planes.encode_planes(moved, item, None, base))) <= probed


@pytest.mark.parametrize("size", [2_000, 400_000])
def test_a_delta_is_held_against_what_its_keyframe_takes(size: int) -> None:
    data = _numbers(1, size, 4)
    moved = _drifted(data, 4, 3)
    delta = encode(moved, 4, [Keyframe(b"k" * 32, data)])
    assert delta.encoding == DELTA
    just = delta.size / size / REKEY
    assert encode(moved, 4, [Keyframe(b"k" * 32, data, 1.05 * just)]) == delta
    assert encode(moved, 4, [Keyframe(b"k" * 32, data, 0.95 * just)]).encoding == PLANES


@settings(max_examples=60, deadline=None)
@given(st.integers(64, 30_000), st.sampled_from([0.0, 0.01, 0.1, 0.3, 0.5]), st.integers(0, 9))
def test_a_probe_tells_the_smallest_way(size: int, spread: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    plane = np.abs(rng.normal(0, spread, size)).astype(np.uint8)
    sizes = {way: len(pack_numbers(plane.data, way)) for way in EVENNESS}
    probe = planes.probe_planes(plane, 1)
    if min(sizes.values()) < 0.25 * size:
        (way,) = probe.ways
        assert sizes[way or "dense"] == min(sizes.values())
        assert probe.size == 6 + sizes[way or "dense"]
