"""An output in JupyterLab or Notebook 7, the panel beside it, is laid out as on a page of its own.

Neither the application's own rules for what stands in outputs nor the panel's sheet may reach it.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.ui.stories import ROOT
from tests.ui.study import panel, study

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

MIME = "application/vnd.jupyter-mvt.v1+json"
# Story → the payloads that it draws, as js/stories names them.
STORIES = {"commit": ["commit", "regressed", "first", "unchanged"], "log": ["log"],
           "diff": ["diff"], "leaderboard": ["leaderboard", "trails"],
           "storage": ["storage", "nostorage"],
           "others": ["table", "empty", "notice", "warning", "status", "everything"],
           "outputs": ["outputs"]}  # fmt: skip
_PAYLOADS = """
import * as fixtures from "./stories/fixtures.mjs";
import { outputs } from "./stories/outputs.mjs";
console.log(JSON.stringify({ ...fixtures, outputs }));
"""
_BOXES = """root => {
    const outer = root.getBoundingClientRect();
    return [...root.querySelectorAll("*")].filter((one) => one.checkVisibility()).map((one) => {
        const box = one.getBoundingClientRect();
        const name = `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}`;
        return [`${name} ${one.textContent.slice(0, 20)}`,
                [box.left - outer.left, box.top - outer.top, box.width, box.height]];
    });
}"""
_FONTS = """() => {
    const style = getComputedStyle(document.body);
    const names = ["ui-font-family", "code-font-family", "code-font-size",
                   ...[0, 1, 2, 3].map((i) => `ui-font-size${i}`)].map((name) => `--jp-${name}`);
    return names.map((name) => [name, style.getPropertyValue(name)]);
}"""
# Put in before anything is drawn: widths of texts are measured once.
_WEAR = """(([width, fonts]) => {
    const sheet = document.createElement("style");
    const rules = fonts.map(([name, value]) => `${name}: ${value} !important`).join(";");
    sheet.textContent = `body { ${rules} } .story { width: ${width}px; }`;
    new MutationObserver((_, observer) => {
        if (document.head) { observer.disconnect(); document.head.append(sheet); }
    }).observe(document, { childList: true, subtree: true });
})"""

Boxes = list[tuple[str, list[float]]]


def written(path: Path) -> None:
    """Write a notebook whose one cell has shown every payload."""
    told = subprocess.run(["node", "--input-type=module", "-e", _PAYLOADS], cwd=ROOT / "js",
                          check=True, capture_output=True, text=True).stdout  # fmt: skip
    payloads = json.loads(told)
    shown = [
        new_output("display_data", {MIME: payloads[name], "text/plain": name})
        for names in STORIES.values() for name in names
    ]  # fmt: skip
    book = new_notebook(cells=[new_code_cell("", outputs=shown, execution_count=1)])
    book.metadata["kernelspec"] = {"name": "gone", "display_name": "A kernel"}
    nbformat.write(book, path)


def moved(story: str, here: Boxes, alone: Boxes) -> list[str]:
    """Return what is not where it is on its own."""
    if [name for name, _ in here] != [name for name, _ in alone]:
        return [f"{story}: other elements"]
    return [
        f"{story}: {name!r} {box} instead of {wanted}"
        for (name, box), (_, wanted) in zip(here, alone, strict=True)
        if any(abs(a - b) > 1 for a, b in zip(box, wanted, strict=True))
    ]


def test_an_output_is_laid_out_as_on_its_own(desk: Desk, browser: Browser, site: Path) -> None:
    study(desk.server.root, "alone")
    written(desk.server.root / "alone" / "study.ipynb")
    panel(desk, "alone")
    drawn = desk.page.locator(".jp-MvtOutput > .mvt, .jp-MvtOutput > * > .mvt")
    drawn.last.scroll_into_view_if_needed()
    fonts: Any = desk.page.evaluate(_FONTS)
    width = drawn.first.evaluate("root => root.getBoundingClientRect().width")
    tab = browser.new_page(viewport={"width": 1400, "height": 1000})
    tab.add_init_script(f"{_WEAR}({json.dumps([width, fonts])})")
    found: list[str] = []
    place = 0
    for story, names in STORIES.items():
        tab.goto(f"{site.as_uri()}?only={story}&untimed")
        tab.wait_for_selector("body[data-ready]", timeout=60_000)
        for at, name in enumerate(names):
            here = drawn.nth(place).evaluate(_BOXES)
            found += moved(name, here, tab.locator(".story > .mvt").nth(at).evaluate(_BOXES))
            place += 1
    tab.close()
    assert place == drawn.count()
    assert "\n".join(found[:40]) == ""
