"""Every story in both themes and widths: no serious finding, no page error, nothing too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui import stories

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("story", [*stories.STORIES, "fifty", "live", "board"])
def test_a_story_is_for_everyone(browser: Browser, site: Path, story: str) -> None:
    tab = browser.new_page(viewport={"width": 924, "height": 320})
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"{site.as_uri()}?only={story}&untimed")
    tab.wait_for_selector("body[data-ready]", timeout=60_000)
    for theme in ("light", "dark"):
        tab.evaluate("light => { document.body.dataset.jpThemeLight = light; }", theme == "light")
        for width in stories.WIDTHS.values():
            tab.set_viewport_size({"width": width, "height": 320})
            tab.wait_for_timeout(150)
            problems += [f"{theme} {one}" for one in stories.findings(tab, site.parent)]
    tab.close()
    assert problems == []


def test_stories_hold_still_and_keep_their_borders(browser: Browser, site: Path) -> None:
    context = browser.new_context(reduced_motion="reduce", forced_colors="active")
    tab = context.new_page()
    tab.goto(f"{site.as_uri()}?only=log")
    tab.wait_for_selector("body[data-ready]")
    moving = "[...document.querySelectorAll('.mvt *')].map(one => getComputedStyle(one))"
    still = f"{moving}.every(style => parseFloat(style.transitionDuration) < 0.01)"
    assert tab.evaluate(still)
    chip = tab.locator(".lr .lb.production").first
    assert chip.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    tab.goto(f"{site.as_uri()}?only=diff")
    tab.wait_for_selector("body[data-ready]")
    grounds = "nodes => nodes.map(one => getComputedStyle(one).backgroundColor)"
    pressed, other = tab.locator(".bar .ctl .btn").evaluate_all(grounds)
    assert pressed != other
    keys = tab.locator(".br").evaluate_all(
        "nodes => nodes.map(one => getComputedStyle(one, '::before').backgroundColor)"
    )
    keys += tab.locator(".sw:not(.ln6)").evaluate_all(grounds)
    assert keys
    assert other not in keys
    context.close()
