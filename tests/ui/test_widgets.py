"""Live widgets in marimo: drawn in its shadow roots, and what is picked comes back to Python."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("default")]

_HISTORY = """
import jupyter_mvt as mvt
from sklearn.linear_model import LogisticRegression
repo = mvt.init(".")
for i in range(12):
    model = LogisticRegression(C=1 + i).fit([[0.0], [1.0], [2.0]], [0, 1, 1])
    repo.commit(model, message=f"run {i}", metrics={"accuracy": 0.8 + i / 100})
"""
_APP = """
import marimo
app = marimo.App()
@app.cell
def _():
    import marimo as mo
    import jupyter_mvt as mvt
    repo = mvt.open(".")
    w = mo.ui.anywidget(repo.timeline())
    w
    return mo, repo, w
@app.cell
def _(mo, w):
    w.value
    mo.md("picked: " + ", ".join(one.name for one in w.widget.selected))
    return
@app.cell
def _(repo):
    b = repo.leaderboard("accuracy").widget()
    b
    return
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    subprocess.run([sys.executable, "-c", _HISTORY], cwd=tmp_path, check=True)
    (tmp_path / "app.py").write_text(_APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", "app.py", "--headless", "--no-token",
               "--host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=os.environ)
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.3)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def test_a_timeline_is_live_in_marimo(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 1400})
    page.goto(address)
    rows = page.locator(".mvt .lr")
    expect(rows).to_have_count(12, timeout=90_000)
    rows.nth(0).click()
    rows.nth(3).click()
    expect(page.get_by_text("picked: v12, v9")).to_be_visible(timeout=30_000)
    page.locator(".mvt .selbar .go").click()
    # The diff's own code comes from Python when it is first asked for.
    expect(page.locator("article[aria-label='Difference between v9 and v12']")).to_be_visible(
        timeout=30_000
    )
    expect(page.locator(".mvt .grid tbody tr[aria-rowindex]")).to_have_count(12)
    page.close()
