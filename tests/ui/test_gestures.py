"""What a hand does with the views: brush, hover, pick, pin, search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

Story = "Callable[[str], Page]"


def at(page: Page, place: Locator, share: float) -> tuple[float, float]:
    """Return a point of an element, `share` of the way across."""
    box: Any = place.bounding_box()
    return box["x"] + 60 + share * (box["width"] - 80), box["y"] + box["height"] / 2


def drag(page: Page, place: Locator, start: float, end: float) -> None:
    page.mouse.move(*at(page, place, start))
    page.mouse.down()
    page.mouse.move(*at(page, place, (start + end) / 2), steps=3)
    page.mouse.move(*at(page, place, end), steps=3)
    page.mouse.up()


def extent(page: Page) -> str:
    """Return the first and the last version of the axis, as a reader hears of them."""
    name = page.locator(".plot [role=img]").first.get_attribute("aria-label") or ""
    assert name
    return name


def test_brushing_the_strip_zooms_the_chart_and_0_shows_all_again(story: Story) -> None:
    page: Page = story("huge")
    strip = page.locator(".strip canvas")
    whole = extent(page)
    drag(page, strip, 0.3, 0.5)
    page.wait_for_timeout(300)
    assert extent(page) != whole
    page.get_by_role("group", name="Chart.").focus()
    page.keyboard.press("0")
    page.wait_for_timeout(300)
    assert extent(page) == whole


def test_hovering_tells_a_version_and_clicking_two_offers_their_difference(story: Story) -> None:
    page: Page = story("log")
    plot = page.locator(".plot").first
    page.mouse.move(*at(page, plot, 0.5))
    expect(page.locator(".tip.on")).to_contain_text("v")
    page.mouse.click(*at(page, plot, 0.2))
    page.mouse.click(*at(page, plot, 0.8))
    expect(page.locator(".lr[aria-selected=true]")).to_have_count(2)
    page.locator(".selbar").get_by_role("button", name="Compare").click()
    expect(page.locator(".selbar")).to_contain_text("%mvt diff v")


def test_a_column_is_pinned_and_stays_in_sight(story: Story) -> None:
    page: Page = story("board")
    heads = page.get_by_role("columnheader")
    pin = page.get_by_role("button", name="Pin ").nth(3)
    title = (pin.get_attribute("aria-label") or "").removeprefix("Pin ")
    pin.click()
    expect(page.get_by_role("button", name=f"Pin {title}")).to_have_attribute(
        "aria-pressed", "true"
    )
    board = page.locator(".tall")
    # Held at the left it comes before all others, and its button lets it go again.
    board.evaluate("one => { one.scrollLeft = 4000; }")
    expect(heads.filter(has_text=title).first).to_be_in_viewport()
    expect(heads.first).to_be_in_viewport()


def test_a_leaderboard_names_its_baseline_draws_courses_and_searches(story: Story) -> None:
    page: Page = story("leaderboard")
    card = page.get_by_role("region", name="Leaderboard").last
    expect(card.locator("tr.base")).to_contain_text("baseline")
    expect(card).to_contain_text("against production")
    expect(card.locator("svg.spark").first).to_be_visible()
    # NaN stands apart, with its reason.
    expect(card).to_contain_text("accuracy is NaN since epoch 4")
    rows = card.locator("tbody tr[aria-rowindex]")
    before = rows.count()
    card.get_by_role("button", name="Search versions").click()
    card.get_by_role("searchbox").fill("label smoothing")
    expect(rows).to_have_count(1)
    card.get_by_role("searchbox").press("Escape")
    expect(rows).to_have_count(before)


def test_nothing_is_blank_when_a_search_ends(story: Story) -> None:
    for name, rows, most in (("board", "tbody tr[aria-rowindex]", 16), ("huge", ".lr", 15)):
        page: Page = story(name)
        page.get_by_role("button", name="Search versions").click()
        page.get_by_role("searchbox").fill("v77" if name == "huge" else "nothing like it")
        page.wait_for_timeout(500)
        page.get_by_role("searchbox").press("Escape")
        page.wait_for_timeout(500)
        assert page.locator(rows).count() >= most
        page.close()


def test_storage_says_what_would_be_freed(story: Story) -> None:
    page: Page = story("storage")
    card = page.locator(".card").first
    expect(card.locator(".sums")).to_contain_text("would be freed")
    expect(card.locator(".tmap")).to_be_visible()
    card.get_by_role("button", name="as a table").click()
    expect(card.get_by_role("table")).to_be_visible()


def test_curves_are_read_by_pointer_and_keys(story: Story) -> None:
    page = story("curves")
    loss = page.locator("figure").filter(has_text="val_loss")
    legend, plot = loss.locator(".lgd"), loss.get_by_role("group", name="Loss.")
    expect(legend).to_have_text("loss0.121val_loss0.247")
    plot.focus()
    page.keyboard.press("Home")
    expect(legend).to_contain_text("step 0")
    page.keyboard.press("End")
    expect(legend).to_contain_text("step 599")
    expect(loss.locator("[aria-live]")).to_contain_text("step 599")
    page.keyboard.press("Escape")
    expect(legend).to_have_text("loss0.121val_loss0.247")
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(legend).to_contain_text(re.compile(r"step [23]\d\d$"))
    page.mouse.move(0, 0)
    expect(legend).not_to_contain_text("step")
    # The same, without a chart.
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row").filter(has_text="grad_norm")).to_contain_text("600")
