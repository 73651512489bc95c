"""What of the panel stands elsewhere in JupyterLab: status bar, palette, keys, notifications."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.ui.study import PANEL, Model, beside, keep, panel, study

if TYPE_CHECKING:
    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]


class Sure(Model):
    """Answers alike, whatever its weight."""

    def predict(self, rows: list[float]) -> list[int]:
        return [int(row > 0) for row in rows]


def test_the_status_bar_tells_branch_and_regression_and_opens_the_panel(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "status-bar")
    panel(hub_desk, "status-bar")
    item = hub_desk.page.locator(".jp-MvtStatus")
    expect(item).to_have_text("main v3")
    keep(repo, 0.7, "Half of the rows")
    expect(item).to_have_text("main v4 ◆ Log loss +0.189")
    said = re.compile(r"The newest version on main got worse: Log loss \+0.189, Accuracy −18.9\spp")
    expect(item).to_have_attribute("title", said)
    hub_desk.command("application:toggle-left-area")
    expect(hub_desk.page.locator(PANEL)).to_be_hidden()
    item.click()
    expect(hub_desk.page.locator(PANEL)).to_be_visible()


def test_it_is_reached_by_palette_and_by_key(hub_desk: Desk) -> None:
    page = hub_desk.page
    study(hub_desk.server.root, "reached")
    shown = beside(hub_desk, "reached")
    hub_desk.command("application:toggle-left-area")
    expect(shown).to_be_hidden()
    page.keyboard.press("Control+Alt+v")
    expect(shown).to_be_visible()
    hub_desk.command("apputils:activate-command-palette")
    page.keyboard.type("model versions")
    found = page.locator("#modal-command-palette, .lm-CommandPalette")
    for label in ("Search Model Versions", "Refresh Model Versions", "Show Model Versions"):
        expect(found.get_by_text(label).first).to_be_visible()
    page.keyboard.press("Escape")
    hub_desk.command("jupyter-mvt:search")
    expect(shown.get_by_role("searchbox", name="Search versions")).to_be_focused()


def test_a_notification_takes_its_operation_back(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "toast")
    shown = panel(hub_desk, "toast")
    shown.get_by_role("button", name="Promote v3").click()
    shown.get_by_role("button", name="Move production").click()
    toast = hub_desk.page.locator(".Toastify__toast").filter(has_text="production")
    expect(toast).to_contain_text("v3")
    assert repo.labels["production"].name == "v3"
    toast.get_by_role("button", name="Undo").click()
    expect(shown.locator(".pf")).to_contain_text("Undid operation")
    assert repo.labels["production"].name == "v2"
    # An undo is not undone but done again.
    hub_desk.command("jupyter-mvt:undo")
    shown.get_by_role("alertdialog").get_by_role("button", name="Undo it").click()
    expect(shown.locator(".pf")).to_contain_text("production is at v1 again")
    expect(shown.locator(".pf").get_by_role("button")).to_have_count(0)
    assert repo.labels["production"].name == "v1"


def test_a_roll_back_shows_that_predictions_are_the_same(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "proof")
    for weight in (0.89, 0.9):
        repo.commit(Sure(weight), metrics={"accuracy": weight}, message=f"weight {weight}")
        rows = [float(i - 128) for i in range(256)]
        repo.evaluate("HEAD", rows, [int(row > 0) for row in rows], trust=True)
    repo.labels.move("production", "v4")
    repo.labels.move("production", "v5")
    shown = panel(hub_desk, "proof")
    shown.get_by_role("button", name="Roll back").click()
    question = shown.get_by_role("alertdialog", name="Roll production back to v4?")
    expect(question).to_contain_text(
        "Stored predictions of v5 and v4 are identical: 256 of 256.", timeout=30_000
    )
    question.get_by_role("button", name="Roll back to v4").click()
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v4"
