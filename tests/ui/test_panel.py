"""The sidebar with no kernel: a commit appears, is compared, promoted and rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_notebook
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.ui.browser import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

    from jupyter_mvt.api.repo import Repo
    from tests.ui.server import Server

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

HOSTILE = "<img src=x onerror='window.hostile=1'><script>window.hostile=2</script>"


class Model:
    """Small enough to be kept in no time."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, rows: list[float]) -> list[float]:
        return [self.weight * row for row in rows]


def keep(repo: Repo, value: float, message: str) -> None:
    metrics = {"accuracy": value, "log_loss": 1 - value}
    repo.commit(Model(value), metrics=metrics, message=message)


def study(root: Path, name: str) -> Repo:
    """Make a repository of three versions with a notebook beside it that no kernel runs."""
    folder = root / name
    folder.mkdir()
    book = new_notebook()
    book.metadata["kernelspec"] = {"name": "gone", "display_name": "A kernel of old"}
    book.cells.append(nbformat.v4.new_markdown_cell("A study"))
    nbformat.write(book, folder / "study.ipynb")
    repo = mvt.init(folder)
    for value, message in ((0.861, "Baseline: two layers"), (0.879, "Class weights 1 : 2.5"),
                           (0.889, "Merge exp/cosine (soup)")):  # fmt: skip
        keep(repo, value, message)
    repo.labels.move("production", "v1")
    repo.labels.move("production", "v2")
    return repo


def versions(shown: Locator) -> Locator:
    return shown.get_by_role("listbox", name="Versions").get_by_role("option")


def panel(desk: Desk, name: str) -> Locator:
    """Open the study and the panel beside it."""
    desk.open_notebook(f"{name}/study.ipynb")
    # The kernel that it names is gone; the panel needs none.
    desk.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    desk.command("jupyter-mvt:show")
    shown = desk.page.locator("#jupyter-mvt-panel")
    expect(shown).to_be_visible()
    expect(versions(shown).first).to_be_visible()
    return shown


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

    options.nth(0).click()
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
    desk.shot(f"panel-promote-dark-{app}")
    question.get_by_role("button", name="Move production").click()
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v4"

    desk.theme("light")
    shown.get_by_role("button", name="Roll back").click()
    question = shown.get_by_role("alertdialog", name="Roll production back to v2?")
    expect(question).to_contain_text("You can undo this.")
    desk.shot(f"panel-rollback-light-{app}")
    question.get_by_role("button", name="Roll back to v2").click()
    expect(question).to_have_count(0)
    assert repo.labels["production"].name == "v2"

    shown.get_by_role("button", name="Undo").click()
    expect(shown.locator(".pf")).to_contain_text("Undid operation")
    assert repo.labels["production"].name == "v4"


def test_text_of_a_repository_stays_text(desk: Desk) -> None:
    name = f"hostile-{desk.server.app}"
    repo = study(desk.server.root, name)
    keep(repo, 0.9, HOSTILE)
    repo.labels.move("production", "v4", reason=HOSTILE)
    shown = panel(desk, name)
    expect(versions(shown).first).to_contain_text("<img src=x")
    shown.get_by_role("button", name="History of production").click()
    expect(shown.locator(".hist")).to_contain_text("<img src=x")
    assert shown.locator("img, script").count() == 0
    assert desk.page.evaluate("window.hostile") is None


def test_what_one_browser_does_the_other_sees(desk: Desk, browser: Browser, server: Server) -> None:
    name = f"two-{server.app}"
    study(server.root, name)
    first = panel(desk, name)
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    second = panel(Desk(context.new_page(), server), name)
    first.get_by_role("button", name="Promote v3").click()
    first.get_by_role("button", name="Move production").click()
    expect(versions(second).first).to_contain_text("production", timeout=20_000)
    context.close()


def test_an_empty_folder_says_what_to_do(desk: Desk) -> None:
    folder = desk.server.root / f"empty-{desk.server.app}" / "deep"
    folder.mkdir(parents=True)
    mvt.init(folder)
    book = new_notebook(cells=[nbformat.v4.new_markdown_cell("Nothing yet")])
    book.metadata["kernelspec"] = {"name": "gone", "display_name": "A kernel of old"}
    nbformat.write(book, folder / "study.ipynb")
    desk.open_notebook(f"empty-{desk.server.app}/deep/study.ipynb")
    desk.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    desk.command("jupyter-mvt:show")
    shown = desk.page.locator("#jupyter-mvt-panel")
    expect(shown).to_contain_text("No versions here yet")
    desk.shot(f"panel-empty-light-{desk.server.app}")
