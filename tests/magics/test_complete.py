"""Every word that a command takes is offered: verbs, options, versions, names of the notebook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from IPython.core.completer import provisionalcompleter

import jupyter_mvt as mvt
from jupyter_mvt.api import kernel as kernels
from jupyter_mvt.commands.command import COMMANDS, VERBS, Parser
from jupyter_mvt.magics import complete
from tests.shells import run

if TYPE_CHECKING:
    from pathlib import Path

LEAVES = [
    (verb, *([nested.name] if nested else []))
    for verb in VERBS
    for nested in (COMMANDS.get(verb).verbs or (None,))
]


class Model:
    def predict(self, x: float) -> float:
        return x


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    repo = mvt.init(".")
    repo.commit(Model())
    repo.labels.move("production", "HEAD")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_options_versions_and_choices(home: None, words: tuple[str, ...]) -> None:
    command = COMMANDS.get(words[0])
    for nested in command.verbs:
        command = nested if words[1:] == (nested.name,) else command
    parser = Parser(command.name)
    command.arguments(parser)
    offered = complete.options(list(words))
    if words == ("help",):
        assert offered == list(VERBS)
        return
    for action in parser._actions:
        assert set(action.option_strings) <= set(offered)
        assert {str(choice) for choice in action.choices or ()} <= set(offered)
        if action.metavar in {"REVISION", "BASE", "OTHER", "LABEL", "VERSION", "BRANCH"}:
            assert {"HEAD", "v1", "main", "production"} <= set(offered)


@pytest.mark.parametrize("verb", [v for v in VERBS if COMMANDS.get(v).default])
def test_the_default_verb_needs_no_word(home: None, verb: str) -> None:
    command = COMMANDS.get(verb)
    offered = complete.options([verb])
    assert {nested.name for nested in command.verbs} <= set(offered)
    assert set(complete.options([verb, command.default])) <= set(offered)


def test_names_of_the_notebook(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    live = SimpleNamespace(namespace={"clf": Model(), "X_test": [1], "_hidden": 1})
    monkeypatch.setattr(complete, "attached", lambda: live)
    for words in (["commit"], ["evaluate", "HEAD"], ["commit", "clf", "--evaluate"]):
        offered = set(complete.options(words))
        assert {"clf", "X_test"} <= offered
        assert "_hidden" not in offered
    assert kernels.attached() is None


@pytest.fixture
def typed(shell, home):
    """Return what Tab offers behind a line in a shell, and what it would replace."""
    run(shell, "from sklearn.linear_model import Ridge\nX_train = [[1.0], [2.0]]\n"
               "class Exp:\n    pass\nexp = Exp()\nexp.net = Ridge().fit(X_train, [1, 2])\n"
               "clf = Ridge().fit(X_train, [1, 2])")  # fmt: skip

    def offered(line: str) -> tuple[list[str], str]:
        with provisionalcompleter():
            found = list(shell.Completer.completions(line, len(line)))
        return [one.text for one in found], line[found[0].start : found[0].end] if found else ""

    return offered


TYPED = {
    "%mvt comm": (["commit"], "comm"),
    "x = %mvt checkout pro": (["production"], "pro"),
    "%%mvt com": (["commit", "completion"], "com"),
    "%mvt commit ex": (["exp.net", "exp"], "ex"),
    "%mvt commit --da": (["--data"], "--da"),
    "%mvt commit --data ": (["X_train", "exp", "clf"], ""),
    "%mvt commit --data train=X": (["X_train"], "X"),
    "%mvt commit --vars clf,": (["X_train", "exp", "clf"], ""),
    "%mvt gc --": (["--dry-run", "--drop", "--grace", "--pack"], "--"),
    "%mvt label move prod": (["production"], "prod"),
    "%mvt watch ": (["on", "off"], ""),
    "%%mvt commit -m 'x'\nclf.predic": (["predict"], "predic"),
}


@pytest.mark.parametrize("line", TYPED)
def test_only_what_fits_is_offered_behind_a_line(typed, line: str) -> None:
    assert typed(line) == TYPED[line]


def test_a_message_is_left_alone(typed) -> None:
    assert "commit" not in typed('%mvt commit -m "comm')[0]
