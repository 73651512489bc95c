"""Versions whose models were dropped, wherever a browser shows them: the panel and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.ui.axe import findings, in_both_themes
from tests.ui.study import Model, book, panel, study, versions
from tests.ui.test_panel_care import SCROLL
from tests.ui.test_panel_kernel import run

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

CELLS = (
    "%load_ext jupyter_mvt\n"
    "import numpy as np\n"
    "import jupyter_mvt as mvt\n"
    "from sklearn.linear_model import LinearRegression\n"
    "repo = mvt.init('.')\n"
    "for seed in range(8):\n"
    "    X = np.random.default_rng(seed).random((40, 2_000))\n"
    "    metrics = {'accuracy': 0.8 + seed / 100}\n"
    "    repo.commit(LinearRegression().fit(X, X[:, 0]), metrics=metrics, message=f'Run {seed}')\n"
    "repo.labels.move('production', 'v2');",
    "%mvt gc --dry-run --drop v3..v5",
    "%mvt gc --drop v3..v5",
    "%mvt du",
    "repo.timeline()",
    "%mvt log",
    "%mvt gc",
)
DROPPED = "The models and variables of v4 were dropped; what describes it is kept."


def marked(shown: Locator) -> Locator:
    return versions(shown).filter(has_text="(thin)")


def test_a_gc_and_its_undo_reach_the_oldest_row_at_hand(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "thin")
    repo.labels.remove("production")
    for number in range(4, 131):
        model = Model(np.full(64, number / 130))
        repo.commit(model, metrics={"accuracy": 0.8}, message=f"Run {number}.")
    shown, page = panel(hub_desk, "thin"), hub_desk.page
    oldest = versions(shown).filter(has_text="Run 4.")
    page.wait_for_function(SCROLL, arg=130, polling=100, timeout=60_000)
    page.wait_for_function(SCROLL, arg=130, polling=100)
    expect(oldest).to_be_visible()
    expect(marked(shown)).to_have_count(0)
    repo.gc(drop=["v1..v120"], pack="none")
    expect(oldest).to_contain_text("(thin)", timeout=20_000)
    oldest.click()
    expect(shown.locator(".pdet")).to_contain_text("were dropped")
    refused = [shown.get_by_role("button", name=name).first for name in ("Check out", "Promote v4")]
    for button in refused:
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(button).to_have_attribute("title", DROPPED)
        button.press("Enter")
        expect(shown.get_by_text(DROPPED, exact=True)).to_have_count(1)
    in_both_themes(hub_desk, "panel-thin")
    repo.undo()
    expect(marked(shown)).to_have_count(0, timeout=20_000)
    expect(oldest).to_be_visible()
    # What was told of it is read anew, too.
    expect(shown.locator(".pdet")).not_to_contain_text("were dropped")
    for button in refused:
        expect(button).not_to_have_attribute("title", DROPPED)


def test_outputs_tell_them_in_both_themes(hub_desk: Desk) -> None:
    folder = hub_desk.server.root / "thin-outputs"
    folder.mkdir()
    book(folder / "study.ipynb", *CELLS, kernel="python3")
    hub_desk.page.set_viewport_size({"width": 1200, "height": 2600})
    hub_desk.open_notebook(f"{folder.name}/study.ipynb")
    hub_desk.wait_for_kernel()
    for cell in range(len(CELLS)):
        run(hub_desk, cell)
    shown = hub_desk.page.locator(".jp-MvtOutput")
    expect(shown).to_have_count(6, timeout=30_000)
    expect(shown.nth(0)).to_contain_text("v3–v5 would become thin")
    expect(shown.nth(1)).to_contain_text("v3–v5 are now thin")
    for theme in ("light", "dark"):
        hub_desk.theme(theme)
        for at, name in enumerate(("gc-asked", "gc", "du", "timeline", "log", "gc-idle")):
            hub_desk.shot_of(shown.nth(at), f"thin-{name}-{theme}")
        assert findings(hub_desk, ".jp-MvtOutput") == []
    assert mvt.open(folder).fsck().ok
