"""Every story in both themes and widths: no serious finding, no page error, nothing too wide."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.ui import stories
from tests.ui.test_speed import build

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(tmp_path_factory.mktemp("stories"))
    axe = stories.ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
    shutil.copy(axe, made.parent / "axe.min.js")
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("story", [*stories.STORIES, "fifty", "live", "board"])
def test_a_story_is_for_everyone(browser: Browser, page: Path, story: str, theme: str) -> None:
    tab = browser.new_page(viewport={"width": 924, "height": 320})
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"{page.as_uri()}?only={story}&theme={theme}")
    tab.wait_for_selector("body[data-ready]", timeout=60_000)
    for width in stories.WIDTHS.values():
        tab.set_viewport_size({"width": width, "height": 320})
        tab.wait_for_timeout(150)
        problems += stories.findings(tab, page.parent)
    tab.close()
    assert problems == []


def test_stories_hold_still_and_keep_their_borders(browser: Browser, page: Path) -> None:
    context = browser.new_context(reduced_motion="reduce", forced_colors="active")
    tab = context.new_page()
    tab.goto(f"{page.as_uri()}?only=log")
    tab.wait_for_selector("body[data-ready]")
    moving = "[...document.querySelectorAll('.mvt *')].map(one => getComputedStyle(one))"
    still = f"{moving}.every(style => parseFloat(style.transitionDuration) < 0.01)"
    assert tab.evaluate(still)
    chip = tab.locator(".lr .lb.production").first
    assert chip.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    context.close()
