"""Canonical JSON: one byte string for one value, and no way to crash the decoder."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.commit import Commit, Content, Param, commit_id, tree_id
from jupyter_mvt.objects.encode import decode, decode_as, encode, to_data
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.metric import Metric

texts = st.text(st.characters(), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal in type and bits (one NaN is as good as another)."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or struct.pack("d", one) == struct.pack("d", other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


@given(values)
def test_round_trip(value: Any) -> None:
    data = encode(value)
    assert same(decode(data), value)
    assert encode(decode(data)) == data


@given(st.dictionaries(texts, scalars, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], chance: Any) -> None:
    items = list(value.items())
    chance.shuffle(items)
    assert encode(dict(items)) == encode(value)


@given(st.dictionaries(st.sampled_from(["$float", "$int", "$map", "$", "a"]), values, max_size=3))
def test_users_may_use_our_tags(value: dict[str, Any]) -> None:
    assert same(decode(encode(value)), value)


@given(values)
def test_it_is_strict_json_without_newlines(value: Any) -> None:
    data = encode(value)
    assert b"\n" not in data
    json.loads(data.decode("utf-8", "surrogatepass"), parse_constant=pytest.fail)


@given(st.binary(max_size=60) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_garbage_raises_only_corruption(garbage: bytes) -> None:
    try:
        decode(garbage)
    except CorruptionError as error:
        assert error.code == "corrupt-encoding"


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 100_000,
        b"[" * 70 + b"]" * 70,
        b'{"a":1,"a":2}',
        b"NaN",
        b'{"$float":"1.5"}',
        b'{"$float":[]}',
        b'{"$int":{}}',
        b'{"$map":5}',
        b'{"$map":[[1]]}',
        b'{"$other":1}',
        b'{"$int":"1","b":2}',
        b'{"$int":"' + b"9" * 5000 + b'"}',
        b"\xff\xfe",
        b"",
    ],
)
def test_hostile_bytes_are_refused(hostile: bytes) -> None:
    with pytest.raises(CorruptionError):
        decode(hostile)


def commit_of(message: str, name: str, value: Any) -> Commit:
    content = Content(
        metrics=(Metric(name=name, value=value, dataset_id=digest(b"d")),),
        params=(Param(name=name, value=value),),
    )
    return Commit(
        parents=(digest(b"p"),), tree_id=tree_id(content), branch="main", message=message,
        author=name, time_us=1, content=content, timings_ms={name: 1.0},
    )  # fmt: skip


@given(texts, texts, st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none())
def test_commits_keep_their_id(message: str, name: str, value: Any) -> None:
    commit = commit_of(message, name, value)
    again = decode_as(encode(commit), Commit)
    assert again == commit
    assert commit_id(again) == commit_id(commit)
    assert encode(to_data(commit)) == encode(commit)


def test_a_commit_with_nan_keeps_its_id() -> None:
    commit = commit_of("m", "auc", math.nan)
    assert commit_id(decode_as(encode(commit), Commit)) == commit_id(commit)


def test_durations_do_not_make_a_version() -> None:
    one, other = (Content(params=(Param(name="p", value=1, default=d),)) for d in (True, False))
    assert tree_id(one) == tree_id(other)
    assert tree_id(Content()) != tree_id(one)
