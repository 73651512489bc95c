"""The notebook as it was saved last: which cells it has, in which order, with which texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Notebook", "read_notebook"]

_MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Notebook:
    """Cell id → text, in order; `saved_us` is when, in microseconds since 1970 UTC."""

    cells: dict[str, str]
    saved_us: int


def read_notebook(path: Path | None) -> Notebook | None:
    """Return the code cells of a notebook file, ``None`` where that cannot be told."""
    if path is None:
        return None
    try:
        found = path.stat()
        if found.st_size > _MOST_BYTES:
            return None
        data = json.loads(path.read_bytes())
        cells = {
            str(cell["id"]): _text(cell.get("source", ""))
            for cell in data["cells"]
            if cell.get("cell_type") == "code" and "id" in cell
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Notebook(cells, found.st_mtime_ns // 1000) if cells else None


def _text(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
