"""What a checkout holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, parts, wire
from jupyter_mvt.views.tables import column

if TYPE_CHECKING:
    from jupyter_mvt.api.checkout import Checkout

__all__ = ["payload"]


def payload(found: Checkout) -> wire.TableView:
    """Return the wire form of a checkout: its names and what they are."""
    rows: list[list[wire.Cell]] = [
        [
            {"text": escape.line(name), "kind": "code"},
            {"text": escape.line(type(value).__qualname__)},
            {"text": "primary model" if name == found.primary else "", "kind": "quiet"},
        ]
        for name, value in found.values.items()
    ]
    rows += [
        [{"text": escape.line(path), "kind": "code"}, {"text": "file"}, {"text": "written"}]
        for path in found.saved
    ]
    return {"view": "table", "schema": parts.SCHEMA,
            "title": f"Restored from {found.version.name}, beside your own",
            "columns": [column("Name"), column("Type"), column("Role")], "rows": rows,
            "total": len(rows), "empty": f"{found.version.name} holds no model and no variable.",
            "command": ""}  # fmt: skip
