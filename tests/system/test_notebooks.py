"""Where there is no front end: nbclient, two kernels, a terminal, awaits, an interrupt."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

import jupyter_mvt as mvt

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

FIT = """
import numpy as np
from sklearn.linear_model import LogisticRegression
X = np.arange(20.0).reshape(10, 2)
y = np.array([0, 1] * 5)
clf = LogisticRegression(C={c}).fit(X, y)
accuracy = clf.score(X, y)
"""


def notebook(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def executed(folder: Path, *cells: str) -> list[list[nbformat.NotebookNode]]:
    """Run cells in a fresh kernel; return the outputs of each. Nobody can be asked there."""
    made = notebook(*cells)
    NotebookClient(made, timeout=120, kernel_name="python3", allow_errors=True,
                   resources={"metadata": {"path": str(folder)}}).execute()  # fmt: skip
    return [cell.outputs for cell in made.cells]


def test_a_notebook_without_a_front_end_keeps_what_it_made(tmp_path):
    pair = "this, that = LogisticRegression().fit(X, y), LogisticRegression(C=3).fit(X, y)"
    outputs = executed(
        tmp_path,
        "%load_ext jupyter_mvt",
        FIT.format(c=1.0),
        '%mvt commit -m "first"',
        "%%mvt commit -m awaited\n1 / 0\nawait asyncio.sleep(0)\n" + FIT.format(c=0.5),
        "%%mvt commit -m after-await\nimport asyncio\nawait asyncio.sleep(0)\n"
        + FIT.format(c=0.25),
        "%mvt status",
        pair,
        "%mvt commit -m both",
        "%mvt log --where",
        "%mvt log",
    )
    for number in (2, 5, 7, 9):
        (shown,) = [out for out in outputs[number] if out.output_type == "execute_result"]
        assert {"text/plain", "text/html"} < set(shown.data)
    assert [out.ename for out in outputs[3]] == ["ZeroDivisionError"]
    (kept,) = [out for out in outputs[4] if out.output_type == "execute_result"]
    assert "after-await" in kept.data["text/plain"]
    (error,) = outputs[8]
    assert error.output_type == "error"
    assert list(error.traceback) == [
        "UsageError [usage]: mvt log: Argument --where: expected one argument.",
        "Hint: %mvt help log",
    ]
    repo = mvt.open(tmp_path)
    assert [entry.version.message for entry in repo.log().entries] == [
        "both", "after-await", "first",
    ]  # fmt: skip
    assert [(m.var, m.primary) for m in repo["main"].commit.content.models] == [
        ("this", True), ("that", False),
    ]  # fmt: skip
    assert [repo[f"v{i}"].params["C"] for i in (1, 2)] == [1.0, 0.25]
    assert {metric.name for metric in repo["v1"].commit.content.metrics} == {"accuracy"}


def test_two_kernels_keep_each_its_own_place(tmp_path):
    load = "%load_ext jupyter_mvt"
    executed(tmp_path, load, FIT.format(c=1), "%mvt commit -m base", "%mvt switch -c exp/a",
             FIT.format(c=2), "%mvt commit -m aside")  # fmt: skip
    executed(tmp_path, load, FIT.format(c=3), "%mvt commit -m straight")
    repo = mvt.open(tmp_path)
    assert {name: version.message for name, version in repo.branches.items()} == {
        "main": "straight", "exp/a": "aside",
    }  # fmt: skip
    assert [v.message for v in repo["main"].parents] == ["base"]


def test_a_terminal_with_piped_words_commits_and_asks_nobody(clean, tmp_path):
    words = (
        "%load_ext jupyter_mvt\n" + FIT.format(c=1.0).strip() + "\n"
        "this, that = LogisticRegression().fit(X, y), LogisticRegression(C=3).fit(X, y)\n"
        "%mvt commit -m piped\n%mvt log\n%mvt show nothing\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--colors=NoColor", "--no-banner", "--simple-prompt"],
        input=words, cwd=tmp_path, env=clean | {"IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "v1  piped" in done.stdout
    assert "NotFoundError [unknown-revision]: There is no version 'nothing'." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert [m.var for m in mvt.open(tmp_path)["v1"].commit.content.models] == ["this", "that"]


INTERRUPTED = """
import json, os, sys
import jupyter_mvt as mvt
from jupyter_mvt.store.fs import OsDisk

class Weight:
    def __init__(self, weight):
        self.weight = weight
    def predict(self, x):
        return x

root, calls, turn = sys.argv[1], 0, 0

def interrupting(verb):
    def call(self, *words):
        global calls
        calls += 1
        try:
            return verb(self, *words)
        finally:
            if calls == turn:
                # What a kernel does on "interrupt": SIGINT, raised at the next bytecode.
                os.kill(os.getpid(), 2)
    return call

for name in ("write", "fsync", "close", "rename", "link", "chmod", "fsync_dir", "stat", "read"):
    setattr(OsDisk, name, interrupting(getattr(OsDisk, name)))
# One session, as in a kernel: what an interrupt leaves in memory must not spoil the next commit.
repo, told, words = mvt.open(root), [], ""
while words != "undisturbed" and turn < 200:
    turn, calls, words = turn + 1, 0, "undisturbed"
    try:
        repo.commit(Weight(float(turn)), message=f"turn {turn}")
    except KeyboardInterrupt:
        words = "interrupted"
    left, calls = os.listdir(root + "/.mvt/tmp"), 10**9
    made = repo.commit(Weight(-float(turn)), message="next")
    told.append([words, left, made.created])
json.dump(told, sys.stdout)
"""


def test_an_interrupt_at_any_call_leaves_nothing_behind(program, tmp_path, weight):
    repo = mvt.init(tmp_path)
    repo.commit(weight(0.0), message="first")
    done = program("-c", INTERRUPTED, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert len(told) > 15
    assert told == [*[["interrupted", [], True]] * (len(told) - 1), ["undisturbed", [], True]]
    made = [entry.version.message for entry in repo.log(limit=None).entries]
    assert made.count("next") == len(told)
    assert repo.fsck().problems == ()
