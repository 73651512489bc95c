"""What people type wrong: two lines with a code and a hint, nothing lost, and it goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.api.kernel import attached
from jupyter_mvt.cli.main import main
from jupyter_mvt.errors import CaptureError, MvtError
from jupyter_mvt.history import revisions
from jupyter_mvt.objects.encode import to_wire
from tests.shells import run

DATA = """
import numpy as np
from sklearn.linear_model import LogisticRegression
X = np.arange(20.0).reshape(10, 2)
y = np.array([0, 1] * 5)
"""
FIT = DATA + "clf = LogisticRegression().fit(X, y)\n"
PAIR = DATA + "this, that = LogisticRegression().fit(X, y), LogisticRegression(C=3).fit(X, y)\n"

NAMES = {
    "html": "<img src=x onerror=alert(1)>",
    "dollar": "$HOME `id` $(id)",
    "braces": "{clf} {{x}} %s",
    "newline": "one\ntwo\r\nthree",
    "long": "x" * 10_000,
    "bidi": "abc\u202ecba\u2066",
    "surrogate": "a\udc80b",
    "nul": "a\x00b",
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "empty": "",
}


def said(shell, capsys, cell: str) -> list[str]:
    """Run a cell that must fail in our own words; return them as shown."""
    capsys.readouterr()
    result = shell.run_cell(cell, store_history=True)
    assert isinstance(result.error_in_exec, MvtError), result.error_in_exec
    return capsys.readouterr().out.strip().splitlines()


@pytest.mark.parametrize(
    ("setup", "cell", "lines"),
    [
        ("", "%mvt log",
         ["RepositoryError [not-a-repository]: There is no repository at {here} or above it.",
          "Hint: %mvt init"]),
        ("", "%mvt commit",
         ["CaptureError [no-model]: No model was found in this session.",
          "Hint: %mvt commit model"]),
        (DATA + "clf = LogisticRegression()", "%mvt commit",
         ["CaptureError [unfitted]: 'clf' (LogisticRegression) has not been fitted.",
          "Hint: clf.fit(X_train, y_train)"]),
        (FIT, "%mvt commit nothing",
         ["CaptureError [unknown-variable]: There is no variable 'nothing'.", "Hint: %mvt status"]),
        (FIT, "%mvt commit --vars nothing",
         ["CaptureError [unknown-variable]: There is no variable 'nothing'.", "Hint: %mvt status"]),
        (FIT + "scores = {'auc': 1 + 2j}", "%mvt commit --metrics scores",
         ["CaptureError [metric-not-a-number]: The metric 'auc' is a complex, not a number.",
          "Hint: %mvt commit --metrics auc=0.93"]),
        (FIT + "scores = {'auc': 'good'}", "%mvt commit --metrics scores",
         ["CaptureError [metric-not-a-number]: The metric 'auc' is a str, not a number.",
          "Hint: %mvt commit --metrics auc=0.93"]),
        (FIT, "%mvt commit --metrics auc=good",
         ["UsageError [metric-syntax]: 'auc=good' does not give a number.",
          "Hint: %mvt commit --metrics accuracy=0.93"]),
        (FIT, "%mvt commit --mesage x",
         ["UsageError [usage]: mvt commit: Unrecognized arguments: --mesage; did you mean "
          "--message?",
          "Hint: %mvt help commit"]),
        (FIT, "%mvt \x1b[2J",
         ["UsageError [unknown-command]: There is no command '\\x1b[2J'.", "Hint: %mvt help"]),
        (FIT, "%mvt commit --\x1b[2J\u202e",
         ["UsageError [usage]: mvt commit: Unrecognized arguments: --\\x1b[2J\\u202e.",
          "Hint: %mvt help commit"]),
    ],
)  # fmt: skip
def test_refused_before_anything_is_made(shell, capsys, setup, cell, lines):
    here = Path.cwd()
    run(shell, setup or "pass")
    assert said(shell, capsys, cell) == [line.replace("{here}", str(here)) for line in lines]
    assert not Path(".mvt").exists()
    run(shell, FIT)
    assert run(shell, "%mvt commit clf -m fine").version.name == "v1"


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%mvt show nope",
         ["NotFoundError [unknown-revision]: There is no version 'nope'.", "Hint: %mvt log"]),
        ("%mvt show mian",
         ["NotFoundError [unknown-revision]: There is no version 'mian'; did you mean main?",
          "Hint: %mvt show main"]),
        ("%mvt show HEAD~9",
         ["NotFoundError [unknown-revision]: 'HEAD~9' goes beyond v1, which has no such parent.",
          "Hint: %mvt log"]),
        ("%mvt show ~",
         ["UsageError [revision-syntax]: '~' is not a revision such as HEAD~1, main, v3"
          " or production@{{1}}.",
          "Hint: %mvt log"]),
        ("%mvt diff",
         ["NotFoundError [no-parent]: v1 is the first version: nothing came before it.",
          "Hint: %mvt show"]),
        ("%mvt switch nowhere",
         ["NotFoundError [unknown-branch]: There is no branch 'nowhere'.",
          "Hint: %mvt switch -c nowhere"]),
        ("%mvt switch v1",
         ["UsageError [not-a-branch]: v1 is a version, not a branch; HEAD stands on branches.",
          "Hint: %mvt switch -c from-v1 v1"]),
        ("%mvt rollback production",
         ["NotFoundError [unknown-label]: There is no label 'production'.",
          "Hint: %mvt label list"]),
        ("%mvt undo 99",
         ["NotFoundError [nothing-to-undo]: There is no operation 99.", "Hint: %mvt oplog"]),
        ("%mvt log --where 'accuracy >'", None),
        ("%mvt sql select nothing", None),
        ("%mvt init",
         ["RepositoryError [already-a-repository]: There is already a repository at {here}/.mvt.",
          "Hint: %mvt status"]),
    ],
)  # fmt: skip
def test_refused_in_a_repository_that_stays_as_it_was(shell, capsys, cell, lines):
    run(shell, FIT)
    run(shell, "%mvt commit clf -m one --metrics accuracy=0.5")
    before = {path: path.read_bytes() for path in Path(".mvt").rglob("*") if path.is_file()}
    shown = said(shell, capsys, cell)
    if lines is None:
        assert shown[0].startswith("QueryError [")
        assert shown[1].startswith("Hint: ")
        assert len(shown) == 2
    else:
        expected = [line.replace("{here}", str(Path.cwd())) for line in lines]
        assert shown == [line.replace("{{", "{").replace("}}", "}") for line in expected]
    after = {path: path.read_bytes() for path in Path(".mvt").rglob("*") if path.is_file()}
    assert after == before
    assert run(shell, "%mvt commit clf -m two --allow-empty").version.name == "v2"


def test_two_models_of_one_cell_are_asked_about_when_somebody_is_there(shell, capsys):
    run(shell, PAIR)
    attached().interactive = True
    assert said(shell, capsys, "%mvt commit") == [
        "AmbiguousError [ambiguous-model]: Several models could be meant: this, that.",
        "Hint: %mvt commit this",
    ]
    made = run(shell, "%mvt commit this")
    assert [(m.var, m.primary) for m in made.commit.content.models] == [("this", True)]


def test_two_models_of_one_cell_are_both_kept_when_nobody_is_there(shell):
    run(shell, PAIR)
    made = run(shell, "%mvt commit")
    assert [(m.var, m.primary) for m in made.commit.content.models] == [
        ("this", True), ("that", False),
    ]  # fmt: skip
    assert [note.text for note in made.notes if note.about == "model"] == [
        "this, that fit equally well: all were taken, this as the primary one; "
        "mvt commit this takes one"
    ]


def test_an_unpicklable_variable_is_left_out_and_told(shell):
    run(shell, FIT + "import threading\nlock = threading.Lock()\nkept = [1, 2]")
    made = run(shell, "%mvt commit --vars lock,kept")
    assert [v.name for v in made.commit.content.variables] == ["kept"]
    (note,) = [note for note in made.notes if note.about == "lock"]
    assert note.kind == "skipped"
    assert "cannot pickle '_thread.lock' object" in note.text
    assert "lock" in made._repr_mimebundle_()["text/plain"]


def test_metrics_that_are_not_finite_are_kept_as_they_are(shell):
    run(shell, FIT + "nan, inf, none = float('nan'), float('inf'), None\n")
    made = run(shell, "%mvt commit --metrics nan --metrics inf --metrics none --metrics auc=0.5")
    values = {metric.name: repr(metric.value) for metric in made.commit.content.metrics}
    assert values == {"nan": "nan", "inf": "inf", "none": "None", "auc": "0.5"}
    assert mvt.open()["HEAD"].metrics["auc"] == 0.5
    for verb in ("log", "show", "leaderboard", "leaderboard --by auc", "sql select * from metrics"):
        bundle = run(shell, f"%mvt {verb}")._repr_mimebundle_()
        json.dumps(bundle, allow_nan=False)


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_hostile_words_are_kept_exactly_and_shown_harmlessly(tmp_path, weight, text):
    repo = mvt.init(tmp_path)
    # A metric must have a name; params, messages and reasons may hold anything.
    name = text or "plain"
    metrics = {name: 0.5}
    made = repo.commit(weight(1.0), message=text, params={text: text}, metrics=metrics)
    assert made.version.message == text
    again = mvt.open(tmp_path)
    # A param's value is a scalar to compare by, not a text store: what is cut off is told.
    stem, cut, rest = again["v1"].params[text].partition("… (")
    assert (stem == text and not cut) if len(text) <= 500 else text.startswith(stem)
    assert not cut or rest.startswith(f"{len(text):,} characters, ")
    assert again["v1"].metrics == metrics
    again.labels.move("production", reason=text)
    assert again.labels.history("production").moves[0].reason == text
    repo.commit(weight(2.0), message=text + "!", params={text: 2}, metrics=metrics)
    shown = [again.log(), again["v1"], again.diff(), again.status(), again.operations(),
             again.labels.list(), again.leaderboard(name, ascending=False),
             again.sql("select * from metrics, params")]  # fmt: skip
    for value in shown:
        bundle = value._repr_mimebundle_()
        plain = bundle["text/plain"]
        # Nothing that a terminal obeys, nothing that turns the reading, no half characters.
        assert [c for c in plain if not c.isprintable() and c not in "\n\xa0"] == []
        assert "<img" not in bundle["text/html"]
        json.dumps(bundle, allow_nan=False, ensure_ascii=False).encode()
        json.dumps(to_wire(value.to_dict()), ensure_ascii=True, allow_nan=False)
    assert again.fsck().problems == ()


@pytest.mark.parametrize("text", [*NAMES.values(), "..", "../x", "-x", "HEAD", "v1", "a.lock"])
@pytest.mark.parametrize("kind", ["branches", "tags", "labels"])
def test_hostile_names_name_nothing(tmp_path, weight, kind, text):
    repo = mvt.init(tmp_path)
    repo.commit(weight(1.0))
    outside = sorted(tmp_path.parent.iterdir())
    make = {"branches": repo.branches.create, "tags": repo.tags.create,
            "labels": repo.labels.move}[kind]  # fmt: skip
    with pytest.raises(MvtError) as error:
        make(text)
    assert error.value.code == "name-invalid"
    first, second = error.value.lines("%mvt")
    assert first.isprintable()
    assert len(first) < 250
    noun = {"branches": "branch create", "tags": "tag create", "labels": "label move"}[kind]
    assert re.fullmatch(rf"Hint: %mvt {noun} [\w+./-]+( HEAD)?", second)
    assert sorted(tmp_path.parent.iterdir()) == outside
    assert repo.operations().rows[0].verb == "commit"


def test_a_hostile_metric_is_refused_by_the_api_too(tmp_path, weight):
    repo = mvt.init(tmp_path)
    with pytest.raises(CaptureError) as error:
        repo.commit(weight(1.0), metrics={"x\x1b": 1j})
    assert error.value.lines("mvt") == [
        "CaptureError [metric-not-a-number]: The metric 'x\\x1b' is a complex, not a number.",
        "Hint: mvt commit --metrics accuracy=0.93",
    ]
    assert repo.commit(weight(1.0)).version.name == "v1"


def test_an_ambiguous_prefix_lists_what_it_could_be(tmp_path, weight, monkeypatch, capsys):
    # With one digit allowed, 17 versions are sure to hold two that share it.
    monkeypatch.setattr(revisions, "_PREFIX", re.compile(r"[0-9a-f]{1,64}\Z"))
    monkeypatch.chdir(tmp_path)
    repo = mvt.init()
    made: dict[str, list[str]] = {}
    for i in range(17):
        version = repo.commit(weight(i)).version
        made.setdefault(version.id[0], []).append(f"{version.name} ({version.id[:10]})")
    prefix, fits = next((prefix, fits) for prefix, fits in made.items() if len(fits) > 1)
    assert main(["show", prefix]) == 1
    assert capsys.readouterr().err == (
        f"AmbiguousError [ambiguous-revision]: '{prefix}' fits {len(fits)} versions:"
        f" {', '.join(fits[:5])}{', …' if len(fits) > 5 else ''}.\n"
        f"Hint: mvt show {fits[0].split()[0]}\n"
    )


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("verb", ["show", "switch", "undo", "log --where", "sql", "nonsense"])
def test_the_command_line_answers_hostile_words_in_two_lines(
    tmp_path, monkeypatch, capsys, weight, verb, text
):
    monkeypatch.chdir(tmp_path)
    mvt.init().commit(weight(1.0), metrics={"accuracy": 0.5})
    status = main([*verb.split(), text])
    out, err = capsys.readouterr()
    if status == 0:
        assert out
        return
    assert status in {1, 2}
    assert out == ""
    first, second = err.removesuffix("\n").split("\n")
    assert first.partition(" [")[0].endswith("Error")
    assert second.startswith("Hint: ")
    assert first.isprintable()
    assert second.isprintable()
    assert len(first) < 700
