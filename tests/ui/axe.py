"""What axe-core finds in a page of JupyterLab or Notebook 7."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.ui.study import PANEL

if TYPE_CHECKING:
    from tests.ui.browser import Desk

_AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
_BAD = {"serious", "critical"}


def findings(desk: Desk, where: str = PANEL) -> list[str]:
    """Return what keeps somebody from using a part of the page."""
    if not desk.page.evaluate("'axe' in window"):
        desk.page.evaluate(_AXE.read_text())
    found = desk.page.evaluate(f"axe.run('{where}', {{resultTypes: ['violations']}})")
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in _BAD
    ]


def in_both_themes(desk: Desk, name: str) -> None:
    """Assert that the panel, as it stands, is for everybody; take its picture in both themes."""
    problems = []
    for theme in ("light", "dark"):
        desk.theme(theme)
        desk.shot(f"{name}-{theme}", PANEL)
        problems += [f"{theme}: {found}" for found in findings(desk)]
    assert problems == []
