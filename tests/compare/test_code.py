import random
import time

import pytest

from jupyter_mvt.compare.code import diff_code, line_diff
from jupyter_mvt.compare.diff import CellChange, CodeDiff, Line
from jupyter_mvt.objects.commit import Content

LOAD = "import numpy as np\nX = load()"
FIT = "clf = SVC(C=1.0)\nclf.fit(X, y)\nprint(clf)"
REFIT = "clf = SVC(C=2.0)\nclf.fit(X, y)\nprint(clf)"


@pytest.fixture
def diff(make):
    def run(base, other, heads=("", "")):
        objects = make.Objects()
        contents = [
            Content(code=make.code(objects, *cells, git=head))
            for cells, head in zip((base, other), heads, strict=True)
        ]
        return diff_code(*make.pair(*contents, objects))

    return run


def test_edited_cell(diff):
    assert diff([LOAD, FIT], [LOAD, "%mvt commit", REFIT]) == CodeDiff(
        cells=(
            CellChange(
                presence="changed",
                base_order=2,
                other_order=3,
                lines=(
                    Line(kind="removed", base=1, other=0, text="clf = SVC(C=1.0)"),
                    Line(kind="added", base=0, other=1, text="clf = SVC(C=2.0)"),
                    Line(kind="same", base=2, other=2, text="clf.fit(X, y)"),
                    Line(kind="same", base=3, other=3, text="print(clf)"),
                ),
            ),
        ),
        total=2,
    )


def test_whole_cells_stand_where_they_stood(diff):
    found = diff([LOAD, "plot(everything)", FIT], [LOAD, FIT, "score = evaluate(model)"])
    assert [(c.presence, c.base_order, c.other_order) for c in found.cells] == [
        ("removed", 2, 0),
        ("added", 0, 3),
    ]
    assert [line.kind for cell in found.cells for line in cell.lines] == ["removed", "added"]


def test_cells_that_are_gone_are_among_those_that_are_counted(diff):
    gone = diff([LOAD, FIT], [])
    assert (len(gone.cells), gone.total) == (2, 2)
    one = diff([LOAD, FIT], [LOAD])
    assert (len(one.cells), one.total) == (1, 2)


def test_runs_orders_and_magics_do_not_count(diff):
    assert diff([LOAD, FIT], [FIT, LOAD, "%load_ext jupyter_mvt", FIT, "%mvt log"]) is None
    assert diff([LOAD, FIT], [LOAD, FIT + "\n"]) is None


def test_the_last_successful_run_of_a_cell_counts(diff):
    other = [
        {"source": LOAD, "cell_id": "a"},
        {"source": "clf = SVC(C=7", "cell_id": "b", "ok": False},
        {"source": "clf = 0", "cell_id": "b"},
        {"source": FIT, "cell_id": "b"},
        {"source": "oops", "cell_id": "c", "ok": False},
    ]
    assert diff([LOAD, FIT], other) is None


def test_failed_cells_count_when_nothing_else_ran(diff):
    found = diff([], [{"source": "oops", "ok": False}])
    assert [cell.lines[0].text for cell in found.cells] == ["oops"]


def test_the_notebooks_id_pairs_cells_that_share_nothing(diff):
    base = [{"source": "alpha()", "cell_id": "x"}, {"source": "same()", "cell_id": "y"}]
    other = [{"source": "1 + 2 * z", "cell_id": "x"}, {"source": "same()", "cell_id": "y"}]
    assert [c.presence for c in diff(base, other).cells] == ["changed"]


def test_git_head_alone(diff):
    assert diff([LOAD], [LOAD], heads=("aaa", "bbb")) == CodeDiff(
        cells=(), total=1, git=("aaa", "bbb")
    )
    assert diff([LOAD], [LOAD], heads=("aaa", "aaa")) is None


def test_context_is_three_lines():
    base = "\n".join(f"line {i}" for i in range(40))
    lines = line_diff(base, base.replace("line 20", "line twenty"))
    assert [(line.kind, line.base) for line in lines] == [
        ("same", 18), ("same", 19), ("same", 20), ("removed", 21), ("added", 0),
        ("same", 22), ("same", 23), ("same", 24),
    ]  # fmt: skip


def test_law_swap(diff):
    base, other = [LOAD, FIT, "a = 1"], [LOAD, REFIT, "zz(yy)"]
    there, back = diff(base, other), diff(other, base)
    assert sorted((c.base_order, c.other_order) for c in there.cells) == sorted(
        (c.other_order, c.base_order) for c in back.cells
    )


def test_five_hundred_edited_cells_are_quick(diff):
    rng = random.Random(0)
    words = ["frame", "model", "fit", "score", "plot", "group", "merge", "np", "pd", "axis"]
    cells = [
        "\n".join(
            f"{rng.choice(words)}_{i}{j} = {rng.choice(words)}.{rng.choice(words)}({j})"
            for j in range(12)
        )
        for i in range(500)
    ]
    edited = [cell.replace("(3)", "(33)") for cell in cells]
    rng.shuffle(edited)
    start = time.perf_counter()
    found = diff(cells, edited)
    assert time.perf_counter() - start < 3
    assert [c.presence for c in found.cells] == ["changed"] * 500
    assert all(sum(line.kind != "same" for line in c.lines) == 2 for c in found.cells)
