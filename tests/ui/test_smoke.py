"""A saved notebook shows our outputs: no kernel, no trust, nothing from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

MIME = "application/vnd.jupyter-mvt.v1+json"
HOSTILE = "<img src=x onerror='window.hostile=1'><script>window.hostile=2</script>"


def save(desk: Desk, name: str, *payloads: dict[str, Any]) -> None:
    """Save a notebook that was executed elsewhere, long ago."""
    bundles = [
        {MIME: payload, "text/plain": "plain", "text/html": "<p>table</p>"} for payload in payloads
    ]
    cells = [
        new_code_cell("result", execution_count=1, outputs=[new_output("display_data", data)])
        for data in bundles
    ]
    metadata = {"kernelspec": {"name": "gone", "display_name": "A kernel of old"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), desk.server.root / name)


def test_a_saved_output_is_drawn_by_our_renderer_without_a_kernel(desk: Desk) -> None:
    save(desk, "saved.ipynb", {"schema": 99, "view": "x", "note": HOSTILE})
    desk.open_notebook("saved.ipynb")
    drawn = desk.page.locator(".jp-MvtOutput")
    expect(drawn).to_have_count(1, timeout=30_000)
    # A release that this one does not know made it: the renderer says so and runs nothing.
    expect(drawn).to_contain_text("needs a newer jupyter-mvt")
    assert drawn.locator("img, script").count() == 0
    assert desk.page.evaluate("window.hostile") is None
    desk.shot(f"smoke-{desk.server.app}", ".jp-Notebook")
