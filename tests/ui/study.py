"""A repository with a notebook beside it, and the panel in front of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

import jupyter_mvt as mvt

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from jupyter_mvt.api.repo import Repo
    from tests.ui.browser import Desk

HOSTILE = "<img src=x onerror='window.hostile=1'><script>window.hostile=2</script>"
PANEL = "#jupyter-mvt-panel"


class Model:
    """Small enough to be kept in no time."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, rows: list[float]) -> list[float]:
        return [self.weight * row for row in rows]


def keep(repo: Repo, value: float, message: str) -> None:
    metrics = {"accuracy": value, "log_loss": 1 - value}
    repo.commit(Model(value), metrics=metrics, message=message)


def book(path: Path, *cells: str, kernel: str = "gone") -> None:
    """Write a notebook; by default its kernel does not exist here."""
    made = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    made.cells = made.cells or [new_markdown_cell("A study")]
    made.metadata["kernelspec"] = {"name": kernel, "display_name": "A kernel"}
    nbformat.write(made, path)


def study(root: Path, name: str) -> Repo:
    """Make a repository of three versions with a notebook beside it that no kernel runs."""
    folder = root / name
    folder.mkdir()
    book(folder / "study.ipynb")
    repo = mvt.init(folder)
    for value, message in ((0.861, "Baseline: two layers"), (0.879, "Class weights 1 : 2.5"),
                           (0.889, "Merge exp/cosine (soup)")):  # fmt: skip
        keep(repo, value, message)
    repo.labels.move("production", "v1")
    repo.labels.move("production", "v2")
    return repo


def versions(shown: Locator) -> Locator:
    return shown.get_by_role("listbox", name="Versions").get_by_role("option")


def beside(desk: Desk, name: str) -> Locator:
    """Open a study without a kernel, and the panel beside it, whatever it shows."""
    desk.open_notebook(f"{name}/study.ipynb")
    # The kernel that it names is gone; the panel needs none.
    desk.page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()
    desk.command("jupyter-mvt:show")
    shown = desk.page.locator(PANEL)
    expect(shown).to_be_visible()
    return shown


def panel(desk: Desk, name: str) -> Locator:
    """Open a study and wait for its versions."""
    shown = beside(desk, name)
    expect(versions(shown).first).to_be_visible(timeout=20_000)
    return shown
