"""Outputs side by side: what is equal is counted, what differs is paired, and nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mvt.compare.outputs import diff_outputs
from jupyter_mvt.compare.tablemarks import CellEdit, marks
from jupyter_mvt.objects.commit import Content, tree_id
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.output import TABLE, Grid, Output


def shown(objects: Any, cell: int, body: bytes | Grid, **more: Any) -> Output:
    is_table = isinstance(body, Grid)
    data = encode(body) if isinstance(body, Grid) else body
    return Output(kind="table" if is_table else "figure", mime=TABLE if is_table else "image/png",
                  body=objects.put(data), nbytes=len(data), cell=cell, **more)  # fmt: skip


def texts(found: Any) -> list[tuple[str, str, int | None, int | None]]:
    return [
        (c.kind, c.presence, c.base and c.base.number, c.other and c.other.number)
        for c in found.changes
    ]


def grid(*rows: tuple[str, ...], labels: int = 1) -> Grid:
    return Grid(head=(("", "a", "b"),), rows=rows, labels=labels)


def test_the_same_cell_is_found_by_id_by_text_and_by_likeness(make: Any) -> None:
    objects = make.Objects()
    plot = "figure = plot(history.loss, title='loss by epoch', colour='blue')"
    left = make.code(objects, {"source": "one", "cell_id": "x"}, "same text", plot)
    right = make.code(objects, plot.replace("blue", "red"), "same text",
                      {"source": "quite another", "cell_id": "x"})  # fmt: skip
    old = shown(objects, 1, b"1", cell_id="x"), shown(objects, 2, b"2"), shown(objects, 3, b"3")
    new = shown(objects, 1, b"C"), shown(objects, 2, b"B"), shown(objects, 3, b"A", cell_id="x")
    base, other = Content(code=left, outputs=old), Content(code=right, outputs=new)
    found = diff_outputs(*make.pair(base, other, objects))
    assert texts(found) == [
        ("figure", "changed", 2, 0), ("figure", "changed", 1, 1), ("figure", "changed", 0, 2)
    ]  # fmt: skip


def test_equal_ones_are_counted_wherever_they_are_drawn(make: Any) -> None:
    objects = make.Objects()
    base = Content(code=make.code(objects, "a", "b"),
                   outputs=(shown(objects, 1, b"1"), shown(objects, 2, b"2")))  # fmt: skip
    other = Content(code=make.code(objects, "a", "zzz"),
                    outputs=(shown(objects, 1, b"0"), shown(objects, 1, b"1"),
                             shown(objects, 2, b"2")))  # fmt: skip
    found = diff_outputs(*make.pair(base, other, objects))
    assert found is not None
    assert texts(found) == [("figure", "added", None, 0)]
    assert (found.total, [one.cell for one in found.equal]) == (3, [1, 2])
    assert found.changes[0].other is not None
    assert found.changes[0].other.nth == 1


def test_kinds_are_not_mixed(make: Any) -> None:
    objects = make.Objects()
    code = make.code(objects, "a")
    base = Content(code=code, outputs=(shown(objects, 1, b"1"),))
    other = Content(code=code, outputs=(shown(objects, 1, grid(("r", "1", "2"))),))
    found = diff_outputs(*make.pair(base, other, objects))
    assert texts(found) == [("table", "added", None, 0), ("figure", "removed", 0, None)]


def test_cells_of_tables_are_marked() -> None:
    base = grid(("north", "1.0", "2"), ("south", "3", "4"), ("gone", "5", "6"))
    other = grid(("north", "1.00", "7"), ("new", "0", "0"), ("south", "3", "4"))
    found = marks(base, other)
    assert found.base == ((0, 2), (2, 0), (2, 1), (2, 2))
    assert found.other == ((0, 2), (1, 0), (1, 1), (1, 2))
    assert found.edits == (CellEdit(row="north", column="b", base="2", other="7"),)


def test_a_column_more_marks_that_column_only() -> None:
    base = Grid(head=(("", "a"),), rows=(("x", "1"), ("y", "2")), labels=1)
    other = Grid(head=(("", "new", "a"),), rows=(("x", "9", "1"), ("y", "9", "2")), labels=1)
    assert marks(base, other).other == ((0, 1), (1, 1))
    assert marks(other, base).other == ()


_cells = st.sampled_from(["", "1", "2.5", "x"])
_tables = st.integers(1, 3).flatmap(
    lambda wide: st.builds(
        Grid,
        head=st.lists(st.tuples(*[_cells] * wide), max_size=2).map(tuple),
        rows=st.lists(st.tuples(*[_cells] * wide), max_size=5).map(tuple),
        labels=st.integers(0, wide),
    )
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_tables, _tables)
def test_marks_are_in_place_and_swap_with_the_sides(one: Grid, two: Grid) -> None:
    found = marks(one, two)
    assert all(i < len(one.rows) and j < len(one.rows[i]) for i, j in found.base)
    assert all(i < len(two.rows) and j < len(two.rows[i]) for i, j in found.other)
    assert marks(one, one) == marks(two, two) == type(found)(base=(), other=(), edits=())


_bodies = st.sampled_from([b"1", b"2", grid(("r", "1", "2")), grid(("r", "1", "3"))])


_versions = st.tuples(
    st.lists(st.sampled_from(["a", "b", "c = 1", "d = 2"]), max_size=4),
    st.tuples(*[st.sampled_from(["", "x", "y"])] * 4),
    st.lists(st.tuples(st.integers(1, 4), _bodies), max_size=6),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_version_equals_itself_and_every_output_is_told_once(make: Any, data: Any) -> None:
    objects = make.Objects()

    def content() -> Content:
        sources, ids, drawn = data.draw(_versions)
        return Content(
            code=make.code(objects, *sources),
            outputs=tuple(shown(objects, cell, body, cell_id=ids[cell - 1])
                          for cell, body in drawn),
        )  # fmt: skip

    one, two = content(), content()
    assert diff_outputs(*make.pair(one, one, objects)) is None
    found = diff_outputs(*make.pair(one, two, objects))
    told = [] if found is None else found.changes
    equal = len(two.outputs) if found is None else len(found.equal)
    assert sum(c.base is not None for c in told) + equal == len(one.outputs)
    assert sum(c.other is not None for c in told) + equal == len(two.outputs)
    # They are no part of what must differ for a new version.
    assert tree_id(one) == tree_id(Content(code=one.code))


def test_a_version_without_outputs_is_written_as_before() -> None:
    assert b"outputs" not in encode(Content())
