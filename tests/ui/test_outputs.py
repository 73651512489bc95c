"""The panel's comparison fetches both figures, and draws them side by side, in light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.cellshow import shown as showing
from tests.ui.axe import in_both_themes
from tests.ui.study import Model, book, panel, versions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><script>parent.hostile=1'
    '</script><rect width="320" height="200" fill="#fff"/><path d="M20 {} L300 {}" stroke="#1f77b4"'
    ' stroke-width="3"/></svg>'
)
HOSTILE = "<table><tr><td>&lt;img src=x onerror=hostile=2&gt;</td><td>{}</td></tr></table>"


def drawn(root: Path, name: str) -> None:
    """Make a repository of two versions whose one cell showed a figure and a table."""
    folder = root / name
    folder.mkdir()
    book(folder / "study.ipynb")
    mvt.init(folder)
    for value in (20, 150):
        told = {"image/svg+xml": SVG.format(180, value)}, {"text/html": HOSTILE.format(value)}
        with showing(f"plot({value})", *told):
            repo = mvt.open(folder)  # anew: a repository knows the session that it is opened in
            share = value / 200
            repo.commit(Model(share), metrics={"accuracy": share}, message=f"at {value}")
            assert len(repo["HEAD"].outputs) == 2


def test_both_figures_are_drawn_and_run_nothing(desk: Desk) -> None:
    name = "drawn"
    drawn(desk.server.root, name)
    shown = panel(desk, name)
    versions(shown).first.click()
    shown.get_by_role("button", name="Compare with v1").click()
    # Each is asked for when it comes into sight.
    expect(shown.locator(".oside .plate")).to_have_count(2, timeout=20_000)
    for place in shown.locator(".oside .plate").all():
        place.scroll_into_view_if_needed()
    images = shown.locator(".oside img")
    expect(images).to_have_count(2, timeout=20_000)
    for image in (images.nth(0), images.nth(1)):
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalWidth", 320)
        assert (image.get_attribute("src") or "").startswith("blob:")
    expect(shown.locator(".oside td.mk")).to_have_count(2)
    expect(shown.get_by_text("<img src=x onerror=hostile=2>").first).to_be_visible()
    in_both_themes(desk, "panel-outputs")
    assert desk.page.evaluate("window.hostile") is None
