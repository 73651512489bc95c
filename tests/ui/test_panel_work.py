"""Long work from the panel: bytes, rate and time left are told, and Stop leaves nothing behind."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

import jupyter_mvt as mvt
from tests.ui.axe import in_both_themes
from tests.ui.study import PANEL, book, panel, study, versions
from tests.ui.test_panel_kernel import run

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.ui.browser import Desk

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

# A slow disk, so that there is something to watch and to stop.
SLOW = """
import time
from jupyter_mvt.views import progress
progress._PATIENCE = progress._PAUSE = 0.0
plain = progress.Meter.advance
def slow(self, nbytes):
    plain(self, nbytes)
    time.sleep(15)
"""
CELLS = (
    "%load_ext jupyter_mvt\n" + SLOW,
    "import numpy as np\n"
    "class Model:\n"
    "    def __init__(self, seed):\n"
    "        self.weights = np.random.default_rng(seed).normal(size=(16, 65_536))\n"
    "    def predict(self, rows): return rows\n"
    "model = Model(1)",
    "%mvt commit -m first",
    "model = Model(2)\nprogress.Meter.advance = slow",
    "progress.Meter.advance = plain",
    "print(mvt.open('.').head, 'v1' in globals())",
)
STOPPED = "It was stopped; nothing was changed."
_WHEN = """() => performance.getEntriesByType("resource")
    .filter(({name}) => name.includes("/jupyter-mvt/api/")).map(({startTime}) => startTime)"""
_SAID = """async (source) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asked = kernel.requestExecute({code: source});
    let said = "";
    asked.onIOPub = (message) => { said += message.content.text ?? ""; };
    await asked.done;
    return said.trim();
}"""


def said(page: Page, source: str) -> str:
    """Return what the kernel prints."""
    told: str = page.evaluate(_SAID, source)
    return told


@pytest.fixture
def beside(hub_desk: Desk, request: pytest.FixtureRequest) -> Locator:
    """The panel beside a notebook whose kernel has made one version."""
    folder = hub_desk.server.root / request.node.name
    folder.mkdir()
    book(folder / "study.ipynb", *CELLS, kernel="python3")
    hub_desk.open_notebook(f"{folder.name}/study.ipynb")
    hub_desk.wait_for_kernel()
    hub_desk.command("jupyter-mvt:show")
    for cell in range(3):
        run(hub_desk, cell)
    shown = hub_desk.page.locator(PANEL)
    expect(versions(shown)).to_have_count(1, timeout=60_000)
    return shown


def watched(shown: Locator, what: str) -> Locator:
    """Wait until bytes are told of work, and return it."""
    work = shown.locator(".work")
    expect(work).to_contain_text(what, timeout=30_000)
    expect(work).to_contain_text(re.compile(" left|finishing"), timeout=30_000)
    bar = work.get_by_role("progressbar")
    assert int(bar.get_attribute("aria-valuenow") or "0") <= 100
    assert "/s, " in (bar.get_attribute("aria-valuetext") or "")
    return work


def files(desk: Desk, name: str) -> set[str]:
    root = desk.server.root / name / ".mvt"
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_stopping_a_commit_or_a_checkout_leaves_nothing(hub_desk: Desk, beside: Locator) -> None:
    page, name = hub_desk.page, "test_stopping_a_commit_or_a_checkout_leaves_nothing"
    run(hub_desk, 3)
    before = files(hub_desk, name)
    beside.get_by_role("button", name="Commit", exact=True).click()
    question = beside.get_by_role("alertdialog", name="Keep the model of this notebook")
    question.get_by_role("button", name="Commit").click()
    work = watched(beside, "Committing")
    in_both_themes(hub_desk, "panel-work")
    work.get_by_role("button", name="Stop").click()
    expect(question.get_by_role("alert")).to_contain_text(
        "Interrupted: no version was made, and nothing is left of it.", timeout=30_000
    )
    assert {one for one in files(hub_desk, name) - before if not one.startswith("cache")} == set()
    assert mvt.open(hub_desk.server.root / name).log().total == 1
    question.get_by_role("button", name="Cancel").click()

    beside.get_by_role("button", name="Check out").click()
    question = beside.get_by_role("alertdialog", name="Restore v1 in the kernel?")
    question.get_by_role("button", name="Restore v1").click()
    watched(beside, "Restoring").get_by_role("button", name="Stop").click()
    expect(question.get_by_role("alert")).to_contain_text("nterrupted", timeout=30_000)
    run(hub_desk, 4)
    assert said(page, "print('v1' in globals())") == "False"
    # Asked again it is done, and the kernel is as well as before.
    question.get_by_role("button", name="Restore v1").click()
    expect(beside.get_by_text("v1 is restored as v1", exact=True)).to_be_visible(timeout=60_000)
    assert said(page, "print(v1['model'].weights.shape)") == "(16, 65536)"


def test_the_running_kernel_is_moved_to_another_branch(hub_desk: Desk, beside: Locator) -> None:
    page, name = hub_desk.page, "test_the_running_kernel_is_moved_to_another_branch"
    repo = mvt.open(hub_desk.server.root / name)
    with page.expect_response(lambda answer: "/home?" in answer.url and answer.status == 200):
        repo.branches.create("exp/lr", "v1")
    head = "print(mvt.open('.').head)"
    # A kernel that has chosen a branch stays there, whatever new sessions start on.
    assert said(page, f"%mvt switch main\nimport jupyter_mvt as mvt\n{head}").endswith("main")
    beside.get_by_role("button", name="Branch main, switch").click()
    beside.get_by_role("menuitemradio", name="exp/lr").first.click()
    question = beside.get_by_role("alertdialog", name="Move this kernel to exp/lr too?")
    expect(question).to_contain_text("Its variables stay as they are.")
    # New sessions start there; this kernel has not moved until it is told to.
    assert mvt.open(hub_desk.server.root / name).head == "exp/lr"
    assert said(page, head) == "main"
    question.get_by_role("button", name="Move the kernel to exp/lr").click()
    expect(question).to_have_count(0)
    expect(beside.get_by_role("button", name="Branch exp/lr, switch")).to_be_visible()
    assert said(page, head) == "exp/lr"

    weights = "print(float(model.weights.sum()))"
    first = said(page, weights)
    run(hub_desk, 3)
    run(hub_desk, 4)
    second = said(page, weights)
    beside.get_by_role("button", name="Commit", exact=True).click()
    question = beside.get_by_role("alertdialog", name="Keep the model of this notebook")
    question.get_by_role("textbox").fill("On the other branch")
    question.get_by_role("button", name="Commit").click()
    expect(versions(beside)).to_have_count(2, timeout=60_000)
    expect(versions(beside).first).to_contain_text("On the other branch")
    assert repo["exp/lr"].name == "v2"
    assert repo["main"].name == "v1"

    versions(beside).first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    beside.get_by_role("button", name="Check out").click()
    question = beside.get_by_role("alertdialog", name="Restore v1 in the kernel?")
    question.get_by_role("textbox").fill("old")
    question.get_by_role("button", name="Restore v1").click()
    expect(beside.get_by_text("v1 is restored as old", exact=True)).to_be_visible(timeout=60_000)
    assert said(page, "print(float(old['model'].weights.sum()))") == first
    # What the user had is as it was.
    assert said(page, weights) == second


class Slow:
    """Answers for a server that has much to read, in the words that a real one has."""

    def __init__(self) -> None:
        self.asked = 0
        self.stopped = False

    def begin(self, route: Route) -> None:
        self._answer(route, 202, {"job": "0" * 32, "progress": self._progress(0.0)})

    def look(self, route: Route) -> None:
        self.asked += 1
        if self.stopped:
            said = {
                "code": "stopped",
                "message": "It was stopped; nothing was changed.",
                "hint": "",
            }
            self._answer(route, 409, said)
        else:
            share = min(0.9, 0.2 * self.asked)
            self._answer(route, 202, {"job": "0" * 32, "progress": self._progress(share)})

    def stop(self, route: Route) -> None:
        self.stopped = True
        self._answer(route, 200, {})

    def _progress(self, share: float) -> dict[str, Any]:
        text = f"{share * 4:.1f} GB of 4.0 GB, 310 MB/s, 8.2 s left" if share else ""
        return {"what": "Verifying", "share": share, "text": text}

    def _answer(self, route: Route, status: int, told: object) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(told))


def test_a_roll_back_that_reads_much_is_watched_and_stopped(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "slow-rollback")
    shown, slow, page = panel(hub_desk, "slow-rollback"), Slow(), hub_desk.page
    page.route(re.compile(r"/rollback(\?|$)"), slow.begin)
    page.route(re.compile(r"/jobs/0+(\?|$)"), slow.look)
    page.route(re.compile(r"/jobs/0+/stop(\?|$)"), slow.stop)
    versions(shown).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    shown.get_by_role("button", name="Roll back").click()
    question = shown.get_by_role("alertdialog", name="Roll production back to v1?")
    question.get_by_role("button", name="Roll back to v1").click()
    work = watched(shown, "Verifying")
    in_both_themes(hub_desk, "panel-verifying")
    page.evaluate("performance.clearResourceTimings()")
    page.wait_for_timeout(4_500)
    asked = page.evaluate(_WHEN)
    work.get_by_role("button", name="Stop").click()
    expect(question.get_by_role("alert")).to_contain_text(STOPPED)
    assert repo.labels["production"].name == "v2"
    # While work is followed nothing else is asked: one question a second in all.
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert len(gaps) >= 2
    assert min(gaps) >= 990


def test_space_is_freed_and_every_byte_verified_from_the_panel(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "upkeep")
    shown, page = panel(hub_desk, "upkeep"), hub_desk.page
    more = shown.get_by_role("button", name="More actions", exact=True)
    more.click()
    shown.get_by_role("menuitem", name="Verify every byte").click()
    expect(shown.locator(".psto")).to_contain_text("Every byte is as it was written.",
                                                   timeout=30_000)  # fmt: skip
    in_both_themes(hub_desk, "panel-verified")
    shown.locator(".psto .ask").get_by_role("button", name="Close").click()
    # An undone commit leaves what no version needs.
    before = repo.operations().total
    more.click()
    shown.get_by_role("menuitem", name="Free space…").click()
    question = shown.get_by_role("alertdialog", name="Free what no version needs?")
    expect(question).to_be_visible(timeout=30_000)
    expect(question).to_contain_text("What is left is stored more tightly.")
    in_both_themes(hub_desk, "panel-free")
    question.get_by_role("button", name="Free and pack").click()
    expect(question).to_have_count(0, timeout=60_000)
    assert mvt.open(hub_desk.server.root / "upkeep").operations().total >= before
    assert repo.fsck().ok
    page.keyboard.press("Escape")


class Heavy:
    """A model of many arrays: there is something to pack, and a place to stop after each."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        # Numbers of few digits: what can be encoded takes longer than what cannot.
        self.layers = [chance.normal(size=(128, 1024)).round(2).astype("f4") for _ in range(16)]

    def predict(self, rows: list[float]) -> list[float]:
        return rows


def test_freeing_and_packing_is_stopped_and_goes_on_another_time(hub_desk: Desk) -> None:
    repo = study(hub_desk.server.root, "stopped-gc")
    for seed in range(24):
        repo.commit(Heavy(seed), metrics={"accuracy": 0.8 + seed / 100}, message=f"Run {seed}")
    before = {e.version.name: e.version.id for e in repo.log().entries}
    shown = panel(hub_desk, "stopped-gc")
    shown.get_by_role("button", name="More actions", exact=True).click()
    shown.get_by_role("menuitem", name="Free space…").click()
    question = shown.get_by_role("alertdialog", name="Free what no version needs?")
    question.get_by_role("button", name="Free and pack").click(timeout=60_000)
    work = shown.locator(".work")
    stop = work.get_by_role("button", name="Stop")
    expect(stop).to_be_focused(timeout=30_000)
    stop.click()
    # What was done until then counts; nobody is told that all of it was.
    expect(question).to_have_count(0, timeout=60_000)
    expect(shown.locator(".pf")).to_contain_text("The gc was stopped.", timeout=30_000)
    again = mvt.open(hub_desk.server.root / "stopped-gc")
    assert again.fsck().ok
    assert {e.version.name: e.version.id for e in again.log().entries} == before
    assert again["v5"].metrics["accuracy"] == 0.81
    # The next one goes on where this one stopped.
    report = again.gc(grace_days=0)
    assert report.packed is not None
    assert report.packed.finished
    assert again.fsck().ok
