"""What a hand feels: first paints and frames, measured in the browser. Also runs alone.

``python tests/ui/test_speed.py`` prints the figures. First paint is from the call with the data to
the frame after the drawing; a machine that is busy elsewhere stretches it, so its budget is held
by the best of a few runs. While the chart is panned and tables scroll, a frame is judged by the
processor time that the page's main thread took for it, whatever else the machine does.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.ui.browser import launch  # noqa: E402  the path is made above for a run alone
from tests.ui.stories import build  # noqa: E402
from tests.ui.tracing import traced, work_per_frame  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.ui, pytest.mark.bench, pytest.mark.filterwarnings("default")]

PAINTS = {"huge": 300, "live": 300, "wide": 500, "board": 500}
"""Story → milliseconds to its first paint."""

SMOOTH = ("huge", "live", "board")
LONG_MS, MOST_LONG = 34, 0.05
RUNS = 4

_FRAMES = """async ([story, seconds]) => {
    const frames = [];
    const board = document.querySelector('.tall');
    const strip = document.querySelector('.strip canvas');
    const box = strip?.getBoundingClientRect();
    const at = (type, share) => strip.dispatchEvent(new PointerEvent(type, {
        clientX: box.left + 60 + share * (box.width - 80), clientY: box.top + 10,
        pointerId: 1, bubbles: true }));
    if (!board) { at('pointerdown', 0.3); at('pointermove', 0.45);
        at('pointerup', 0.45); await new Promise((done) => setTimeout(done, 300));
        at('pointerdown', 0.38); }
    const start = performance.now();
    let last = start;
    await new Promise((done) => {
        const step = (now) => {
            frames.push(now - last);
            last = now;
            const gone = (now - start) / 1000;
            if (gone > seconds) { done(); return; }
            if (board) { board.scrollTop += 60; board.scrollLeft += 24; }
            else { at('pointermove', 0.38 + 0.3 * Math.sin(gone * 2)); }
            requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
    });
    return frames.slice(2);
}"""


def opened(browser: Browser, page: Path, story: str) -> Page:
    tab = browser.new_page(viewport={"width": 924, "height": 900})
    tab.goto(f"{page.as_uri()}?only={story}")
    tab.wait_for_selector("body[data-ready]", timeout=60_000)
    return tab


def first_paint(browser: Browser, page: Path, story: str) -> float:
    """Return the best of a few first paints, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        tab = opened(browser, page, story)
        taken.append(max(tab.evaluate("drawn").values()))
        tab.close()
    return min(taken)


def frames(browser: Browser, page: Path, story: str, seconds: float = 2.0) -> list[float]:
    """Return the main thread's milliseconds of work in each frame while something moves."""
    tab = opened(browser, page, story)
    events = traced(browser, tab, page.parent / "trace.json",
                    lambda: tab.evaluate(_FRAMES, [story, seconds]))  # fmt: skip
    tab.close()
    return work_per_frame(events)


def long_share(taken: list[float]) -> float:
    """Return the share of frames that a person could notice."""
    return sum(one > LONG_MS for one in taken) / max(1, len(taken))


@pytest.mark.parametrize("story", PAINTS)
def test_the_first_paint_is_within_its_budget(browser: Browser, site: Path, story: str) -> None:
    assert first_paint(browser, site, story) <= PAINTS[story]


@pytest.mark.parametrize("story", SMOOTH)
def test_moving_is_smooth(browser: Browser, site: Path, story: str) -> None:
    taken = min((frames(browser, site, story) for _ in range(2)), key=long_share)
    assert len(taken) > 10
    # In a run of few frames a single one is more than the share.
    assert long_share(taken) <= max(MOST_LONG, 1 / len(taken))


def main() -> None:
    """Print the figures of this machine."""
    folder = Path(__file__).parent / "shots" / "site"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = build(folder)
        for story, budget in PAINTS.items():
            print(f"{story}: first paint {first_paint(browser, page, story):.0f} of {budget} ms")
        for story in SMOOTH:
            taken = frames(browser, page, story)
            print(
                f"{story}: {len(taken)} frames, median {statistics.median(taken):.1f} ms of work,"
                f" {100 * long_share(taken):.1f} % more than {LONG_MS} ms"
            )
        browser.close()


if __name__ == "__main__":
    main()
