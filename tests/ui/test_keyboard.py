"""Without a mouse: everything is reached, named and ringed, and the whole journey can be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.ui.study import keep, panel, study, versions

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

_FOCUSED = """root => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const frame = one.closest(".pfind") ?? one;
    const around = getComputedStyle(frame);
    return {
        inside: root.contains(one),
        what: one.outerHTML.slice(0, 120),
        name: (one.getAttribute("aria-label") || one.innerText || one.title || one.value
            || one.closest("label")?.innerText || "").trim(),
        ringed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1)
            || (frame !== one && around.borderTopColor !== "rgba(0, 0, 0, 0)"),
    };
}"""
_WAITING = """root => [...root.querySelectorAll(
    "button:not([disabled]), input:not([disabled]), select:not([disabled]), [tabindex='0']")]
    .filter((one) => one.tabIndex === 0 && one.checkVisibility() && !one.dataset.visited)
    .map((one) => one.outerHTML.slice(0, 120))"""


def walked(page: Page, root: Locator, most: int = 150) -> list[dict[str, Any]]:
    """Press Tab through all of `root`; return what was met there."""
    met = []
    for _ in range(most):
        page.keyboard.press("Tab")
        one = root.evaluate(_FOCUSED)
        if not one["inside"]:
            if met:
                break
            continue
        root.evaluate("() => { document.activeElement.dataset.visited = 'yes'; }")
        met.append(one)
    return met


def faults(page: Page, root: Locator) -> list[str]:
    """Return what Tab does not reach, and what it reaches without a name or a ring."""
    met = walked(page, root)
    found = [f"no name: {one['what']}" for one in met if not one["name"]]
    found += [f"no ring: {one['what']}" for one in met if not one["ringed"]]
    return found + [f"not reached: {one}" for one in root.evaluate(_WAITING)]


@pytest.mark.parametrize("name", ["commit", "log", "diff", "leaderboard", "storage", "live"])
def test_tab_reaches_all_of_a_view(story: Any, name: str) -> None:
    page = story(name)
    assert faults(page, page.locator("main")) == []


def test_a_timeline_is_steered_from_the_keyboard(story: Any) -> None:
    page: Page = story("log")
    chart = page.get_by_role("group", name="Chart.")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tip.on")).to_be_visible()
    first = page.locator(".tip").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".tip").inner_text() != first
    page.keyboard.press("Enter")
    rows = page.get_by_role("listbox").get_by_role("option")
    expect(page.locator(".lr[aria-selected=true]")).to_have_count(1)
    rows.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(page.locator(".lr[aria-selected=true]")).to_have_count(2)
    page.keyboard.press("c")
    expect(page.locator(".selbar")).to_contain_text("%mvt diff v")
    page.keyboard.press("Escape")
    expect(page.locator(".lr[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_tabs_of_a_diff_turn_by_arrows(story: Any) -> None:
    page: Page = story("diff")
    tabs = page.get_by_role("tablist").get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(tabs.last).to_have_attribute("aria-selected", "true")


def test_a_leaderboard_sorts_by_enter(story: Any) -> None:
    page: Page = story("leaderboard")
    head = page.get_by_role("columnheader").filter(has=page.get_by_role("button")).nth(2)
    before = head.get_attribute("aria-sort")
    head.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") not in {None, "none", before}


def test_the_panel_is_walked_and_worked_without_a_mouse(hub_desk: Desk) -> None:
    page, press = hub_desk.page, hub_desk.page.keyboard.press
    repo = study(hub_desk.server.root, "keyboard")
    keep(repo, 0.8, "Half of the rows")
    shown = panel(hub_desk, "keyboard")
    shown.get_by_role("searchbox").focus()
    press("Shift+Tab")
    assert faults(page, shown.locator(".body")) == []

    versions(shown).first.focus()
    press("Home")
    press("Enter")
    press("End")
    press("Space")
    press("c")
    expect(shown.get_by_role("article")).to_be_visible(timeout=20_000)
    shown.get_by_role("button", name="Close", exact=True).press("Enter")
    versions(shown).first.focus()
    press("Home")
    press("Enter")
    shown.get_by_role("button", name="Promote v4").press("Enter")
    question = shown.get_by_role("alertdialog", name="Move production from v2 to v4?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    press("Shift+Tab")
    expect(question.get_by_role("button", name="Move production")).to_be_focused()
    press("Enter")
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v4"
    shown.get_by_role("button", name="Roll back").press("Enter")
    expect(shown.get_by_role("button", name="Roll back to v2")).to_be_focused()
    press("Enter")
    expect(shown.locator(".pf")).to_contain_text("production is back on v2", timeout=20_000)
    assert repo.labels["production"].name == "v2"
    shown.get_by_role("button", name="Undo").press("Enter")
    expect(shown.locator(".pf")).to_contain_text("Undid operation")
    assert repo.labels["production"].name == "v4"
