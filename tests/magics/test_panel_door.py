"""What the sidebar asks of a kernel: data comes back, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.magics import panel
from tests.shells import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

FIT = """
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit([[0.0], [1.0]], [0.0, 0.5])
scores = {"accuracy": 0.9}
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    with started(tmp_path, monkeypatch) as made:
        monkeypatch.setattr(panel, "get_ipython", lambda: made)
        yield made


def answer(told: panel.Told) -> dict[str, Any]:
    bundle = told._repr_mimebundle_()
    data: dict[str, Any] = bundle[panel.MIME]
    return data


def test_a_verb_is_run_and_answers_with_its_view(shell: InteractiveShell) -> None:
    panel.run(["help"])  # loads the extension, so that what follows is seen
    shell.run_cell(FIT, store_history=True)
    told = answer(panel.run(["commit", "-m", 'it\'s $12 {1+1} # "kept"\nwhole']))
    assert (told["ok"], told["view"]["view"], told["view"]["created"]) == (True, "commit", True)
    assert mvt.open(".")["v1"].message == 'it\'s $12 {1+1} # "kept"\nwhole'
    assert answer(panel.glance())["changed"] == 0


def test_a_version_is_restored_beside_ones_own(shell: InteractiveShell) -> None:
    panel.run(["help"])
    shell.run_cell(FIT, store_history=True)
    panel.run(["commit"])
    own = shell.user_ns["model"]
    told = answer(panel.restore("v1", "old"))
    assert told["view"]["title"] == "Restored from v1, beside your own"
    assert shell.user_ns["model"] is own
    assert shell.user_ns["old"]["model"].coef_.tolist() == own.coef_.tolist()
    assert answer(panel.restore("v1", "old"))["code"] == "variable-taken"
    told = answer(panel.restore("v1", "x;y"))
    assert (told["ok"], told["message"]) == (False, "'x;y' cannot name a variable.")


def test_what_cannot_be_done_is_told_with_a_hint(shell: InteractiveShell) -> None:
    told = answer(panel.run(["show", "v7"]))
    assert (told["ok"], told["code"]) == (False, "not-a-repository")
    assert told["hint"] == "%mvt init"


def test_a_look_before_anything_is_loaded_tells_nothing(shell: InteractiveShell) -> None:
    assert answer(panel.glance()) == {"ok": True, "view": None, "changed": None}
