"""What cells show: replaced when they run again, bounded, without secrets, never in the way."""

from __future__ import annotations

import base64
import struct
import time
import zlib
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.cells.htmltables import read_tables
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.cells.outputs import MARK, MOST_BYTES, OutputLog
from jupyter_mvt.capture.cells.showing import pixels, take_outputs
from jupyter_mvt.objects.output import MOST_COLUMNS, MOST_OUTPUTS, MOST_ROWS, TABLE, read_grid


def png(width: int = 2, height: int = 1, seed: int = 0) -> bytes:
    """Return a PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes([seed % 256, 0, 0]) * width) * height
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def table(*cells: str) -> str:
    return "<table><tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"


class Session:
    """Cells as a shell would run them."""

    def __init__(self) -> None:
        self.cells = CellLog()
        self.log = OutputLog(self.cells)

    def start(self, source: str, cell_id: str = "") -> Any:
        info = SimpleNamespace(raw_cell=source, cell_id=cell_id, silent=False)
        self.cells.before_cell(info, {})
        self.log.before_cell()
        return info

    def end(self, info: Any, *, ok: bool = True) -> str | None:
        result = SimpleNamespace(info=info, success=ok, error_in_exec=None)
        self.cells.after_cell(result, {})
        return self.log.after_cell()

    def run(self, source: str, *shown: dict[str, Any], cell_id: str = "", ok: bool = True) -> None:
        info = self.start(source, cell_id)
        for data in shown:
            self.log.show(data, {})
        self.end(info, ok=ok)

    def taken(self) -> list[tuple[int, str, str]]:
        self.cells.entries()
        drafts, _ = take_outputs(self.log)
        return [(one.cell, one.cell_id, one.kind) for one in drafts]

    def notes(self) -> list[str]:
        self.cells.entries()
        return [note.text for note in take_outputs(self.log)[1]]


@pytest.fixture
def session() -> Session:
    return Session()


FIGURE: dict[str, Any] = {"image/png": png(), "text/plain": "<Figure>"}


def test_figures_and_tables_are_kept_and_nothing_else(session: Session) -> None:
    plain = {"text/plain": "1"}, {"text/html": "<b>no table</b>"}
    session.run("plot()", FIGURE, *plain, cell_id="a")
    session.run("df", {"text/html": table("1"), "text/plain": "1"})
    assert session.taken() == [(1, "a", "figure"), (2, "", "table")]


def test_our_own_outputs_are_none(session: Session) -> None:
    info = session.start("%mvt diff")
    own = {"application/vnd.jupyter-mvt.v1+json": {}, "text/html": table("1")}
    session.log.show(own, {})
    session.log.show(FIGURE, {MARK: True})
    session.end(info)
    assert session.taken() == []


def test_a_cell_that_runs_again_replaces_what_it_showed(session: Session) -> None:
    session.run("plot(1)", FIGURE, FIGURE, cell_id="a")
    session.run("other", FIGURE, cell_id="b")
    session.run("plot(2)", FIGURE, cell_id="a")
    assert session.taken() == [(2, "b", "figure"), (3, "a", "figure")]
    # Without ids the same text is the same cell.
    session.run("same", FIGURE)
    session.run("same", FIGURE)
    assert session.taken()[2:] == [(5, "", "figure")]


def test_a_cell_that_failed_keeps_none(session: Session) -> None:
    session.run("good", FIGURE)
    session.run("bad", FIGURE, ok=False)
    assert session.taken() == [(1, "", "figure")]


def test_a_cell_run_by_another_belongs_to_it(session: Session) -> None:
    outer = session.start("%%mvt commit\nplot()", "a")
    session.log.show(FIGURE, {})
    inner = session.start("plot()")
    session.log.show(FIGURE, {})
    session.end(inner)
    assert [one[1:] for one in session.taken()] == [("a", "figure"), ("a", "figure")]
    session.end(outer)
    session.run("plot(2)", FIGURE, cell_id="a")
    assert len(session.taken()) == 1


def test_updates_replace_by_their_id(session: Session) -> None:
    info = session.start("watch()")
    session.log.show({"text/html": table("0")}, {}, "x")
    session.log.show(FIGURE, {})
    session.log.show({"text/html": table("9")}, {}, "x", update=True)
    session.end(info)
    drafts, _ = take_outputs(session.log)
    assert [one.kind for one in drafts] == ["table", "figure"]
    assert read_grid(drafts[0].body).rows == (("9",),)
    late = session.start("later")
    session.log.show({"text/plain": "done"}, {}, "x", update=True)
    session.log.show(FIGURE, {}, "unknown", update=True)
    session.end(late)
    assert [kind for *_, kind in session.taken()] == ["figure", "figure"]


def test_cleared_outputs_are_gone(session: Session) -> None:
    session.run("before", FIGURE)
    info = session.start("loop")
    for _ in range(3):
        session.log.clear(wait=True)
        session.log.show(FIGURE, {})
    session.log.clear(wait=True)
    session.end(info)
    assert session.taken() == [(1, "", "figure"), (2, "", "figure")]
    info = session.start("again")
    session.log.show(FIGURE, {})
    session.log.clear()
    session.end(info)
    assert len(session.taken()) == 2


def test_bounds_are_said(session: Session) -> None:
    large = png() + b"x" * MOST_BYTES
    session.run("large", {"image/png": large}, {"image/png": base64.b64encode(large).decode()})
    session.run("no image", {"image/png": b"hello"})
    session.run("both", {"image/png": large, "image/jpeg": b"\xff\xd8\xff\xe0\0\4ab"})
    said = "a figure of cell [1] is larger than 1 MB: left out"
    assert session.notes() == [
        said,
        said,
        "a figure of cell [2] is no image/png that can be read: left out",
    ]
    assert [kind for *_, kind in session.taken()] == ["figure"]
    session.log.forget()
    session.run("many", *[FIGURE] * (MOST_OUTPUTS + 3))
    assert len(session.taken()) == MOST_OUTPUTS
    assert session.notes() == [
        "3 earlier figures and tables were left out: a version keeps the newest 24"
    ]
    session.run("many", FIGURE)
    assert (len(session.taken()), session.notes()) == (1, [])


def test_long_and_wide_tables_are_cut(session: Session) -> None:
    html = "<table><thead><tr><th>a</th></tr></thead>" + "<tr><td>1</td></tr>" * 3000 + "</table>"
    session.run("long", {"text/html": html})
    session.run("wide", {"text/html": table(*["1"] * 80)})
    drafts, notes = take_outputs(session.log)
    grids = [read_grid(one.body) for one in drafts]
    assert [len(grid.rows) for grid in grids] == [MOST_ROWS, 1]
    assert [len(grid.rows[0]) for grid in grids] == [1, MOST_COLUMNS]
    assert [(one.width, one.height) for one in drafts] == [(1, 3000), (80, 1)]
    assert [note.text for note in notes] == [
        "a table of cell [1] keeps its first 200 of 3,000 rows",
        "a table of cell [2] keeps its first 50 columns",
    ]


def test_secrets_stay_out(session: Session) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    head = "<thead><tr><th></th><th>password</th><th>n</th></tr></thead>"
    row = f"<tr><th>{key}</th><td>hunter22x</td><td>12345678</td></tr>"
    html = f"<table><caption>{key}</caption>{head}{row}</table>"
    session.run("df", {"text/html": html})
    session.run("svg", {"image/svg+xml": f"<svg><text>{key}</text></svg>"})
    drafts, notes = take_outputs(session.log)
    (draft,) = drafts
    assert draft.title == "<redacted>"
    assert read_grid(draft.body).rows == (("<redacted>", "<redacted>", "12345678"),)
    assert [(note.kind, note.text) for note in notes] == [
        ("redacted", "3 secret-like text(s) in tables of cell [1] were not stored"),
        ("redacted", "a figure of cell [2] holds a secret-like text, and was not stored"),
    ]


def test_a_fault_of_its_own_reaches_no_cell_and_is_said_once(session: Session) -> None:
    class Hostile(dict):
        def get(self, *_: Any) -> Any:
            raise RuntimeError

    info = session.start("hostile")
    for _ in range(5):
        session.log.show(Hostile(), {})
    assert session.end(info) == "mvt: outputs are no longer kept after 3 own errors."
    assert session.end(session.start("next")) is None
    assert session.taken() == []


def test_listening_costs_little(session: Session) -> None:
    html, took = table(*["1.25"] * 5000), []
    for number in range(200):
        started = time.perf_counter()
        info = session.start(f"cell {number}")
        between = time.perf_counter()
        session.log.show(FIGURE, {})
        session.log.show({"text/html": html, "text/plain": ""}, {})
        took.append(time.perf_counter() - between)
        session.end(info)
        assert between >= started
    assert median(took) < 0.001


@pytest.mark.parametrize(
    ("mime", "body", "size"),
    [
        ("image/png", png(640, 480), (640, 480)),
        ("image/png", b"\x89PNG", None),
        ("image/jpeg", b"\xff\xd8\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03", (640, 480)),
        ("image/jpeg", b"GIF89a", None),
        ("image/svg+xml", b'<svg width="460.8pt" height="345.6pt">', (614, 461)),
        ("image/svg+xml", b'<svg viewBox="0 0 30 20" width="100%">', (30, 20)),
        ("image/svg+xml", b"<svg width='x'>", (0, 0)),
        ("image/svg+xml", b"<html>", None),
    ],
)
def test_the_size_of_a_figure(mime: str, body: bytes, size: tuple[int, int] | None) -> None:
    assert pixels(mime, body) == size


def test_tables_of_pandas_polars_and_a_styler() -> None:
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = pd.DataFrame({"a": [1, 2], "b": ["x<y", "z"]}, index=["r", "s"])
    (found,) = read_tables(frame._repr_html_())
    assert found.grid.head == (("", "a", "b"),)
    assert found.grid.rows == (("r", "1", "x<y"), ("s", "2", "z"))
    assert (found.grid.labels, found.rows, found.columns, found.cut) == (1, 2, 2, False)
    (long,) = read_tables(pd.DataFrame({"a": range(5000)})._repr_html_())
    assert (long.rows, long.columns, len(long.grid.rows), long.cut) == (5000, 1, 11, False)
    (styled,) = read_tables(frame.style.set_caption("By region").to_html())
    assert (styled.caption, styled.grid.rows) == (
        "By region",
        (("r", "1", "x"), ("s", "2", "z")),  # a Styler leaves markup in texts as it is
    )
    nested = frame.set_index([["u", "u"], ["v", "w"]])
    (tree,) = read_tables(nested._repr_html_())
    assert [row[:2] for row in tree.grid.rows] == [("u", "v"), ("u", "w")]
    (polar,) = read_tables(pl.DataFrame({"a": [1, 2]})._repr_html_())
    assert (polar.grid.head, polar.grid.labels, polar.rows) == ((("a",), ("i64",)), 0, 2)


def test_a_model_shows_no_table() -> None:
    sklearn = pytest.importorskip("sklearn.linear_model")
    assert read_tables(sklearn.LogisticRegression()._repr_html_()) == []


def test_hostile_spans_and_nesting_are_bounded() -> None:
    cell = '<td colspan="999999999999999999" rowspan="x">in <table><tr><td>side</td></tr></table>'
    (found,) = read_tables(f"<script><table></script><table><tr>{cell}</td><td>y")
    assert set(found.grid.rows[0]) == {"in side"}
    assert len(found.grid.rows[0]) == MOST_COLUMNS


@settings(deadline=None)
@given(st.text(alphabet='<>/tabledrhcpionsu "=1\n', max_size=300))
def test_any_text_is_read(text: str) -> None:
    for found in read_tables(f"<table>{text}"):
        widths = {len(row) for row in (*found.grid.head, *found.grid.rows)}
        assert len(widths) == 1
        assert found.grid.labels <= max(widths)


def test_a_stored_table_is_made_even() -> None:
    from jupyter_mvt.objects.encode import encode
    from jupyter_mvt.objects.output import Grid

    ragged = Grid(head=(("a",),), rows=(("1", "2"), ()), labels=9)
    assert read_grid(encode(ragged)) == Grid(
        head=(("a", ""),), rows=(("1", "2"), ("", "")), labels=2
    )
    assert TABLE.startswith("application/vnd.jupyter-mvt")
