"""``%%mvt commit`` over a cell that awaits: the cell is run as it is, and the commit follows it.

A magic is a plain call and cannot await, so such a cell is rewritten before it runs. If it
fails, the commit is never reached, as with any other cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

__all__ = ["awaiting"]

_FIRST = re.compile(r"%%mvt[ \t]+(?P<words>commit\b[^\n]*)\n?\Z")
_AWAITS = re.compile(r"\b(?:await|async)\b")


def awaiting(lines: list[str], *, plain: Callable[[str], str] = lambda text: text) -> list[str]:
    """Return a cell's lines, those of ``%%mvt commit`` over an awaiting cell turned around.

    Parameters
    ----------
    lines
        As the front end sent them, with their line ends.
    plain
        Turns magics within the cell into Python.
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    found = _FIRST.match(lines[start]) if start < len(lines) else None
    body = "".join(lines[start + 1 :])
    if found is None or not _AWAITS.search(body) or not _awaits(plain(body)):
        return lines
    end = "" if body.endswith("\n") else "\n"
    # The commit takes the first line's place in number, so that errors name the right lines.
    return [*lines[:start], "\n", *(body + end).splitlines(keepends=True),
            f"%mvt {found['words']}\n"]  # fmt: skip


def _awaits(source: str) -> bool:
    try:
        tree = compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(_at_the_top(node) for node in tree.body)


def _at_the_top(node: ast.AST) -> bool:
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    return any(_at_the_top(child) for child in ast.iter_child_nodes(node))
