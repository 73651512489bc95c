"""What every kind of dataset must do. Subclass `DatasetKindTests` and say what to read."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
import pytest

from jupyter_mvt.capture.data.fingerprint import describe
from jupyter_mvt.capture.data.kind import KINDS, DatasetKind, Table, is_dataset, kind_of, table_of
from jupyter_mvt.objects.dataset import Schema
from jupyter_mvt.objects.encode import encode, to_data

__all__ = ["DatasetKindTests"]


class DatasetKindTests:
    """The laws of `jupyter_mvt.capture.data.kind.DatasetKind`.

    Attributes
    ----------
    kind_name
        Its name in the registry.
    whole
        Whether the id covers all of the content; else the kind says in words what it leaves out.
    by_class
        Whether its datasets are recognised by their class.
    """

    kind_name: ClassVar[str]
    whole: ClassVar[bool] = True
    by_class: ClassVar[bool] = True

    def make(self) -> Any:
        """Return a dataset of some rows, an equal one at each call."""
        pytest.fail("a subclass of DatasetKindTests must define 'make'")

    def changed(self) -> Iterable[Any]:
        """Return datasets that each differ from it in one cell, row or name."""
        pytest.fail("a subclass of DatasetKindTests must define 'changed'")

    def same(self) -> Iterable[Any]:
        """Return datasets with the same content in other layouts, or of other libraries."""
        return ()

    @pytest.fixture
    def kind(self) -> DatasetKind:
        """Return the kind from the registry."""
        return KINDS.get(self.kind_name)

    @pytest.fixture
    def data(self) -> Any:
        """Return a dataset."""
        return self.make()

    def test_a_dataset_is_recognised_by_its_class(self, kind: DatasetKind, data: Any) -> None:
        """The registry finds this kind; the class itself is no dataset."""
        assert kind.name == self.kind_name
        assert (kind_of(data) is kind) == self.by_class
        assert is_dataset(data) == self.by_class
        assert not is_dataset(type(data))
        assert all(name.count(".") == 1 and not name.startswith(".") for name in kind.match)

    def test_columns_are_what_they_promise(self, kind: DatasetKind, data: Any) -> None:
        """Every column has its rows, its blocks add up, and its sample is of present values."""
        table = kind.table(data)
        assert isinstance(table, Table)
        assert table.rows > 1
        assert table.nbytes >= 0
        assert table.kind
        for strip in table.strips:
            assert isinstance(strip.name, str)
            assert strip.type
            block = strip.block(0, strip.rows)
            assert 0 <= block.nulls <= strip.rows
            assert block.words is None or len(block.words) == strip.rows
            assert _bytes(block) == _bytes(strip.block(0, strip.rows))
            middle = strip.rows // 2
            halves = strip.block(0, middle), strip.block(middle, strip.rows)
            assert sum(half.nulls for half in halves) == block.nulls
            if block.words is not None:
                both = np.concatenate([half.words for half in halves if half.words is not None])
                assert both.tolist() == block.words.tolist()
            values = strip.sample(None)
            assert values is None or len(values) <= max(strip.rows - block.nulls, 100_000)
            few = strip.sample(np.array([0]))
            assert (few is None) == (values is None)

    def test_the_id_covers_all_or_says_so(self, data: Any) -> None:
        """What is left out is told in words."""
        draft = describe(data, "data")
        assert (draft.digest_kind == "full") == self.whole
        opaque = any(column.type == "opaque" for column in draft.schema.columns)
        assert self.whole or opaque or all(draft.lost)

    def test_equal_content_has_one_id(self, data: Any) -> None:
        """Whatever the threads, the layout and the library."""
        draft = describe(data, "data")
        others = [describe(self.make(), "other", threads=n) for n in (1, 4)]
        others += [describe(one, "other") for one in self.same()]
        assert {other.id for other in others} == {draft.id}
        assert {other.multiset_id for other in others} == {draft.multiset_id}

    def test_any_change_is_seen(self, data: Any) -> None:
        """Each change gives an id of its own."""
        ids = [describe(one, "data").id for one in self.changed()]
        assert ids
        assert len({describe(data, "data").id, *ids}) == len(ids) + 1

    def test_looking_changes_nothing(self, data: Any) -> None:
        """Neither the data nor anybody's random numbers."""
        before, first = _chance(), describe(data, "data").id
        table_of(data)
        assert describe(data, "data").id == first
        assert _chance() == before

    def test_what_is_told_can_be_stored(self, data: Any) -> None:
        """The description survives being written and read."""
        schema = describe(data, "data", known_rows=(1,)).schema
        assert isinstance(schema, Schema)
        assert encode(schema)
        json.dumps(to_data(schema), allow_nan=False, default=str)

    def test_parts_and_stamps_are_what_they_promise(self, kind: DatasetKind, data: Any) -> None:
        """Parts are datasets with names; a stamp is text that stays."""
        parts = getattr(kind, "parts", lambda obj: None)(data)
        assert all(isinstance(name, str) and is_dataset(part) for name, part in
                   (parts or {}).items())  # fmt: skip
        stamp = getattr(kind, "stamp", lambda obj: "")
        assert isinstance(stamp(data), str)
        assert stamp(data) == stamp(data)


def _bytes(block: Any) -> bytes:
    return b"".join(bytes(piece) for piece in block.pieces)


def _chance() -> list[Any]:
    kind, words, *rest = np.random.get_state()
    found = [random.getstate(), kind, np.asarray(words).tolist(), rest]
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        found.append(torch.get_rng_state().tolist())
    return found
