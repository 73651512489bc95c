"""The whole journey with a real kernel: train, commit, regress, diff, promote, roll back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.ui.study import PANEL, book, versions

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

CELLS = (
    "%load_ext jupyter_mvt",
    "from sklearn.linear_model import LinearRegression\n"
    "model = LinearRegression().fit([[0.0], [1.0]], [0.0, 0.9])\n"
    "scores = {'accuracy': 0.9}",
    "model = LinearRegression().fit([[0.0], [1.0]], [0.0, 0.6])\nscores = {'accuracy': 0.6}",
    "print(type(v1['model']).__name__, round(float(v1['model'].coef_[0]), 3))",
)


def run(desk: Desk, cell: int) -> None:
    """Run one cell and wait for it."""
    desk.page.evaluate(
        "cell => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }", cell
    )
    desk.command("notebook:run-cell")
    desk.page.wait_for_function(
        """cell => {
            const {model} = window.jupyterapp.shell.currentWidget.content.widgets[cell];
            return model.executionCount && model.executionState !== 'running';
        }""",
        arg=cell,
        timeout=120_000,
    )


def commit(desk: Desk, shown: Locator, message: str) -> None:
    shown.get_by_role("button", name="Commit", exact=True).click()
    question = shown.get_by_role("alertdialog", name="Keep the model of this notebook")
    question.get_by_role("textbox").fill(message)
    question.get_by_role("button", name="Commit").click()
    expect(question).to_have_count(0, timeout=60_000)
    expect(versions(shown).first).to_contain_text(message, timeout=20_000)


def test_train_commit_regress_diff_promote_roll_back(desk: Desk) -> None:
    folder = desk.server.root / f"kernel-{desk.server.app}"
    folder.mkdir()
    book(folder / "study.ipynb", *CELLS, kernel="python3")
    desk.open_notebook(f"{folder.name}/study.ipynb")
    desk.wait_for_kernel()
    desk.command("jupyter-mvt:show")
    shown = desk.page.locator(PANEL)
    expect(shown).to_contain_text("No versions here yet")
    run(desk, 0)
    run(desk, 1)
    # No version yet, and so no button here: the notebook's own toolbar has one.
    desk.page.locator(".jp-NotebookPanel-toolbar [data-command='jupyter-mvt:commit']").click()
    question = shown.get_by_role("alertdialog", name="Keep the model of this notebook")
    question.get_by_role("textbox").fill('Baseline, it\'s "quoted" {1+1} $HOME')
    question.get_by_role("button", name="Commit").click()
    expect(versions(shown)).to_have_count(1, timeout=60_000)
    repo = mvt.open(folder)
    assert repo["v1"].message == 'Baseline, it\'s "quoted" {1+1} $HOME'
    shown.get_by_role("button", name="Promote v1").click()
    shown.get_by_role("button", name="Put production").click()

    run(desk, 2)
    # The kernel is asked, and says that something would be committed.
    expect(shown.get_by_role("button", name="Branch main, switch")).to_contain_text(
        "change", timeout=30_000
    )
    commit(desk, shown, "Fewer rows")
    expect(shown.locator(".pf")).to_contain_text(
        "v2 is kept. Accuracy fell. 0.900 → 0.600, −30.0 pp."
    )
    expect(shown.get_by_role("button", name="Branch main, switch")).to_contain_text("clean")

    shown.get_by_role("button", name="Compare with v1").click()
    expect(shown.get_by_role("article")).to_contain_text("Accuracy")
    shown.get_by_role("button", name="Close", exact=True).click()
    shown.get_by_role("button", name="Promote v2").click()
    question = shown.get_by_role("alertdialog", name="Move production from v1 to v2?")
    expect(question).to_contain_text("Something gets worse.")
    question.get_by_role("button", name="Move production").click()
    expect(question).to_have_count(0)
    shown.get_by_role("button", name="Roll back").click()
    shown.get_by_role("button", name="Roll back to v1").click()
    expect(shown.locator(".pf")).to_contain_text("production is back on v1")
    assert repo.labels["production"].name == "v1"

    versions(shown).first.focus()
    desk.page.keyboard.press("End")
    desk.page.keyboard.press("Enter")
    shown.get_by_role("button", name="Check out").click()
    question = shown.get_by_role("alertdialog", name="Restore v1 in the kernel?")
    question.get_by_role("button", name="Restore v1").click()
    expect(shown.get_by_text("v1 is restored as v1", exact=True)).to_be_visible(timeout=60_000)
    desk.shot(f"panel-checkout-light-{desk.server.app}")
    table = shown.get_by_role("status").locator(".tw")
    expect(table.get_by_text("primary model")).to_be_visible()
    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    run(desk, 3)
    expect(desk.page.locator(".jp-OutputArea-output").last).to_have_text("LinearRegression 0.9\n")
    # What the panel asked was no cell: the count goes on as if it had never spoken.
    count = desk.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.widgets[3].model.executionCount"
    )
    assert count == 4
