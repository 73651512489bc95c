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


def book(path: Path, cells: tuple[str, ...] = _CELLS) -> None:
    made = new_notebook(cells=[new_code_cell(cell) for cell in cells])
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


_SHOWING = (
    "%load_ext jupyter_mvt\n"
    "from IPython.display import SVG, display\n"
    "from sklearn.linear_model import LinearRegression\n"
    "import jupyter_mvt as mvt\n"
    "repo = mvt.init('.')\n"
    "def show(y):\n"
    '    text = \'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200">\'\n'
    '    display(SVG(text + f\'<path d="M20 180 L300 {y}" stroke="#1f77b4"/></svg>\'))',
    *(
        f"show({y})\nrepo.commit(LinearRegression().fit([[0.], [1.]], [0., {y}.]), message='{y}');"
        for y in (20, 150)
    ),
    "print('further down\\n' * 80)",
    "w = repo.diff('v1', 'v2').widget()\nw",
)


def test_a_live_diff_fetches_a_figure_when_it_comes_into_sight(desk: Desk) -> None:
    page, root = desk.page, desk.server.root / "seen"
    root.mkdir()
    book(root / "live.ipynb", _SHOWING)
    desk.open_notebook("seen/live.ipynb")
    desk.run_all()
    live = page.locator(".jp-MvtOutput .lm-Panel").last
    # Low enough for the heads of the difference alone: its figures are further down.
    page.set_viewport_size({"width": 1400, "height": 420})
    live.locator(".bar").first.scroll_into_view_if_needed(timeout=60_000)
    places, images = live.locator(".oside .plate"), live.locator(".oside img")
    expect(places).to_have_count(2)
    page.wait_for_timeout(1_500)
    assert images.count() == 0
    places.first.scroll_into_view_if_needed()
    expect(images).to_have_count(2, timeout=30_000)
    for image in images.all():
        expect(image).to_have_js_property("naturalWidth", 320)
        assert (image.get_attribute("src") or "").startswith("data:image/svg+xml;base64,")
