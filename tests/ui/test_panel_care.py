"""The panel under a prefix, with hostile text, without its server, and for everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from jupyter_mvt.api.discover import open_
from jupyter_mvt.api.kernel import Identity
from tests.ui.axe import findings
from tests.ui.conftest import opened
from tests.ui.large import long_history
from tests.ui.study import HOSTILE, PANEL, Model, panel, study, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

    from tests.ui.browser import Desk
    from tests.ui.server import Server

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

SCROLL = """count => {
    const list = document.querySelector("#jupyter-mvt-panel .scr");
    list.scrollTop = list.scrollHeight;
    return Number(list.querySelector("[aria-setsize]")?.getAttribute("aria-setsize")) >= count;
}"""


def asked(desk: Desk, since: int) -> list[str]:
    """Return what was asked of our routes after the first `since` requests."""
    return [url for url in desk.requests[since:] if "/jupyter-mvt/api/" in url]


def every_part(shown: Locator) -> Iterator[str]:
    """Walk through the panel's states, one after the other."""
    yield "versions"
    shown.get_by_role("button", name="Branch main, switch").click()
    yield "branches"
    shown.page.keyboard.press("Escape")
    shown.get_by_role("button", name="More actions on v4").click()
    shown.get_by_role("menuitem", name="Write a note…").click()
    yield "note"
    shown.page.keyboard.press("Escape")
    shown.get_by_role("button", name="History of production").click()
    expect(shown.locator(".hist")).to_be_visible()
    shown.get_by_role("button", name="Promote v4").first.click()
    expect(shown.get_by_role("alertdialog")).to_be_visible()
    yield "promote"
    shown.get_by_role("button", name="Cancel").click()
    shown.get_by_role("button", name="Compare with v3").click()
    expect(shown.get_by_role("article")).to_be_visible()
    yield "compare"
    shown.get_by_role("button", name="Close", exact=True).click()
    shown.get_by_role("button", name="Storage").click()
    expect(shown.locator(".psto .card")).to_be_visible(timeout=20_000)
    yield "storage"


def test_everybody_can_use_it_in_both_themes(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "axe")
    repo.commit(Model(0.9), metrics={"accuracy": 0.6}, message="Half of the rows")
    repo.notes.add("v4", "Half of the rows were lost in the export.")
    repo.labels.move("staging", "v3")
    shown = panel(hub_desk, "axe")
    problems = []
    for theme in ("light", "dark"):
        hub_desk.theme(theme)
        for part in every_part(shown):
            problems += [f"{theme} {part}: {found}" for found in findings(hub_desk)]
            hub_desk.shot(f"panel-{part}-{theme}", PANEL)
        shown.get_by_role("button", name="Storage").click()
        shown.get_by_role("button", name="History of production").click()
    assert problems == []
    # Everything was asked below the server's own prefix.
    paths = {urlsplit(url).path for url in asked(hub_desk, 0)}
    assert paths
    assert all(path.startswith("/user/ana/jupyter-mvt/api/") for path in paths)


def test_text_of_a_repository_stays_text(hub_desk: Desk) -> None:
    # A folder's name can hold markup too.
    name = "hostile <img src=x onerror=window.hostile=3>"
    folder = hub_desk.server.root / name
    study(hub_desk.server.root, name)
    repo = open_(folder, identity=Identity(actor=HOSTILE, tool="test"))
    metrics = {HOSTILE: 0.5, "accuracy": 0.9}
    repo.commit(Model(0.9), metrics=metrics, params={HOSTILE: HOSTILE}, message=HOSTILE)
    repo.labels.move("production", "v4", reason=HOSTILE)
    repo.labels.move("канарейка", "v3")
    repo.notes.add("v4", HOSTILE)
    repo.tags.create("ünï.1", "v4")
    repo.branches.create("exp/ﬀ", "v4")
    dialogs: list[str] = []
    hub_desk.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    shown = panel(hub_desk, name)
    expect(versions(shown).first).to_contain_text("<img src=x")
    expect(shown.locator(".pdet")).to_contain_text("onerror='window.hostile=1'")
    shown.get_by_role("button", name="History of production").click()
    expect(shown.locator(".hist")).to_contain_text("<img src=x")
    for label in ("Branch main, switch", "More actions on v4", "More actions"):
        shown.get_by_role("button", name=label, exact=True).click()
        hub_desk.page.keyboard.press("Escape")
    shown.get_by_role("button", name="Compare with v3").click()
    expect(shown.get_by_role("article")).to_contain_text("<img src=x")
    shown.get_by_role("button", name="Open wide").click()
    wide = hub_desk.page.locator(".jp-MvtWide")
    expect(wide.get_by_role("article")).to_contain_text("<img src=x")
    shown.get_by_role("searchbox").fill(f"{HOSTILE} > 1")
    expect(shown.get_by_role("alert")).to_be_visible(timeout=30_000)
    for place in (shown, wide, hub_desk.page.locator(".jp-MvtStatus")):
        assert place.locator("img, script, iframe, object, embed, a[href]").count() == 0
    assert hub_desk.page.evaluate("window.hostile") is None
    assert dialogs == []


def test_a_long_history_comes_page_by_page(hub_desk: Desk) -> None:
    folder = hub_desk.server.root / "long"
    study(hub_desk.server.root, "long")
    (folder / ".mvt").rename(folder / ".old")
    long_history(folder, 1_200)
    shown = panel(hub_desk, "long")
    expect(shown.get_by_role("button", name="Versions 1,200")).to_be_visible()
    scroll = shown.locator(".scr")
    before = len(hub_desk.requests)
    hub_desk.page.wait_for_function(SCROLL, arg=700, polling=100, timeout=60_000)
    pages = [url for url in asked(hub_desk, before) if "/log?" in url]
    assert 6 <= len(pages) <= 8
    # Only what is near is drawn, and a new version does not throw the rest away.
    assert versions(shown).count() < 80
    place = scroll.evaluate("list => list.scrollTop")
    with hub_desk.page.expect_response(lambda told: "/home?" in told.url and told.status == 200):
        mvt.open(folder).tags.create("2.0.0", "v1200")
    hub_desk.page.wait_for_timeout(500)
    assert scroll.evaluate("list => list.scrollTop") == place


def test_it_asks_seldom_and_only_when_seen(hub_desk: Desk) -> None:
    study(hub_desk.server.root, "rate")
    shown = panel(hub_desk, "rate")
    hub_desk.page.wait_for_timeout(2_000)
    before = len(hub_desk.requests)
    hub_desk.page.wait_for_timeout(4_000)
    assert 1 <= len(asked(hub_desk, before)) <= 4
    hub_desk.page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", {value: true, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    hub_desk.page.wait_for_timeout(2_000)
    before = len(hub_desk.requests)
    hub_desk.page.wait_for_timeout(3_000)
    assert asked(hub_desk, before) == []
    expect(shown).to_contain_text("3 versions, up to date")


def test_calm_and_high_contrast_are_respected(browser: Browser, hub: Server) -> None:
    study(hub.root, "calm")
    pages = opened(browser, hub, forced_colors="active", reduced_motion="reduce")
    desk = next(pages)
    shown = panel(desk, "calm")
    moving = desk.page.evaluate(
        f"""() => document.querySelector("{PANEL}").getAnimations({{subtree: true}})
            .filter(({{playState}}) => playState === "running").length"""
    )
    assert moving == 0
    picked = versions(shown).first
    assert picked.get_attribute("aria-selected") == "true"
    assert picked.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    chip = shown.locator(".lb.production").first
    assert chip.evaluate("chip => getComputedStyle(chip).borderTopStyle") == "solid"
    desk.shot("panel-forced-colours", PANEL)
    with pytest.raises(StopIteration):
        next(pages)


def test_a_server_that_went_away_is_waited_for(hub_desk: Desk) -> None:
    server = hub_desk.server
    repo = study(server.root, "away")
    shown = panel(hub_desk, "away")
    server.stop()
    try:
        expect(shown).to_contain_text("The server does not answer.", timeout=20_000)
        expect(shown).to_contain_text("Shown as of just now. Trying again in")
        expect(versions(shown)).to_have_count(3)
        hub_desk.shot("panel-away-light", PANEL)
        repo.labels.move("production", "v3")
    finally:
        server.start()
    expect(shown.locator(".away")).to_have_count(0, timeout=60_000)
    expect(versions(shown).first).to_contain_text("production")
    hub_desk.errors.clear()


def test_the_curves_of_a_version_open_wide(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "curves")
    with repo.recording(Model(0.9), message="With curves") as run:
        for step in range(40):
            run.log(step=step, loss=1 / (step + 1), val_loss=1 / (step + 1) + 0.05)
    shown, page = panel(hub_desk, "curves"), hub_desk.page
    shown.get_by_role("button", name="More actions on v4").click()
    shown.get_by_role("menuitem", name="Draw its curves").click()
    wide = page.locator(".jp-MvtWide")
    expect(wide.get_by_role("img", name="Loss: loss ends at 0.025")).to_be_visible(timeout=30_000)
    for theme in ("light", "dark"):
        hub_desk.theme(theme)
        hub_desk.shot(f"wide-curves-{theme}", ".jp-MvtWide")
        assert findings(hub_desk, ".jp-MvtWide") == []
    # What has none does not offer them.
    versions(shown).first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    shown.get_by_role("button", name="More actions on v1").click()
    expect(shown.get_by_role("menuitem", name="Write a note…")).to_be_visible()
    expect(shown.get_by_role("menuitem", name="Draw its curves")).to_have_count(0)
