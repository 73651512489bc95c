"""The panel comes back where it was left, and looks as it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.ui.likeness import look, unlike
from tests.ui.study import PANEL, panel, study, versions

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

PARTS = (".ptop", ".pbr", ".pfind", ".pvers", ".pdet", ".plab", ".lrow", ".psto", ".pf", ".ask")
# Story → what of it is held to its place.
STORIES = {"commit": (".card", ".tiles"), "log": (".card", ".plot", ".log", ".lr"),
           "diff": (".card", "[role=tablist]"), "leaderboard": (".card", "table", "thead"),
           "storage": (".card", ".tmap", ".sums")}  # fmt: skip
_SETTINGS = """async (raw) => {
    await window.jupyterapp.serviceManager.settings.save("jupyter-mvt:plugin", raw);
}"""

# How far labels reach out of the narrowest panel when their versions have five digits, and how many
# left edges their versions and their buttons have.
_FIVE_DIGITS = """(panel) => {
    panel.style.width = "250px";
    const labels = panel.querySelector(".labs");
    labels.append(labels.firstChild.cloneNode(true));
    labels.lastChild.querySelector(".lb .el").textContent = "qa";
    labels.querySelectorAll(".v").forEach((one) => { one.textContent = "v10000"; });
    labels.querySelectorAll(".lrow>.btn:not(.icn)").forEach((one) => {
        one.textContent = "Roll back";
    });
    const edges = (part) => new Set([...labels.querySelectorAll(part)]
        .map((one) => one.getBoundingClientRect().left)).size;
    return [labels.scrollWidth - labels.clientWidth, edges(".v"), edges(".lrow>.btn:not(.icn)")];
}"""

# Where the middles of the controls that are seen lie, each line once.
_LINES = """(controls) => [...new Set([...controls.children]
    .map((one) => one.getBoundingClientRect()).filter(({width}) => width > 0)
    .map(({top, height}) => Math.round(top + height / 2)))]"""


def test_the_panel_comes_back_where_it_was_left(hub_desk: Desk) -> None:
    page, name = hub_desk.page, "restored"
    study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    shown.get_by_role("button", name="Labels 1").click()
    expect(shown.locator(".plab .lrow")).to_be_hidden()
    shown.get_by_role("button", name="More actions", exact=True).click()
    shown.get_by_role("menuitem", name="Leaderboard").click()
    expect(page.locator(".jp-MvtWide .card")).to_be_visible(timeout=30_000)
    expect(page.locator(".jp-MvtStatus")).to_be_visible()
    page.evaluate(_SETTINGS, '{"statusBar": false, "metric": "log_loss"}')
    # The layout is saved a moment after it was changed.
    page.wait_for_timeout(3_000)
    place = page.locator(PANEL).bounding_box()

    page.goto(f"{hub_desk.server.base}/lab?token={hub_desk.server.token}")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    page.wait_for_function("!!window.jupyterapp")
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    # Nobody has asked for it: it is open because it was.
    expect(shown).to_be_visible(timeout=30_000)
    expect(page.locator(".jp-MvtWide .card")).to_have_count(1, timeout=30_000)
    page.get_by_role("tab", name="study.ipynb").first.click()
    expect(versions(shown)).to_have_count(3, timeout=30_000)
    assert page.locator(PANEL).bounding_box() == place
    expect(shown.locator(".plab .lrow")).to_be_hidden()
    expect(page.locator(".jp-MvtStatus")).to_be_hidden()
    expect(versions(shown).first).to_contain_text("0.111")
    page.evaluate(_SETTINGS, "{}")


def test_the_panel_looks_as_it_was_drawn(hub_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = hub_desk.page
    # What is said of Git's state here would be as long as that state.
    monkeypatch.chdir(hub_desk.server.root)
    study(hub_desk.server.root, "alike")
    shown = panel(hub_desk, "alike")
    found = []
    for size, height in (("high", 1000), ("low", 560)):
        page.set_viewport_size({"width": 1400, "height": height})
        for theme in ("light", "dark"):
            hub_desk.theme(theme)
            expect(shown.locator(".pdet .kv")).to_be_visible()
            found += unlike(f"panel {size} {theme}", look(page, shown, PARTS))
    page.set_viewport_size({"width": 1400, "height": 1000})
    shown.get_by_role("button", name="Promote v3").click()
    expect(shown.get_by_role("alertdialog")).to_be_visible()
    found += unlike("panel promote dark", look(page, shown, PARTS))
    assert found == []
    # The question, too, is as wide as the labels.
    assert shown.evaluate(_FIVE_DIGITS) == [0, 1, 1]


@pytest.mark.parametrize("story", ["log", "many", "huge", "diff", "leaderboard"])
def test_the_controls_of_a_view_stay_together(browser: Browser, site: Path, story: str) -> None:
    tab = browser.new_page(viewport={"width": 700, "height": 900})
    tab.goto(f"{site.as_uri()}?only={story}&untimed")
    tab.wait_for_selector("body[data-ready]", timeout=60_000)
    apart = []
    for width in (700, 620, 500, 440, 400, 360, 320, 280, 260):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(80)
        lines = tab.locator(".bar .ctl").first.evaluate(_LINES)
        apart += [(width, lines)] if len(lines) != 1 else []
        assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth"), width
    tab.close()
    assert apart == []


@pytest.mark.parametrize("story", STORIES)
def test_a_view_looks_as_it_was_drawn(browser: Browser, site: Path, story: str) -> None:
    found = []
    for width in (924, 404):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.goto(f"{site.as_uri()}?only={story}&theme=light&untimed")
        tab.wait_for_selector("body[data-ready]", timeout=60_000)
        seen = look(tab, tab.locator("main"), STORIES[story])
        found += unlike(f"{story} {width}", seen)
        tab.close()
    assert found == []
