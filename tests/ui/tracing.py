"""What the main thread did while a page moved: work, not waiting.

Chrome's trace gives each task of the renderer's main thread with the processor time that it took,
so a machine that is busy elsewhere does not matter.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["traced", "work_per_frame"]

_CATEGORIES = ["toplevel", "devtools.timeline"]
_TASK = "ThreadControllerImpl::RunTask"
_FRAME = "FireAnimationFrame"


def traced(browser: Browser, page: Any, file: Path, act: Callable[[], Any]) -> list[dict[str, Any]]:
    """Return the events of the page's own main thread while `act` ran."""
    browser.start_tracing(page=page, path=file, categories=_CATEGORIES)
    try:
        act()
    finally:
        browser.stop_tracing()
    events = json.loads(file.read_text("utf-8"))["traceEvents"]
    seen = [event for event in events if event.get("name") == _FRAME]
    where = {(event["pid"], event["tid"]) for event in seen}
    return [event for event in events if (event.get("pid"), event.get("tid")) in where]


def work_per_frame(events: list[dict[str, Any]]) -> list[float]:
    """Return the milliseconds of processor time between one animation frame and the next."""
    frames = sorted(event["ts"] for event in events if event["name"] == _FRAME)
    tasks = _tasks(events)
    work = [0.0] * max(0, len(frames) - 1)
    at = 0
    for start, taken in tasks:
        while at < len(work) and start >= frames[at + 1]:
            at += 1
        # A frame's own task began a little before its callback.
        if at < len(work) and start >= frames[0] - 20_000:
            work[at] += taken
    return work


def _tasks(events: list[dict[str, Any]]) -> list[tuple[int, float]]:
    return sorted(
        (event["ts"], event.get("tdur", event["dur"]) / 1000)
        for event in events
        if event["name"] == _TASK and event.get("ph") == "X"
    )
