"""Why no model was found, and what to type: a result that nobody named, a training nobody kept."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.known import recognised
from jupyter_mvt.capture.slices.training import FITS
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.cells.log import CellLog

__all__ = ["no_model"]

_ROLES = frozenset({"predictor", "pipeline", "search", "module", "booster", "results", "params"})
_LONGEST = 90


def no_model(namespace: Mapping[str, Any], log: CellLog | None) -> CaptureError:
    """Return the error of a session without a model, with what its cells tell of one."""
    shown = _shown(namespace)
    if shown is not None:
        number, cls = shown
        msg = f"No variable holds a model; Out[{number}] is one ({cls})."
        return CaptureError(msg, hint=f"mvt commit _{number}", code="no-model")
    text = None if log is None else _lost(log)
    if text is not None:
        msg = f"No variable holds a model: what {text} returned was not kept."
        hint = f"model = {text}  # then: mvt commit"
        return CaptureError(msg, hint=hint, code="no-model")
    return CaptureError(
        "No model was found in this session.", hint="mvt commit model", code="no-model"
    )


def _shown(namespace: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return number and class of the newest result of a cell that is a model."""
    results = namespace.get("Out")
    for number, value in reversed(list(results.items()) if isinstance(results, dict) else []):
        found = recognised(value)
        if found is not None and found[1] in _ROLES and namespace.get(f"_{number}") is value:
            return number, type(value).__qualname__
    return None


def _lost(log: CellLog) -> str | None:
    """Return the newest call that fitted something new and whose result has no name."""
    for entry in reversed(log.entries()):
        if not entry.ok or not log.syntax(entry).trained:
            continue
        try:
            tree = ast.parse(entry.source)
        except SyntaxError:  # a cell with magics
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _makes_and_fits(node):
                text = ast.unparse(node)
                return text if len(text) <= _LONGEST else None
    return None


def _makes_and_fits(node: ast.Call) -> bool:
    """Tell whether a call is as ``Ridge(alpha=2).fit(X, y)``."""
    method = node.func
    return (
        isinstance(method, ast.Attribute)
        and method.attr in FITS - {"fit_transform", "fit_predict"}
        and isinstance(method.value, ast.Call)
        and isinstance(method.value.func, (ast.Name, ast.Attribute))
    )
