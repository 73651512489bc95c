"""How names enter SQL text. Values never do: they are parameters."""

from __future__ import annotations

__all__ = ["identifier", "literal"]


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` as a SQL string; only for constants and paths of ours."""
    return "'" + text.replace("'", "''") + "'"
