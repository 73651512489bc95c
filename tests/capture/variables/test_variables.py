"""Variables come back as they were; what cannot be kept is named."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_mvt.capture.variables.kept import restore_variable, take_variables
from jupyter_mvt.errors import CorruptionError, TrustError
from jupyter_mvt.objects.commit import Variable
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.manifest import Entry, Manifest


class Own(OrderedDict):
    """A class that no framework's list has."""


class Reader:
    """A store of one variable."""

    def __init__(self, draft):
        self.state = draft.state
        self.parts = {part.path: part for part in draft.bundle.parts}

    def blob(self, oid):
        return self.state

    def manifest(self, oid):
        entries = tuple(
            Entry(path=p.path, dtype=p.dtype, shape=p.shape, nbytes=p.nbytes, chunks=())
            for p in sorted(self.parts.values(), key=lambda part: part.path)
        )
        return Manifest(entries=entries, ties=(), identity=digest(b""))

    def pieces(self, entry):
        return iter([self.content(entry)])

    def ahead(self, entries):
        return self.content

    def content(self, entry):
        return memoryview(bytearray(self.parts[entry.path].read()))


def round_trip(value, trusted=False):
    (draft,), notes = take_variables({"v": value}, ["v"])
    stored = Variable(name="v", type=draft.type, state_kind=draft.state_kind,
                      state=digest(draft.state), weights=digest(b""), nbytes=0)  # fmt: skip
    return draft.state_kind, restore_variable(Reader(draft), stored, trusted=trusted), notes


@pytest.mark.parametrize(
    "value", [None, True, 3, 2**70, 1.5, "text", [1, ["a", None]], {"a": [1.0], "b": {}}]
)
def test_plain_values(value):
    kind, back, notes = round_trip(value)
    assert (kind, back, notes) == ("declarative", value, ())
    assert type(back) is type(value)


def test_arrays_and_tables_without_pickle():
    array = np.arange(12.0).reshape(3, 4).T
    kind, back, _ = round_trip(array)
    assert kind == "declarative"
    np.testing.assert_array_equal(back, array)
    back[0, 0] = 5
    frame = pd.DataFrame({"a": [1, 2], "t": pd.to_datetime(["2020-01-01", None])}, index=["x", "y"])
    kind, back, _ = round_trip(frame)
    assert kind == "declarative"
    pd.testing.assert_frame_equal(back, frame)
    kind, back, _ = round_trip(frame.a)
    assert kind == "declarative"
    pd.testing.assert_series_equal(back, frame.a)
    table = pl.DataFrame({"a": [1, None], "s": ["x", "y"]})
    assert round_trip(table)[1].equals(table)
    assert round_trip(table["s"])[1].equals(table["s"])
    arrow = pa.table({"a": [[1], None]})
    assert round_trip(arrow)[1].equals(arrow)


def test_other_things_are_pickled_and_flagged():
    value = Own(a=np.arange(3), b=(1, 2))
    with pytest.raises(TrustError) as raised:
        round_trip(value)
    assert raised.value.code == "untrusted-pickle"
    kind, back, notes = round_trip(value, trusted=True)
    assert kind == "pickle"
    assert list(back) == ["a", "b"]
    np.testing.assert_array_equal(back["a"], value["a"])
    assert [(n.kind, n.about, n.text) for n in notes] == [
        (
            "warning",
            "v",
            "a tests.capture.variables.test_variables.Own is kept as a pickle: "
            "restoring it runs code",
        )
    ]


def test_what_cannot_be_kept_is_named():
    connection = sqlite3.connect(":memory:")
    names = {"db": connection, "api_key": "abc123", "ok": 1}
    drafts, notes = take_variables(names, ["db", "api_key", "ok", "ok"])
    connection.close()
    assert [draft.name for draft in drafts] == ["ok"]
    assert [(note.kind, note.about) for note in notes] == [
        ("redacted", "api_key"),
        ("skipped", "db"),
    ]
    assert "cannot be pickled" in notes[1].text


def test_big_ones_are_skipped_unless_named(monkeypatch):
    monkeypatch.setattr("jupyter_mvt.capture.variables.kept.MAX_BYTES", 1000)
    names = {"big": np.zeros(1000)}
    assert len(take_variables(names, ["big"])[0]) == 1
    drafts, notes = take_variables(names, ["big"], all_named=False)
    assert drafts == ()
    assert [(n.kind, n.about) for n in notes] == [("skipped", "big")]


def test_a_foreign_kind_is_refused():
    (draft,), _ = take_variables({"v": 1}, ["v"])
    stored = Variable(name="v", type="int", state_kind="declarative", state=digest(b""),
                      weights=digest(b""), nbytes=0)  # fmt: skip
    reader = Reader(draft)
    reader.state = b'{"kind":"other"}'
    with pytest.raises(CorruptionError):
        restore_variable(reader, stored)
