"""What a picture comes to, whatever the fonts: boxes of its parts, a coarse grid of its light."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["look", "unlike"]

KEPT = Path(__file__).parent / "likeness.json"
"""Reference looks; ``MVT_LIKENESS=1`` writes what is seen instead of comparing."""

COLUMNS, ROWS = 16, 24
_NEAR_PX, _NEAR_SHARE = 10, 0.06
_LIGHT, _MOST_APART = 24, 0.08

_BOXES = """([root, parts]) => {
    const outer = root.getBoundingClientRect();
    const found = {};
    for (const part of parts) {
        const one = [...root.querySelectorAll(part)].find((node) => node.checkVisibility());
        if (!one) { found[part] = null; continue; }
        const box = one.getBoundingClientRect();
        found[part] = [box.left - outer.left, box.top - outer.top, box.width, box.height]
            .map(Math.round);
    }
    return found;
}"""
_GRID = """async ([url, columns, rows]) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(columns, rows);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, columns, rows);
    const { data } = context.getImageData(0, 0, columns, rows);
    return Array.from({length: columns * rows}, (_, i) =>
        Math.round(0.2126 * data[4 * i] + 0.7152 * data[4 * i + 1] + 0.0722 * data[4 * i + 2]));
}"""


def look(page: Page, root: Locator, parts: tuple[str, ...]) -> dict[str, Any]:
    """Return the boxes of parts, relative to `root`, and the light of a coarse grid over it."""
    boxes = page.evaluate(_BOXES, [root.element_handle(), list(parts)])
    picture = base64.b64encode(root.screenshot(animations="disabled")).decode()
    grid = page.evaluate(_GRID, [f"data:image/png;base64,{picture}", COLUMNS, ROWS])
    return {"boxes": boxes, "light": "".join(f"{cell:02x}" for cell in grid)}


def unlike(name: str, seen: dict[str, Any]) -> list[str]:
    """Return how `seen` differs from the look kept under `name`."""
    kept: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    if os.environ.get("MVT_LIKENESS"):
        kept[name] = seen
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
        return []
    if name not in kept:
        return [f"{name}: no look is kept; MVT_LIKENESS=1 keeps this one"]
    found = []
    for part, box in kept[name]["boxes"].items():
        now = seen["boxes"].get(part)
        if (box is None) != (now is None) or (box and not _near(box, now)):
            found.append(f"{name}: {part} was at {box}, is at {now}")
    pairs = list(zip(_light(kept[name]), _light(seen), strict=True))
    apart = sum(abs(a - b) > _LIGHT for a, b in pairs) / len(pairs)
    if apart > _MOST_APART:
        found.append(f"{name}: {apart:.0%} of the picture looks otherwise")
    return found


def _near(box: list[int], now: list[int]) -> bool:
    return all(abs(a - b) <= max(_NEAR_PX, _NEAR_SHARE * a) for a, b in zip(box, now, strict=True))


def _light(seen: dict[str, Any]) -> bytes:
    return bytes.fromhex(seen["light"])
