"""Pictures of every view in light and dark, wide and narrow; speed; and accessibility findings.

Run ``python tests/ui/stories.py [STORY ...]`` after ``npm ci`` in ``js``. The pictures go to
``tests/ui/shots``, which git ignores. Exits with 1 on a serious finding, a page error, a request
to outside, or a view slower than its budget.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(__file__).resolve().parent / "shots"
STORIES = ("commit", "log", "one", "diff", "diffs", "outputs", "leaderboard", "storage", "curves",
           "others", "states", "sent")  # fmt: skip
LARGE = ("huge", "wide", "many", "fifty", "live", "board")
WIDTHS = {"wide": 924, "narrow": 404}
BUDGET_MS = {"10,000 versions": 300, "10,000 × 50": 500, "100,000 versions": 300,
             "10,000 × 1,000": 500}  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


def main(wanted: list[str]) -> int:
    """Take the pictures and print what is wrong with them."""
    site = SHOTS / "site"
    build(site)
    problems: list[str] = []
    fastest: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for story in wanted or [*STORIES, *LARGE]:
            for theme in ("light", "dark"):
                for size, width in WIDTHS.items():
                    page = browser.new_page(
                        viewport={"width": width, "height": 320}, device_scale_factor=1.5
                    )
                    page.on("pageerror", partial(note, problems))
                    page.goto(f"{(site / 'page.html').as_uri()}?only={story}&theme={theme}")
                    page.wait_for_selector("body[data-ready]")
                    shot = SHOTS / f"{story}-{theme}-{size}.png"
                    page.screenshot(path=shot, full_page=True)
                    problems += [f"{story} {theme} {size}: {text}" for text in findings(page, site)]
                    for title, taken in page.evaluate("drawn").items():
                        fastest[title] = min(taken, fastest.get(title, taken))
                    page.close()
        browser.close()
    # The best of four page loads: a busy machine must not fail a view.
    for title, budget in BUDGET_MS.items():
        if title in fastest:
            print(f"{title}: {fastest[title]:.0f} ms of {budget} ms")
            if fastest[title] > budget:
                problems.append(f"{title} took {fastest[title]:.0f} ms")
    print("\n".join(problems) or "No findings.")
    return 1 if problems else 0


def build(folder: Path) -> Path:
    """Build the page of stories."""
    subprocess.run(["node", "stories/build.mjs", str(folder)], cwd=ROOT / "js", check=True)
    return folder / "page.html"


def note(problems: list[str], error: object) -> None:
    """Keep what went wrong in the page."""
    problems.append(f"page error: {error}")


def findings(page: Page, site: Path) -> list[str]:
    """Serious accessibility findings, and content wider than the page."""
    found = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than its page")
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=site / "axe.min.js")
    result = page.evaluate("axe.run('main', {resultTypes: ['violations']})")
    for violation in result["violations"]:
        if violation["impact"] in ("serious", "critical"):
            target = violation["nodes"][0]["target"][0]
            found.append(f"{violation['id']} × {len(violation['nodes'])}, first {target}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
