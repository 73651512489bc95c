"""What a version says about the cells that made it."""

from __future__ import annotations

import json
import os

import pytest

from jupyter_mvt.capture.cells.code import take_code
from jupyter_mvt.capture.cells.notebook import Notebook, read_notebook

MAKE, FIT = "X = np.ones((4, 2))", "clf = Toy()\nclf.fit(X)"


def words(kernel, notebook=None, upto=None):
    runs, identity, notes = take_code(kernel.log, ("clf",), upto, notebook)
    assert len(identity) == 64
    return [note.text for note in notes], {run.order: run.made for run in runs if run.made}


def test_the_lines_that_made_a_model_are_kept_with_the_first_random_states(kernel):
    kernel.run("import random\nrandom.random()").run(MAKE + "\nX.sum()").run(FIT + "\nprint(clf)")
    runs, _, notes = take_code(kernel.log, ("clf",), 3, None)
    assert [run.made for run in runs] == [{}, {"clf": ((1, 1),)}, {"clf": ((1, 2),)}]
    assert [[name for name, _ in run.rng][:2] for run in runs] == [[], ["python", "numpy"], []]
    assert notes == ()


def test_an_edited_cell_is_told(kernel):
    kernel.run(MAKE, "a").run(FIT, "b").run("X = np.zeros((4, 2))", "a")
    said, made = words(kernel, upto=2)
    assert said == ["depends on cell [1], edited since; this version keeps the text that was run"]
    assert made == {1: {"clf": ((1, 1),)}, 2: {"clf": ((1, 2),)}}


def test_running_the_same_text_again_is_no_edit(kernel):
    kernel.run(MAKE, "a").run(FIT, "b").run(MAKE, "a")
    assert words(kernel, upto=2)[0] == []


def test_an_edit_that_was_saved_but_not_run_and_a_deleted_cell_are_told(kernel):
    kernel.run(MAKE, "a").run(FIT, "b")
    later = kernel.log.entry(2).ended_us + 1_000_000
    saved = Notebook({"a": "X = None", "c": ""}, later)
    assert words(kernel, saved)[0] == [
        "depends on cell [2], deleted from the notebook since; this version keeps the text",
        "depends on cell [1], edited since; this version keeps the text that was run",
    ]
    # A notebook that was saved before the cells ran says nothing about them.
    assert words(kernel, Notebook({"z": ""}, 1))[0] == []


def test_cells_out_of_order_are_told(kernel):
    kernel.run(FIT.replace("X", "[[1.0]]"), "low").run(MAKE, "top").run(FIT, "low")
    saved = Notebook({"low": FIT, "top": MAKE}, 1)
    assert words(kernel, saved)[0] == [
        "was made out of order: cell [3] stands above cell [2] and ran after it"
    ]


def test_a_cell_that_was_run_twice_is_told(kernel):
    kernel.run(MAKE, "a").run("X = X * 2", "b").run("X = X * 2", "b").run(FIT, "c")
    assert words(kernel)[0] == ["needs cell [3] run a second time"]


def test_a_cell_that_failed_half_way_is_told(kernel):
    kernel.run(MAKE).run(FIT + "\n1 / 0", fails=True)
    said, made = words(kernel, upto=2)
    assert said == ["depends on cell [2], which did not run to the end"]
    assert made[2] == {"clf": ((1, 2),)}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [3]}', '{"cells": []}', "\xff", "[" * 9999]
)
def test_a_file_that_is_no_notebook_says_nothing(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text, "latin-1")
    assert read_notebook(path) is None
    assert read_notebook(None) is None
    assert read_notebook(tmp_path / "gone.ipynb") is None


def test_a_notebook_is_read(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": [
        {"cell_type": "code", "id": "a", "source": ["x = 1\n", "y"]},
        {"cell_type": "markdown", "id": "b", "source": "words"},
        {"cell_type": "code", "id": "c", "source": "z"}]}))  # fmt: skip
    os.utime(path, ns=(5_000_000_000, 7_000_000_000))
    assert read_notebook(path) == Notebook({"a": "x = 1\ny", "c": "z"}, 7_000_000)
