"""A live widget in JupyterLab and Notebook 7: in a notebook's life, and after it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

_CELLS = (
    "import jupyter_mvt as mvt\n"
    "repo = mvt.init('.')\n"
    "class Model:\n"
    "    def __init__(self, weight): self.weight = weight\n"
    "    def predict(self, rows): return [self.weight * row for row in rows]\n"
    "for i in range(6):\n"
    "    repo.commit(Model(float(i)), metrics={'accuracy': 0.8 + i / 100}, message=f'run {i}')",
    "w = repo.timeline()\nw",
    "board = repo.leaderboard('accuracy').widget()\nboard",
)
_ADD = """async (source) => {
    const panel = window.jupyterapp.shell.currentWidget;
    const kernel = panel.sessionContext.session.kernel;
    const asked = kernel.requestExecute({code: source});
    let said = "";
    asked.onIOPub = (message) => { said += message.content.text ?? ""; };
    await asked.done;
    return said;
}"""
_KERNELS = """async () => {
    const { sessions } = window.jupyterapp.serviceManager;
    await sessions.shutdownAll();
}"""


def book(path: Path) -> None:
    made = new_notebook(cells=[new_code_cell(cell) for cell in _CELLS])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, path)


def test_a_widget_answers_while_it_lives_and_is_read_afterwards(desk: Desk) -> None:
    page, root = desk.page, desk.server.root / "live"
    root.mkdir()
    book(root / "live.ipynb")
    desk.open_notebook("live/live.ipynb")
    desk.run_all()
    live = page.locator(".jp-MvtOutput .lm-Panel").first
    rows = live.locator(".lr")
    expect(rows).to_have_count(6, timeout=60_000)
    # Each output shows one of the two, never both.
    expect(page.locator(".jp-MvtOutput .mvt:visible")).to_have_count(2)
    rows.nth(0).click()
    rows.nth(2).click()
    names = "print([one.name for one in w.selected])"
    page.wait_for_function(f"async () => (await ({_ADD})({json.dumps(names)})).includes('v4')")
    assert page.evaluate(_ADD, names).strip() == "['v6', 'v4']"
    desk.shot(f"live-{desk.server.app}")
    desk.command("docmanager:save")

    # Another kernel knows nothing of the widget: what was saved is drawn, and no error.
    page.evaluate(_KERNELS)
    desk.open_notebook("live/live.ipynb")
    output = page.locator(".jp-MvtOutput").first
    expect(output.locator(".lr")).to_have_count(6, timeout=30_000)
    desk.wait_for_kernel()
    page.wait_for_timeout(2500)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    expect(page.locator(".jp-MvtOutput .lm-Panel .mvt")).to_have_count(0)
    expect(page.locator(".jp-MvtOutput .mvt:visible")).to_have_count(2)
    desk.shot(f"reopened-{desk.server.app}")

    for form in ("html", "markdown"):
        command = [sys.executable, "-m", "nbconvert", "--to", form, "live.ipynb"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    for file in (root / "live.html", root / "live.md"):
        said = file.read_text("utf-8")
        assert said.count("run 5") >= 2, file
        assert "<th" in said, file


def test_a_widget_outlives_the_page(desk: Desk) -> None:
    page, root = desk.page, desk.server.root / "reloaded"
    root.mkdir()
    book(root / "live.ipynb")
    desk.open_notebook("reloaded/live.ipynb")
    desk.run_all()
    live = page.locator(".jp-MvtOutput .lm-Panel").first
    expect(live.locator(".lr")).to_have_count(6, timeout=60_000)
    desk.command("docmanager:save")
    # The kernel goes on; the page comes back.
    desk.open_notebook("reloaded/live.ipynb")
    expect(live.locator(".lr")).to_have_count(6, timeout=60_000)
    # A restarted kernel has forgotten the widget: the drawing is back.
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    expect(page.locator(".jp-MvtOutput .lm-Panel .mvt")).to_have_count(0, timeout=30_000)
    expect(page.locator(".jp-MvtOutput .mvt:visible")).to_have_count(2)
