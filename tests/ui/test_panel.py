"""The sidebar with no kernel: a commit appears, is compared, promoted and rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.ui.browser import Desk
from tests.ui.study import beside, book, keep, panel, study, versions

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

    from tests.ui.server import Server

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]


def fill(question: Locator, text: str) -> None:
    question.get_by_role("textbox").fill(text)
    question.get_by_role("button").first.click()
    expect(question).to_have_count(0)


def test_a_version_is_compared_promoted_and_rolled_back(desk: Desk) -> None:
    app = desk.server.app
    repo = study(desk.server.root, f"panel-{app}")
    shown = panel(desk, f"panel-{app}")
    options = versions(shown)
    expect(options).to_have_count(3)

    keep(repo, 0.897, "Restore south rows, reweight by region")
    expect(options.first).to_contain_text("Restore south rows", timeout=10_000)
    expect(options).to_have_count(4)
    for theme in ("light", "dark"):
        desk.theme(theme)
        desk.shot(f"panel-versions-{theme}-{app}")

    options.nth(2).click()
    shown.get_by_role("button", name="Compare", exact=True).click()
    expect(shown.get_by_role("article")).to_contain_text("Accuracy")
    desk.shot(f"panel-compare-dark-{app}")
    shown.get_by_role("button", name="Close", exact=True).click()

    options.nth(0).focus()
    desk.page.keyboard.press("Home")
    desk.page.keyboard.press("Enter")
    shown.get_by_role("button", name="Promote v4").click()
    question = shown.get_by_role("alertdialog", name="Move production from v2 to v4?")
    expect(question).to_contain_text("Accuracy")
    expect(question.get_by_role("button", name="Move production")).to_be_focused()
    desk.shot(f"panel-promote-dark-{app}")
    desk.page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(shown.get_by_role("button", name="Promote v4")).to_be_focused()
    desk.page.keyboard.press("Enter")
    question.get_by_role("button", name="Move production").click()
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v4"

    desk.theme("light")
    shown.get_by_role("button", name="Roll back").click()
    question = shown.get_by_role("alertdialog", name="Roll production back to v2?")
    expect(question).to_contain_text("v2 held it until just now. Every byte of v2 is read")
    expect(question).to_contain_text("No predictions are stored for both on the same rows")
    expect(question).to_contain_text("You can undo this.")
    desk.shot(f"panel-rollback-light-{app}")
    question.get_by_role("button", name="Roll back to v2").click()
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v2"

    shown.get_by_role("button", name="Undo").click()
    expect(shown.locator(".pf")).to_contain_text("Undid operation")
    assert repo.labels["production"].name == "v4"


def test_a_worse_version_is_not_promoted_by_a_slip(hub_desk: Desk) -> None:
    name = f"worse-{hub_desk.server.app}"
    repo = study(hub_desk.server.root, name)
    keep(repo, 0.7, "Only half of the rows")
    shown = panel(hub_desk, name)
    shown.get_by_role("button", name="Promote v4").click()
    question = shown.get_by_role("alertdialog", name="Move production from v2 to v4?")
    expect(question).to_contain_text("Something gets worse.")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    hub_desk.page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v2"


def test_branches_tags_notes_and_labels_are_made(hub_desk: Desk) -> None:
    name = f"refs-{hub_desk.server.app}"
    repo = study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    more = shown.get_by_role("button", name="More actions on v3")
    wishes = {"Write a note…": "The soup\nof two runs", "Tag…": "1.0.0",
              "Branch from here…": "exp/lr", "Put a new label on it…": "staging"}  # fmt: skip
    for item, typed in wishes.items():
        more.click()
        shown.get_by_role("menuitem", name=item).click()
        fill(shown.get_by_role("alertdialog"), typed)
    expect(shown.locator(".psec.pdet")).to_contain_text("The soup\nof two runs")
    assert [remark.text for remark in repo.notes.list("v3").rows.values()] == [
        "The soup\nof two runs"
    ]
    assert repo.tags["1.0.0"].name == repo.labels["staging"].name == "v3"

    more.click()
    shown.get_by_role("menuitem", name="Tag…").click()
    question = shown.get_by_role("alertdialog")
    question.get_by_role("textbox").fill("../x")
    hub_desk.page.keyboard.press("Enter")
    expect(question.get_by_role("alert")).to_contain_text("cannot name a tag")
    hub_desk.page.keyboard.press("Escape")

    # HEAD moves from the branch button, by keyboard alone.
    branch = shown.get_by_role("button", name="Branch main, switch")
    branch.focus()
    hub_desk.page.keyboard.press("Enter")
    expect(shown.get_by_role("menuitemradio", name="main").first).to_be_focused()
    hub_desk.page.keyboard.press("ArrowDown")
    hub_desk.page.keyboard.press("Enter")
    expect(shown.get_by_role("button", name="Branch exp/lr, switch")).to_be_visible()
    assert mvt.open(hub_desk.server.root / name).head == "exp/lr"


def test_a_search_that_cannot_be_read_shows_no_stale_rows(hub_desk: Desk) -> None:
    name = f"search-{hub_desk.server.app}"
    study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    search = shown.get_by_role("searchbox", name="Search versions")
    search.fill("accuracy > 0.87")
    expect(versions(shown)).to_have_count(2, timeout=30_000)
    search.fill("accurcy > 0.87")
    expect(shown.get_by_role("alert")).to_contain_text("accurcy")
    expect(versions(shown)).to_have_count(0)
    shown.get_by_role("button", name="Clear the search").click()
    expect(versions(shown)).to_have_count(3)
    search.fill("soup")
    expect(versions(shown)).to_have_count(1)


def test_labels_stay_in_sight_and_nothing_runs_without_a_kernel(hub_desk: Desk) -> None:
    name = f"sight-{hub_desk.server.app}"
    study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    expect(shown.get_by_role("button", name="Promote v3")).to_be_in_viewport()
    commit = shown.get_by_role("button", name="Commit", exact=True)
    assert commit.get_attribute("aria-disabled") == "true"
    assert commit.get_attribute("title") == "No kernel runs beside this notebook."
    enabled = "window.jupyterapp.commands.isEnabled('jupyter-mvt:commit')"
    assert hub_desk.page.evaluate(enabled) is False
    shown.get_by_role("button", name="Storage").click()
    expect(shown.locator(".psto")).to_contain_text("v3", timeout=20_000)


def test_the_newest_is_shown_until_another_is_picked(hub_desk: Desk) -> None:
    name = f"newest-{hub_desk.server.app}"
    repo = study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    expect(shown.get_by_role("button", name="Promote v3")).to_be_visible()
    keep(repo, 0.897, "One more")
    expect(shown.get_by_role("button", name="Promote v4")).to_be_visible(timeout=20_000)
    versions(shown).first.focus()
    hub_desk.page.keyboard.press("End")
    hub_desk.page.keyboard.press("Enter")
    expect(shown.get_by_role("button", name="Promote v1")).to_be_visible()
    keep(repo, 0.9, "And another")
    expect(versions(shown)).to_have_count(5, timeout=20_000)
    expect(shown.get_by_role("button", name="Promote v1")).to_be_visible()


def test_a_question_is_asked_whatever_comes_meanwhile(hub_desk: Desk) -> None:
    name = f"meanwhile-{hub_desk.server.app}"
    repo = study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    held: list[Route] = []
    hub_desk.page.route("**/diff?*", lambda route: held.append(route))
    with hub_desk.page.expect_request("**/diff?*"):
        shown.get_by_role("button", name="Promote v3").click()
    keep(repo, 0.897, "One more")
    expect(versions(shown)).to_have_count(4, timeout=20_000)
    for route in held:
        route.continue_()
    expect(shown.get_by_role("alertdialog", name="Move production from v2 to v3?")).to_be_visible()


def test_a_menu_stays_open_whatever_comes_meanwhile(hub_desk: Desk) -> None:
    name = f"menu-{hub_desk.server.app}"
    repo = study(hub_desk.server.root, name)
    shown = panel(hub_desk, name)
    shown.get_by_role("button", name="More actions on v3").click()
    keep(repo, 0.897, "One more")
    expect(versions(shown)).to_have_count(4, timeout=20_000)
    # Time for what is drawn after the list.
    hub_desk.page.wait_for_timeout(1_000)
    expect(shown.get_by_role("menuitem", name="Tag…")).to_be_visible()
    hub_desk.page.keyboard.press("Escape")
    expect(shown.get_by_role("button", name="More actions on v4")).to_be_visible()


def test_what_one_browser_does_the_other_sees(
    hub_desk: Desk, browser: Browser, hub: Server
) -> None:
    name = f"two-{hub.app}"
    study(hub.root, name)
    first = panel(hub_desk, name)
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    second = panel(Desk(context.new_page(), hub), name)
    first.get_by_role("button", name="Promote v3").click()
    second.get_by_role("button", name="Promote v3").click()
    first.get_by_role("button", name="Move production").click()
    expect(versions(second).first).to_contain_text("production", timeout=20_000)
    # The other's question was about a label that has moved on: it is refused, not repeated.
    second.get_by_role("button", name="Move production").click()
    expect(second.get_by_role("alertdialog").get_by_role("alert")).to_contain_text("production")
    context.close()


def test_an_empty_folder_says_what_to_do(desk: Desk) -> None:
    folder = desk.server.root / f"empty-{desk.server.app}"
    folder.mkdir(parents=True)
    mvt.init(folder)
    book(folder / "study.ipynb")
    shown = beside(desk, folder.name)
    expect(shown).to_contain_text("No versions here yet")
    desk.shot(f"panel-empty-light-{desk.server.app}")
