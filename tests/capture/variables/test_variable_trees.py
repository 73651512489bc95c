"""Containers of many plain values come back as they were, kept as rows a stretch at a time."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.variables import scalars, tokens, trees
from jupyter_mvt.capture.variables.kept import restore_variables, take_variables
from jupyter_mvt.errors import CaptureError, MvtError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.snapshot import Bundle
from jupyter_mvt.store.open import memory_store
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.writer import begin
from tests.capture.test_sharing import Reader, back, stored
from tests.capture.variables.test_variable_scalars import BITS, TEXT, forms, objects

LARGE = st.sampled_from([1 << 63, -(1 << 63) - 1, 1 << 200])
FLOATS = BITS.map(lambda octets: struct.unpack("<d", octets)[0])
WHOLE = st.integers(-(1 << 63), (1 << 63) - 1)
SCALAR = st.one_of(st.none(), st.booleans(), WHOLE, LARGE, FLOATS, TEXT, st.binary(max_size=9))
SETS = st.one_of(st.sets(SCALAR, max_size=5), st.frozensets(SCALAR, max_size=5))
KEYS = st.one_of(SCALAR, st.tuples(SCALAR, SCALAR), st.frozensets(SCALAR, max_size=3))
ANY = st.recursive(
    st.one_of(SCALAR, SETS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=30,
)  # fmt: skip
ITEMS = st.lists(ANY, min_size=1, max_size=9)
MAKERS = {
    "list": list,
    "tuple": tuple,
    "dict": lambda items: dict(enumerate(items)),
    "array": objects,
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few values be many, told in several stretches."""
    monkeypatch.setattr(trees, "_LEAST", 0)
    monkeypatch.setattr(trees, "_AT_ONCE", 3)
    monkeypatch.setattr(trees, "_MOST_BYTES", 8)
    monkeypatch.setattr(trees, "_MOST_KNOWN", 2)
    monkeypatch.setattr(tokens, "_AT_ONCE", 2)
    monkeypatch.setattr(tokens, "is_large", lambda nbytes: True)
    monkeypatch.setattr(tokens, "_MOST_BYTES", 12)


def exact(value: Any) -> Any:
    """Return what tells a value from any other, its types among it."""
    kind = type(value)
    if kind is float:
        return kind, struct.pack("<d", value)
    if kind is dict:
        return kind, [(exact(key), exact(item)) for key, item in value.items()]
    if kind in (list, tuple):
        return kind, [*map(exact, value)]
    if kind in (set, frozenset):
        return kind, sorted(map(repr, map(exact, value)))
    if kind is np.ndarray:
        return kind, value.shape, value.flags.fnc, exact(value.ravel().tolist())
    return kind, value


@settings(max_examples=300, deadline=None)
@given(ITEMS, st.sampled_from([*MAKERS]))
def test_plain_values_come_back_as_they_were(items, maker):
    value = MAKERS[maker](items)
    found, drafts, notes = back({"value": value})
    assert exact(found["value"]) == exact(value)
    assert notes == ()
    again = take_variables({"value": found["value"]}, ["value"])[0]
    assert again[0].state == drafts[0].state
    told = [[(part.path, bytes(part.read())) for part in one[0].bundle.parts]
            for one in (drafts, again)]  # fmt: skip
    assert told[0] == told[1]


@settings(max_examples=200, deadline=None)
@given(st.lists(SCALAR, min_size=1, max_size=30), st.sampled_from([set, frozenset]))
def test_sets_are_told_in_one_order(items, make):
    value, turned = make(items), make(reversed(items))
    found, drafts, _ = back({"value": value})
    assert exact(found["value"]) == exact(value)
    if len({*map(repr, value)} ^ {*map(repr, turned)}) == 0:
        other = take_variables({"value": turned}, ["value"])[0]
        told = [[bytes(part.read()) for part in one[0].bundle.parts] for one in (drafts, other)]
        assert told[0] == told[1]


@settings(max_examples=200, deadline=None)
@given(ITEMS, st.data())
def test_a_window_is_what_a_whole_row_has_there(items, data):
    for part in tokens.cut_tokens(len(items), lambda a, b: items[a:b]).parts(str, "x"):
        content = bytes(part.read())
        assert len(content) == part.nbytes
        start = data.draw(st.integers(0, part.nbytes))
        stop = data.draw(st.integers(start, part.nbytes))
        assert part.window is not None
        assert bytes(part.window(start, stop)) == content[start:stop]


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_keeps_its_shape_and_its_order_in_memory(order):
    value = objects([None, "a", 1, 2.5, b"x", True] * 4, (2, 3, 4), order)
    found, drafts, _ = back({"value": value, "alone": np.array(None, object)})
    assert exact(found["value"]) == exact(value)
    assert found["alone"].shape == ()
    assert "plain values" in forms(drafts)


def test_what_is_held_twice_is_held_twice_again():
    row, pair = [1, "a"], (None, 1.5)
    rows = [[0, "b"], row, pair]
    for names in ({"v": [row, row, None]}, {"v": [pair, pair]}, {"v": rows, "row": row},
                  {"v": rows, "w": {"again": row, "x": 1}}, {"both": [rows, [pair, b"x"]]},
                  {"row": row, "v": rows}, {"v": rows, "o": objects([row, 1])}):  # fmt: skip
        found = back(names)[0]
        assert exact(found) == exact(names)
        if "row" in names:
            assert found["v"][1] is found["row"]
        if "w" in names:
            assert found["v"][1] is found["w"]["again"]
        if "both" in names:
            assert found["both"][0][2] is found["both"][1][0]
        if "o" in names:
            assert found["v"][1] is found["o"][0]
        if [*names] == ["v"]:
            assert found["v"][0] is found["v"][1]


def test_what_holds_itself_or_something_else_is_told_value_by_value():
    loop: list[Any] = [1, None]
    loop.append([loop])
    found = back({"v": loop})[0]["v"]
    assert found[2][0] is found
    value = {"a": [1, None], "b": np.arange(3), "c": [(1, "x"), {"half \ud800"}]}
    found, drafts, _ = back({"v": value})
    assert forms(drafts) >= {"dict", "plain values"}
    assert repr(found["v"]) == repr(value)


def test_texts_that_many_hold_are_one(monkeypatch):
    monkeypatch.setattr(trees, "_MOST_KNOWN", 100)
    found = back({"v": [{"name": f"{n}", "same": "word"} for n in range(9)]})[0]["v"]
    assert len({id(key) for one in found for key in one}) == 2
    assert len({id(one["same"]) for one in found}) == 1


def test_few_are_told_as_before(monkeypatch):
    monkeypatch.undo()
    values: dict[str, Any] = {
        "mixed": [None, 1, "a", 2.5] * 50_000, "pairs": {"a": [1, 2], "b": None},
        "rows": [[1.5, "a"]] * 3, "words": {"a", "b"}, "objects": objects([None, "a"] * 50_000),
    }  # fmt: skip
    drafts = take_variables(values, [*values])[0]
    assert [decode(draft.state).get("kind", "objects") for draft in drafts] == [
        "plain", "plain", "graph", "graph", "objects"
    ]  # fmt: skip
    assert not any("plain values" in forms([draft]) for draft in drafts)


def test_floats_of_a_set_that_are_no_numbers_come_back():
    value = {math.nan, float("nan"), 1.5, -0.0, math.inf}
    found = back({"v": value})[0]["v"]
    assert exact(found) == exact(value)


SHAPES = [[3], [-2], [9], [], [1, 2], "x"]
FORGED = [
    *(lambda node, shape=shape: [*node[:2], shape, *node[3:]] for shape in SHAPES),
    lambda node: [*node[:1], "deque", *node[2:]],
    lambda node: [*node[:1], "dict", *node[2:]],
    lambda node: [*node[:-1], "nowhere"],
    lambda node: node[:-1],
    lambda node: [*node[:4], *reversed(node[4:])],
    lambda node: [*node[:4], node[4], *([node[5]] * 4)],
]


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("value", [[None, (1, "a"), {"b": 2.5}, [1 << 99]], {"k", 1, 2.5, None}])
def test_a_forgery_is_refused(value, forged):
    (draft,) = back({"value": value})[1]
    state = decode(draft.state)
    (place,) = (n for n, node in enumerate(state["nodes"]) if node[0] == "plain values")
    state["nodes"][place] = forged(state["nodes"][place])
    wrong = [replace(draft, state=encode(state))]
    with pytest.raises(MvtError) as caught:
        restore_variables(Reader(wrong), stored(wrong))
    assert caught.value.code in ("corrupt-state", "state-refused", "corrupt-shape")


@settings(max_examples=200, deadline=None)
@given(ITEMS, st.integers(0, 4), st.data())
def test_forged_rows_are_refused_or_harmless(items, place, data):
    (draft,) = back({"value": [*items, None, 1]})[1]
    part = draft.bundle.parts[place]
    octets = bytearray(part.read())
    if octets:
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    parts = [*draft.bundle.parts]
    parts[place] = replace(part, read=lambda: bytes(octets))
    wrong = [replace(draft, bundle=replace(draft.bundle, parts=tuple(parts)))]
    try:
        restore_variables(Reader(wrong), stored(wrong))
    except MvtError as error:
        assert error.code in ("corrupt-state", "state-refused")


def test_long_rows_within_are_rows(monkeypatch):
    monkeypatch.setattr(scalars, "_FEW", 1)
    monkeypatch.setattr(scalars, "_LEAST", 0)
    monkeypatch.setattr(tokens, "_MOST", 4)
    value = {"a": [1.5] * 9, "b": [None, 1] * 9, "c": (None, "x")}
    found, drafts, _ = back({"v": value})
    assert exact(found["v"]) == exact(value)
    assert forms(drafts) == {"dict", "numbers alone", "plain values"}


def stored_in(store: Store, bundle: Bundle) -> None:
    with begin(store) as writer:
        writer.bundle(bundle)
        writer.publish()


@pytest.mark.parametrize("make", [dict.fromkeys, list], ids=["dict", "list"])
@pytest.mark.parametrize("change", ["less", "other"])
def test_what_changes_while_it_is_stored_is_said(make, change):
    value = make(range(20))
    (draft,) = take_variables({"value": value}, ["value"])[0]
    if change == "less":
        value.pop(19)
    else:
        value[1] = object()
    with pytest.raises(CaptureError) as caught:
        stored_in(memory_store(), draft.bundle)
    assert caught.value.code == "part-changed"


def test_a_dict_that_grows_while_it_is_gone_through_is_said():
    value = dict.fromkeys(range(20))
    (draft,) = take_variables({"value": value}, ["value"])[0]
    kinds = draft.bundle.parts[0]
    assert kinds.window is not None
    kinds.window(0, 4)
    value["more"] = 1
    with pytest.raises(CaptureError) as caught:
        kinds.window(4, 8)
    assert caught.value.code == "part-changed"


@settings(max_examples=200, deadline=None)
@given(ITEMS, st.sampled_from(["list", "tuple", "dict"]))
def test_what_is_called_few_is_little(items, maker):
    value = MAKERS[maker](items)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "_LEAST", 64 * 8)
        patch.setattr(trees, "_FEW", 1 << 20)
        few = trees._is_few(value)
        patch.setattr(trees, "_is_few", lambda value: False)
        assert not (few and trees.is_tree(value))
