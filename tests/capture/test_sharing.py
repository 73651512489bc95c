"""Names that share something share it again after they were restored."""

from __future__ import annotations

import sqlite3

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.sharing import groups
from jupyter_mvt.capture.variables import kept as module
from jupyter_mvt.capture.variables.kept import every_name, restore_variables, take_variables
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.commit import Variable
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Entry, Manifest


class Thing:
    """A user's object."""


class Reader:
    """A store of some variables."""

    def __init__(self, drafts):
        self.states = {digest(d.state): d.state for d in drafts}
        self.bundles = {digest(d.state): d.bundle for d in drafts}
        self.parts = {}

    def blob(self, oid):
        return self.states[oid]

    def manifest(self, oid):
        entries = []
        for part in self.bundles[oid].parts:
            entries.append(Entry(path=part.path, dtype=part.dtype, shape=part.shape,
                                 nbytes=part.nbytes, chunks=(oid,)))  # fmt: skip
            self.parts[oid, part.path] = part
        return Manifest(entries=tuple(entries), ties=(), identity=digest(b""))

    def content(self, entry):
        return memoryview(bytearray(self.parts[entry.chunks[0], entry.path].read()))

    def pieces(self, entry):
        return iter([self.content(entry)])

    def ahead(self, entries):
        return self.content


def stored(drafts):
    return [
        Variable(name=d.name, type=d.type, state_kind=d.state_kind, state=digest(d.state),
                 weights=digest(d.state), nbytes=0)
        for d in drafts
    ]  # fmt: skip


def back(names, trusted=False, **options):
    drafts, notes = take_variables(names, list(names), **options)
    return restore_variables(Reader(drafts), stored(drafts), trusted=trusted), drafts, notes


def test_lists_and_dicts_stay_one_object():
    shared = [1, 2]
    names = {"a": {"x": shared, "n": np.float32(1.5)}, "b": (shared, "t"), "c": shared, "d": [1, 2]}
    assert groups(names) == [("a", "b", "c"), ("d",)]
    found, drafts, notes = back(names)
    assert found == names
    assert notes == ()
    assert {draft.state_kind for draft in drafts} == {"declarative"}
    found["c"].append(3)
    assert found["a"]["x"] == [1, 2, 3] == found["b"][0] != found["d"]
    assert type(found["a"]["n"]) is np.float32


def test_cycles_and_aliases_within_one_name():
    loop = [1]
    loop.append(loop)
    twice = [[0]] * 2
    sets = [{1, "a"}, frozenset({2, (3, None)}), bytearray(b"x")]
    found = back({"loop": loop, "twice": twice, "sets": sets})[0]
    assert found["sets"] == sets
    assert [type(item) for item in found["sets"]] == [set, frozenset, bytearray]
    assert found["loop"][1] is found["loop"]
    found["twice"][0].append(1)
    assert found["twice"] == [[0, 1], [0, 1]]


def test_views_stay_views():
    base = np.arange(24.0).reshape(4, 6)
    names = {"base": base, "row": base[1], "back": base[::-1, ::2], "t": base.T, "alone": base + 1}
    found, drafts, _ = back(names)
    for name, value in names.items():
        np.testing.assert_array_equal(found[name], value)
    found["base"][1, 0] = -1
    assert (found["row"][0], found["back"][2, 0], found["t"][0, 1]) == (-1, -1, -1)
    assert found["alone"][1, 0] == 7
    group = {id(draft.bundle) for draft in drafts}
    assert len(group) == 2
    assert sum(part.nbytes for part in drafts[0].bundle.parts) == base.nbytes


def test_of_a_large_array_only_what_is_viewed_is_kept():
    large = np.arange(100_000.0)
    found, drafts, _ = back({"first": [large[10:20]], "frozen": (large[15:17],)})
    assert sum(part.nbytes for part in drafts[0].bundle.parts) == 80
    found["first"][0][5] = 0
    assert found["frozen"][0].tolist() == [0, 16]


def test_tables_inside_containers_need_no_pickle():
    frame = pd.DataFrame({"a": [1, 2]})
    splits = {"train": frame, "again": frame}
    found, drafts, _ = back({"splits": splits})
    assert drafts[0].state_kind == "declarative"
    assert found["splits"]["train"] is found["splits"]["again"]
    pd.testing.assert_frame_equal(found["splits"]["train"], frame)


def test_objects_that_share_are_one_pickle():
    thing = Thing()
    thing.weights = np.zeros(3)
    thing.me = thing
    found, drafts, notes = back({"thing": thing, "w": thing.weights, "n": 5}, trusted=True)
    assert [d.state_kind for d in drafts] == ["pickle", "pickle", "declarative"]
    assert drafts[0].bundle is drafts[1].bundle
    assert found["thing"].me is found["thing"]
    found["w"][0] = 1
    assert found["thing"].weights.tolist() == [1, 0, 0]
    assert [note.about for note in notes] == ["thing", "w"]


def test_one_that_cannot_be_kept_does_not_take_the_others_along():
    shared = [1]
    connection = sqlite3.connect(":memory:")
    names = {"a": {"s": shared}, "b": [shared], "db": [shared, connection]}
    found, _, notes = back(names)
    connection.close()
    assert found == {"a": {"s": [1]}, "b": [[1]]}
    assert [(note.kind, note.about) for note in notes] == [("skipped", "db"), ("partial", "a")]
    assert notes[1].text == "what a, b share was kept for each of them apart"


def test_all_names_are_the_users_own_and_no_code():
    model = Thing()
    names = {"x": 1, "_y": 2, "np": np, "Thing": Thing, "f": len, "model": model, "In": []}
    assert every_name(names, [model]) == ["x"]


def test_more_than_the_limit_is_told_and_left_out(monkeypatch):
    monkeypatch.setattr(module, "MAX_TOTAL", 1000)
    names = {"a": np.zeros(100), "b": np.zeros(100), "c": 1}
    found, _, notes = back(names, all_named=False)
    assert list(found) == ["a", "c"]
    assert [(note.kind, note.about) for note in notes] == [("skipped", "b")]
    found, _, notes = back(names)
    assert list(found) == ["a", "b", "c"]
    assert [(note.kind, note.about) for note in notes] == [("warning", "variables")]


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(),
                   st.binary(max_size=5), st.complex_numbers(allow_nan=False))  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), st.data())
def test_values_come_back_equal_and_of_the_same_types(names, data):
    pick = data.draw(st.sampled_from(sorted(names)))
    names = {**names, "alias": names[pick], "box": [names[pick]]}
    found = back(names)[0]
    assert repr(found) == repr(names)
    assert found["box"][0] is found["alias"] or not isinstance(names[pick], (list, dict))


@pytest.mark.parametrize(
    "nodes",
    [[["array", 0, "float64", [10], [8], 0, True]], [["array", 0, "float64", [1], [8], -8, True]],
     [["array", 9, "float64", [1], [8], 0, True]], [["array", 0, "object", [1], [8], 0, True]],
     [["nonsense", 1]], [["list", [[7]]]], [["list", [[-1]]]], [["list"]], [], "x"],
)  # fmt: skip
def test_nonsense_is_refused(nodes):
    (draft,), _ = take_variables({"v": [np.zeros(2)]}, ["v"])
    reader = Reader([draft])
    reader.states = {digest(draft.state): encode({"kind": "graph", "roots": {"v": [0]},
                                                  "nodes": nodes})}  # fmt: skip
    with pytest.raises(CorruptionError):
        restore_variables(reader, stored([draft]))
