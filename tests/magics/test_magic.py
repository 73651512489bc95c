"""``%mvt`` in a real IPython shell, with no front end."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter

import jupyter_mvt as mvt
from jupyter_mvt.api.results import CommitResult
from jupyter_mvt.errors import UsageError
from jupyter_mvt.magics.complete import options
from jupyter_mvt.magics.magic import words
from jupyter_mvt.objects.ids import raw_digest
from jupyter_mvt.store import glance
from tests.shells import run, text

FIT = """
from sklearn.linear_model import LogisticRegression
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True, as_frame=True)
clf = LogisticRegression(max_iter=1000).fit(X, y)
scores = {"accuracy": clf.score(X, y)}
"""


def test_a_cell_is_kept_with_all_that_made_it(shell):
    run(shell, FIT)
    made = run(shell, '%mvt commit -m "Cost +$12/day {1+1} # kept"  # not kept')
    assert isinstance(made, CommitResult)
    assert made.version.message == "Cost +$12/day {1+1} # kept"
    assert made.version.author == "ana"
    assert made.made_repository.endswith(".mvt")
    content = made.commit.content
    assert [(m.var, m.primary) for m in content.models] == [("clf", True)]
    assert [d.var for d in content.datasets] == ["X", "y"]
    assert [(m.name, m.source) for m in content.metrics] == [("accuracy", "discovered")]
    assert content.code.n_cells == 2


def test_nothing_changed_makes_no_version(shell):
    run(shell, FIT)
    first = run(shell, "%mvt commit -m one")
    run(shell, "print('only looking')")
    again = run(shell, "%mvt commit -m two")
    assert (again.created, again.version.id) == (False, first.version.id)
    forced = run(shell, "%mvt commit -m two --allow-empty")
    assert (forced.created, forced.version.name) == (True, "v2")


LARGE = """
import numpy as np
from sklearn.linear_model import LinearRegression
clf = LinearRegression()
clf.coef_, clf.intercept_ = np.random.default_rng(0).normal(size=(3, 1 << 20)), 0.0
"""


def test_what_one_cell_committed_is_known_to_the_next(shell, monkeypatch):
    """Each cell opens the repository anew; what was kept before is not digested again."""
    digested = []

    def counting(data):
        digested.append(len(data))
        return raw_digest(data)

    monkeypatch.setattr(glance, "raw_digest", counting)
    run(shell, LARGE)
    run(shell, "%mvt commit -m one")
    assert sorted(digested) == [8 << 20] * 3
    run(shell, "clf.coef_[1, 0] += 1")
    changed = run(shell, "%mvt commit -m two")
    assert (changed.created, sorted(digested)) == (True, [8 << 20] * 4)
    run(shell, "clf.coef_.flat[7] *= 1")
    again = run(shell, "%mvt commit -m three")
    assert (again.created, len(digested)) == (False, 4)


def test_values_come_back(shell):
    run(shell, FIT)
    run(shell, "%mvt commit -m one")
    run(shell, FIT.replace("max_iter=1000", "max_iter=1000, C=0.01"))
    run(shell, "%mvt commit -m two")
    run(shell, "d = %mvt diff")
    diff = shell.user_ns["d"]
    assert [c.name for c in diff.params.changes] == ["C"]
    run(shell, "old = %mvt checkout v1")
    old = shell.user_ns["old"]
    assert old.names == ("clf",)
    assert (old.clf.predict(shell.user_ns["X"]) == shell.user_ns["clf"].predict(
        shell.user_ns["X"])).all() or old.clf.C == 1.0  # fmt: skip
    assert old.model.C == 1.0


def test_cell_magic_commits_what_the_cell_made(shell):
    run(shell, "%%mvt commit -m cell\n" + FIT)
    made = shell.user_ns["_"]
    assert made.version.message == "cell"
    assert made.commit.content.primary.var == "clf"


def test_a_failing_cell_commits_nothing(shell, capsys):
    with pytest.raises(UsageError) as error:
        run(shell, "%%mvt commit -m cell\n" + FIT + "1 / 0\n")
    assert error.value.code == "cell-failed"
    assert not Path(".mvt").exists()


def test_names_that_are_given_win(shell):
    run(shell, FIT + "other = LogisticRegression(C=2, max_iter=1000).fit(X, y)\nrecall = 0.5\n")
    made = run(shell, "%mvt commit clf --data train=X --metrics scores --metrics recall "
                      "--metrics f1=0.25 --vars recall -m named")  # fmt: skip
    content = made.commit.content
    assert [m.var for m in content.models] == ["clf"]
    assert [(d.var, d.role) for d in content.datasets] == [("X", "train")]
    assert sorted(m.name for m in content.metrics) == ["accuracy", "f1", "recall"]
    assert [v.name for v in content.variables] == ["recall"]


def test_an_error_is_two_lines(shell, capsys):
    result = shell.run_cell("%mvt comit")
    assert not result.success
    assert capsys.readouterr().out.strip() == (
        "UsageError [unknown-command]: There is no command 'comit'; did you mean commit?\n"
        "Hint: %mvt commit"
    )


@pytest.mark.parametrize(
    ("cell", "code"),
    [("%mvt commit", "no-model"), ("%mvt log", "not-a-repository"),
     ("%mvt commit nothing", "unknown-variable"), ("%%mvt log\nx", "usage"),
     ('%mvt commit -m "open', "usage"), ("%mvt label sideways x", "unknown-command")],
)  # fmt: skip
def test_bad_input_has_a_code_and_leaves_nothing(shell, cell, code, capsys):
    result = shell.run_cell(cell)
    assert result.error_in_exec.code == code
    assert result.error_in_exec.hint
    assert not Path(".mvt").exists()


def test_questions_of_ours_are_no_part_of_what_made_a_model(shell):
    for cell in ("x = %mvt log", "%%mvt sql\nselect name from metrics"):
        assert not shell.run_cell(cell, store_history=True).success  # there is no repository yet
    run(shell, FIT, "%mvt commit -m one", "d = %mvt log", "again = clf.fit(X, y)")
    made = run(shell, "%mvt commit again -m two --allow-empty")
    assert [note.text for note in made.notes if note.kind == "warning"] == []
    assert not [text for cell, text in mvt.open()["HEAD"].cells if cell.made and "%mvt" in text]


def test_a_name_that_was_mistyped_is_recognised(shell):
    run(shell, FIT)
    found = shell.run_cell("%mvt commit clff").error_in_exec
    assert found.lines("%mvt") == [
        "CaptureError [unknown-variable]: There is no variable 'clff'; did you mean clf?",
        "Hint: %mvt status",
    ]


def test_status_before_and_after(shell):
    run(shell, FIT)
    run(shell, "%mvt init")
    before = run(shell, "%mvt status")
    assert before.head is None
    assert [(r.badge, r.part) for r in before.rows][:2] == [("added", "Model"), ("added", "Data")]
    run(shell, "%mvt commit -m one")
    after = run(shell, "%mvt status")
    assert after.changed == 0
    assert after.new_bytes < 20_000


# As `display` does, whose shell is the process's first one.
SHOW = "get_ipython().display_pub.publish({'%s': '%s'})"
FIGURE = SHOW % (
    "image/svg+xml",
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>',
)
TABLE = SHOW % ("text/html", "<table><tr><td>1</td></tr></table>")


def test_status_before_there_is_a_repository(shell, tmp_path):
    run(shell, "import numpy as np\nfrom sklearn.linear_model import LinearRegression")
    assert text(run(shell, "%mvt status")).split("\n") == [
        "Nothing to commit yet", "main · No model was found in this session.", "",
        "  %mvt commit model",
    ]  # fmt: skip
    run(shell, "clf = LinearRegression().fit(np.eye(2), [1, 2])\nr2 = 1.0")
    said = text(run(shell, "%mvt status")).split("\n")
    assert said[:3] == [
        "No repository here yet",
        "main · the first commit makes one in this folder · the next version would be v1 · clf:",
        "changed last, in cell 4 · 32\N{NO-BREAK SPACE}B",
    ]
    assert said[-1] == '  %mvt commit -m "first"'
    assert not list(tmp_path.rglob(".mvt"))
    assert run(shell, '%mvt commit -m "first"').version.name == "v1"


def test_status_tells_what_cells_have_shown(shell):
    def row() -> tuple[str, str] | None:
        rows = run(shell, "%mvt status").rows
        return next(((r.badge, r.text) for r in rows if r.part == "Outputs"), None)

    run(shell, FIT)
    run(shell, "%mvt init")
    assert row() is None
    run(shell, FIGURE, TABLE)
    assert row() == ("added", "1 figure, 1 table")
    run(shell, "%mvt commit -m one")
    assert row() is None
    # What is shown makes no version by itself: nothing has changed, and it is said.
    run(shell, TABLE)
    assert row() == ("equal", "1 table: kept with the next change")
    assert run(shell, "%mvt status").changed == 0
    run(shell, "clf.set_params(C=0.5).fit(X, y)")
    assert row() == ("added", "1 table")


def test_words():
    assert words('commit -m "a b" # c') == ["commit", "-m", "a b"]


def test_completion(shell):
    assert "commit" in options([])
    assert options(["label"])[:4] == ["list", "move", "remove", "history"]
    run(shell, FIT)
    assert "clf" in options(["commit"])
    run(shell, "%mvt commit -m one")
    assert {"HEAD", "main", "v1"} <= set(options(["show"]))
    assert "--only" in options(["diff"])
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions("%mvt lab", 8)]
    assert "label" in found


def test_switch_is_the_kernels_own(shell):
    run(shell, FIT)
    run(shell, "%mvt commit -m one")
    run(shell, "%mvt switch -c exp/a")
    assert mvt.open().head == "exp/a"
    assert run(shell, "%mvt status").branch == "exp/a"


def test_unloading_takes_everything_away(shell):
    mvt.unload_ipython_extension(shell)
    assert "mvt" not in shell.magics_manager.magics["line"]
    shell.run_cell("%load_ext jupyter_mvt")
    mvt.load_ipython_extension(shell)
    assert shell.run_cell("%mvt help").success


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("--help", ""),
        ("-h", ""),
        ("commit clf --help", "commit"),
        ("label move --help", "label move"),
    ],
)
def test_a_line_may_ask_for_help(shell, line, verb):
    shell.user_ns["clf"] = 1
    assert run(shell, f"%mvt {line}") == run(shell, f"%mvt help {verb}")
