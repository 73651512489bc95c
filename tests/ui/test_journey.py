"""The main job as a user does it: the quickstart in JupyterLab and Notebook 7, then no kernel.

The pictures of the README are taken here: ``make gallery``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "quickstart.ipynb"
GALLERY = ROOT / "examples" / "images"
VIEWS = {"commit": "Against parent v2", "diff": "What else differs", "log": "3 versions, 1 branch",
         "leaderboard": "by Recall"}  # fmt: skip


def outputs(desk: Desk) -> Locator:
    return desk.page.locator(".jp-MvtOutput")


def run_to_the_end(desk: Desk, name: str) -> int:
    """Run the notebook, save it, and return how many outputs of ours it holds."""
    target = desk.server.root / name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(EXAMPLE, target)
    desk.open_notebook(name)
    desk.run_all()
    desk.page.wait_for_function(
        """() => {
            const cells = window.jupyterapp.shell.currentWidget.content.widgets;
            return cells.filter(c => c.model.type === 'code')
                .every(c => c.model.executionState !== 'running' && c.model.executionCount);
        }""",
        timeout=120_000,
    )
    desk.command("docmanager:save")
    desk.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.model?.dirty")
    saved = nbformat.read(target, as_version=4)
    bundles = [o.data for c in saved.cells for o in c.get("outputs", ()) if "data" in o]
    return sum("application/vnd.jupyter-mvt.v1+json" in data for data in bundles)


def card(desk: Desk, view: str) -> Locator:
    """Return the newest output of a view, told by words that only it shows."""
    return outputs(desk).filter(has_text=VIEWS[view]).last


def picture_the_panel(desk: Desk) -> None:
    """Take the panel beside the notebook in both themes, asking whether to promote."""
    desk.command("jupyter-mvt:show")
    panel = desk.page.locator("#jupyter-mvt-panel")
    expect(panel.get_by_role("option").first).to_be_visible(timeout=20_000)
    panel.get_by_role("button", name="Promote v").first.click()
    expect(panel.get_by_role("alertdialog")).to_be_visible()
    for theme in ("light", "dark"):
        desk.theme(theme)
        path = desk.shot_of(panel, f"panel-{theme}-{desk.server.app}")
        if os.environ.get("MVT_GALLERY") and desk.server.app == "lab":
            shutil.copy(path, GALLERY / f"panel-{theme}.png")
    desk.theme("light")
    panel.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()


def sorts_by_keyboard(desk: Desk) -> None:
    """Turn the leaderboard's order by Enter on a column's head."""
    board = card(desk, "leaderboard")
    board.scroll_into_view_if_needed()
    head = board.get_by_role("columnheader").filter(has_text="Accuracy")
    head.get_by_role("button", name="Accuracy", exact=True).focus()
    before = head.get_attribute("aria-sort")
    desk.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") in {"ascending", "descending"} - {before}


def test_the_quickstart_is_drawn_live_and_again_without_a_kernel(desk: Desk) -> None:
    name = f"journey-{desk.server.app}/quickstart.ipynb"
    count = run_to_the_end(desk, name)
    assert count >= 12
    expect(outputs(desk)).to_have_count(count)
    # High enough for the longest view to be seen, and pictured, whole.
    desk.page.set_viewport_size({"width": 1400, "height": 2400})
    for theme in ("light", "dark"):
        desk.theme(theme)
        for view in VIEWS:
            found = card(desk, view)
            found.scroll_into_view_if_needed()
            expect(found).to_be_visible()
            path = desk.shot_of(found, f"{view}-{theme}-{desk.server.app}")
            if os.environ.get("MVT_GALLERY") and desk.server.app == "lab":
                GALLERY.mkdir(exist_ok=True)
                shutil.copy(path, GALLERY / f"{view}-{theme}.png")
    desk.theme("light")
    desk.page.set_viewport_size({"width": 1400, "height": 1000})
    sorts_by_keyboard(desk)
    picture_the_panel(desk)
    if os.environ.get("MVT_GALLERY") and desk.server.app == "lab":
        card(desk, "commit").scroll_into_view_if_needed()
        shutil.copy(desk.shot("journey-lab"), GALLERY / "journey.png")

    book = nbformat.read(desk.server.root / name, as_version=4)
    book.metadata["kernelspec"] = {"name": "gone", "display_name": "A kernel of old"}
    again = f"journey-{desk.server.app}/again.ipynb"
    nbformat.write(book, desk.server.root / again)
    desk.open_notebook(again)
    expect(outputs(desk)).to_have_count(count)
    expect(card(desk, "commit")).to_contain_text("noise not tested")
