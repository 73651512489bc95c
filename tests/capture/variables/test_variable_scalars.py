"""Rows of numbers or text in objects of Python come back with their types, kept as one or not."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture import arrowtexts
from jupyter_mvt.capture.variables import scalars
from jupyter_mvt.capture.variables.kept import restore_variables
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode, encode
from tests.capture.test_sharing import Reader, back, stored


class Count(int):
    """A number of the user's own."""


class Word(str):
    """A text of the user's own."""

    __slots__ = ()


BITS = st.one_of(
    st.floats().map(lambda number: struct.pack("<d", number)),
    st.integers(1, (1 << 51) - 1).map(lambda load: struct.pack("<Q", 0xFFF8 << 48 | load)),
)
FLOATS = BITS.map(lambda octets: struct.unpack("<d", octets)[0])
WHOLE = st.integers(-(1 << 63), (1 << 63) - 1)
TEXT = st.text(st.characters(codec="utf-8"), max_size=9)
LARGE = st.sampled_from([1 << 63, -(1 << 63) - 1, 1 << 200])
OTHER = st.one_of(st.none(), LARGE, st.just("half \ud800"),
                  st.builds(Count, WHOLE), st.builds(Word, TEXT))  # fmt: skip
ALONE = st.sampled_from([FLOATS, WHOLE, TEXT, st.booleans()])
ROWS = ALONE.flatmap(lambda items: st.lists(items, min_size=1, max_size=40))
MIXED = st.lists(st.one_of(FLOATS, WHOLE, TEXT, st.booleans(), OTHER), min_size=1, max_size=12)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few values be a long row of several stretches."""
    monkeypatch.setattr(scalars, "_FEW", 1)
    monkeypatch.setattr(scalars, "_LEAST", 0)
    monkeypatch.setattr(scalars, "_AT_ONCE", 3)
    monkeypatch.setattr(arrowtexts, "_AT_ONCE", 5)


def objects(items: list[Any], shape: tuple[int, ...] | None = None, order: Any = "C") -> Any:
    made = np.empty(shape or (len(items),), object, order)
    made.flat = [None] * made.size
    for place, item in enumerate(items):
        made.flat[place] = item
    return made


def exact(item: Any) -> tuple[Any, ...]:
    return type(item), struct.pack("<d", item) if type(item) is float else item


def alike(item: Any) -> tuple[Any, ...]:
    """Return what of an item comes back beside others: of NaN, that it is one."""
    missing = type(item) is float and math.isnan(item)
    return (float, "nan") if missing else exact(item)


def forms(drafts: Any) -> set[str]:
    return {node[0] for draft in drafts for node in decode(draft.state).get("nodes", [])}


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from([list, objects]))
def test_what_is_of_one_type_is_kept_as_one_row(items, make):
    found, drafts, notes = back({"value": make(items)})
    assert [exact(item) for item in found["value"]] == [exact(item) for item in items]
    assert type(found["value"]) is type(make(items))
    assert notes == ()
    assert forms(drafts) == {"dict", "texts alone" if type(items[0]) is str else "numbers alone"}


@settings(max_examples=200, deadline=None)
@given(MIXED, st.sampled_from([list, objects]))
def test_what_is_of_several_types_comes_back_as_each(items, make):
    found = back({"value": make(items)}, trusted=True)[0]
    assert type(found["value"]) is type(make(items))
    assert [alike(item) for item in found["value"]] == [alike(item) for item in items]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", [float, str])
def test_an_array_keeps_its_shape_and_its_order_in_memory(order, kind):
    value = objects([kind(number) for number in range(24)], (2, 3, 4), order)
    found = back({"value": value, "turned": value[:, ::2].T})[0]
    assert found["value"].tolist() == value.tolist()
    assert found["value"].flags.f_contiguous is (order == "F")
    assert found["turned"].tolist() == value[:, ::2].T.tolist()


@pytest.mark.parametrize("make", [list, objects])
def test_one_of_two_names_is_one_again(make):
    value = make([1.5, 2.5])
    found, drafts, _ = back({"a": value, "b": {"inside": value}})
    assert forms(drafts) == {"dict", "numbers alone"}
    assert found["b"]["inside"] is found["a"]


@pytest.mark.parametrize("make", [list, objects])
def test_what_can_be_changed_is_held_by_all_that_held_it(make):
    held = [1]
    found = back({"value": make([held, 2.0, held])})[0]["value"]
    assert found[0] is found[2]
    assert list(found) == [[1], 2.0, [1]]


def test_lists_within_others_are_kept_as_rows():
    value = {"b": [[1.5, 2.5], ["a", "b"]], "a": ([1, 2], None, [True, "x"])}
    found, drafts, _ = back({"value": value})
    assert repr(found["value"]) == repr(value)
    assert forms(drafts) == {"dict", "list", "tuple", "numbers alone", "texts alone"}


def test_a_short_one_is_told_value_by_value(monkeypatch):
    monkeypatch.undo()
    _, drafts, _ = back({"numbers": objects([1.5] * 60_000), "texts": objects(["text"] * 60_000)})
    assert forms(drafts) == {"dict", "objects"}
    _, drafts, _ = back({"numbers": [1.5] * 60_000, "texts": ["text"] * 60_000})
    assert [decode(draft.state)["kind"] for draft in drafts] == ["plain", "plain"]


@pytest.mark.parametrize("kind", [float, str])
@pytest.mark.parametrize("forged", [
    lambda node: [*node[:-1], "nowhere"],
    lambda node: node[:-1],
    lambda node: [node[0], [3], *node[2:]],
    lambda node: [node[0], [-2], *node[2:]],
    lambda node: [*node[:3], *reversed([*node[3:], node[3]])],
    lambda node: ["numbers alone" if node[0] == "texts alone" else "texts alone", *node[1:]],
])  # fmt: skip
def test_a_forgery_is_refused(kind, forged):
    _, drafts, _ = back({"value": objects([kind(1), kind(2)])})
    state = decode(drafts[0].state)
    (place,) = (n for n, node in enumerate(state["nodes"]) if node[0].endswith("alone"))
    state["nodes"][place] = forged(state["nodes"][place])
    (draft,) = drafts
    wrong = [replace(draft, state=encode(state))]
    with pytest.raises(MvtError) as caught:
        restore_variables(Reader(wrong), stored(wrong))
    assert caught.value.code in ("corrupt-state", "state-refused", "corrupt-shape")
