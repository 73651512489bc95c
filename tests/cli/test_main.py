"""The command line as a shell sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import jupyter_mvt as mvt
from jupyter_mvt._version import __version__
from jupyter_mvt.cli.main import main
from jupyter_mvt.commands.command import COMMANDS, VERBS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MVT_AUTHOR", "ana")
    return tmp_path


class Model:
    """A stand-in with a predict, picklable, for the fallback adapter."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, x: float) -> float:
        return self.weight * x


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_version(capsys):
    assert said(capsys, "--version") == (0, f"mvt {__version__}\n", "")


def test_no_repository(capsys, at_home):
    status, out, err = said(capsys, "log")
    assert (status, out) == (1, "")
    assert err == (
        f"RepositoryError [not-a-repository]: There is no repository at {at_home} or above it.\n"
        "Hint: mvt init\n"
    )


def test_init_twice(capsys, at_home):
    status, out, _ = said(capsys, "init")
    assert status == 0
    assert str(at_home / ".mvt") in out
    status, _, err = said(capsys, "init")
    assert status == 1
    assert err.splitlines()[1] == "Hint: mvt status"


def test_unknown_verb_and_option(capsys):
    assert said(capsys, "comit") == (
        2, "", "UsageError [unknown-command]: There is no command 'comit'; did you mean commit?\n"
        "Hint: mvt commit\n",
    )  # fmt: skip
    status, _, err = said(capsys, "log", "--wher", "x")
    assert status == 2
    assert err == (
        "UsageError [usage]: mvt log: Unrecognized arguments: --wher; did you mean --where?\n"
        "Hint: mvt help log\n"
    )


def test_commit_needs_a_session(capsys):
    said(capsys, "init")
    status, _, err = said(capsys, "commit", "-m", "x")
    assert status == 2
    assert err == (
        "UsageError [no-session]: There is no live session here, so there is no model to commit.\n"
        "Hint: mvt commit PATH keeps a file; in a program: jupyter_mvt.open().commit(model)\n"
    )


def test_errors_as_json(capsys):
    status, out, _ = said(capsys, "log", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "not-a-repository"


def test_the_verbs_on_a_repository(capsys):
    repo = mvt.init()
    for i, value in enumerate((0.8, 0.9)):
        repo.commit(Model(float(i)), metrics={"accuracy": value}, message=f"take {i}")
    assert said(capsys, "label", "move", "production", "v1", "--reason", "first")[0] == 0
    status, out, _ = said(capsys, "diff", "--json")
    assert status == 0
    change = json.loads(out)["metrics"]["changes"][0]
    assert (change["name"], change["base"], change["other"], change["verdict"]) == (
        "accuracy", 0.8, 0.9, "better",
    )  # fmt: skip
    status, out, _ = said(capsys, "log", "--json", "--where", "accuracy > 0.85")
    assert [e["version"]["message"] for e in json.loads(out)["entries"]] == ["take 1"]
    status, out, _ = said(capsys, "switch", "-c", "exp/a", "--json")
    assert json.loads(out)["text"] == "HEAD is on exp/a."
    status, out, _ = said(capsys, "branch", "--json")
    assert [(r["name"], r["current"]) for r in json.loads(out)["rows"]] == [
        ("main", False), ("exp/a", True),
    ]  # fmt: skip
    for words in (("log",), ("show",), ("status",), ("leaderboard",), ("oplog",), ("label",),
                  ("branch",), ("tag",), ("diff",), ("fsck",), ("index",), ("index", "rebuild"),
                  ("help",), ("help", "label"),
                  ("sql", "select name, value from metrics order by value")):  # fmt: skip
        status, out, err = said(capsys, *words)
        assert (status, err) == (0, ""), words
        assert out.strip()
        assert "%mvt" not in out


def test_help_for_one_verb(capsys):
    status, out, _ = said(capsys, "help", "undo")
    assert status == 0
    assert out == (
        "Take back an operation: a commit, a label's move, a deleted branch.\n"
        "\n"
        "usage: mvt undo [NUMBER]\n"
        "\n"
        "positional arguments:\n"
        "  NUMBER  an operation's; the newest by default\n"
        "\n"
        "example: mvt undo\n"
    )


LINES = {
    "init": "init new", "show": "show v2", "label history": "label history production",
    "label move": "label move candidate v1", "label remove": "label remove candidate",
    "branch create": "branch create side", "branch rename": "branch rename side other",
    "branch delete": "branch delete other", "tag create": "tag create 1.0",
    "tag delete": "tag delete 1.0", "switch": "switch main", "note": "note v2 good",
    "rollback": "rollback production", "du quota": "du quota 1GB",
    "cost set": "cost set --hour 1", "sql": "sql select+1", "trust": "trust --list",
    "undo": "undo", "redo": "redo", "evaluate": "evaluate HEAD X y", "watch": "watch on",
    "completion": "completion bash",
}  # fmt: skip
"""Words that a verb needs here; every other one does without."""

REFUSED = {
    "commit", "evaluate", "watch", "stash list", "stash pop",  # need a live session
    "init", "checkout", "branch delete", "undo", "redo",  # have nothing to do here
}  # fmt: skip


def test_every_verb_answers_in_json(capsys):
    """Also where it refuses: a program never has to read sentences."""
    repo = mvt.init()
    for weight in (1.0, 2.0):
        repo.commit(Model(weight), metrics={"accuracy": weight / 2})
        repo.labels.move("production", "HEAD")
    answered = set()
    names = [f"{verb} {nested.name}".strip() if nested else verb for verb in VERBS
             if verb != "reproduce"  # starts a process: tests/system/test_reproduce.py
             for nested in (COMMANDS.get(verb).verbs or (None,))]  # fmt: skip
    # What makes comes before what takes away.
    for name in sorted(names, key=lambda n: (not n.endswith(("create", "move")), n == "redo")):
        line = LINES.get(name, name)
        status, out, err = said(capsys, *[w.replace("+", " ") for w in line.split()], "--json")
        found = json.loads(out)
        assert isinstance(found, dict), name
        assert err == "", name
        if status == 0:
            answered.add(name)
        else:
            assert found["error"]["code"], name
            assert found["error"]["hint"], (name, found)
    assert set(names) - answered <= REFUSED
