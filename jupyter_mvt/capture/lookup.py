"""Values by the way people write them, without evaluating anything."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from jupyter_mvt.capture.holders import closed_over
from jupyter_mvt.errors import CaptureError

__all__ = ["look_up"]

_STEP = re.compile(r"\.(?P<attr>[^\W\d]\w*)|\[(?P<key>[^\[\]]*)\]")
_ROOT = re.compile(r"[^\W\d]\w*")


def look_up(namespace: Mapping[str, Any], text: str) -> Any:
    """Return the value of ``name``, ``name.attr``, ``name[key]``; keys need no quotes.

    Raises
    ------
    CaptureError
        There is no such name (code ``unknown-variable``).
    """
    root = _ROOT.match(text)
    if root is None or root[0] not in namespace:
        raise _unknown(text, namespace)
    value, position = namespace[root[0]], root.end()
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise _unknown(text, namespace)
        try:
            value = _take(value, step)
        except (AttributeError, LookupError, TypeError) as error:
            raise _unknown(text, namespace) from error
        position = step.end()
    return value


def _take(value: Any, step: re.Match[str]) -> Any:
    if step["attr"] is not None:
        if isinstance(value, FunctionType) and step["attr"] in value.__code__.co_freevars:
            return closed_over(value)[step["attr"]]
        return getattr(value, step["attr"])
    key = step["key"].strip().strip("'\"")
    if isinstance(value, Mapping) and key in value:
        return value[key]
    return value[int(key)] if key.lstrip("-").isdigit() else value[key]


def _unknown(text: str, namespace: Mapping[str, Any]) -> CaptureError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    public = [name for name in namespace if not name.startswith("_")]
    near = [] if text in public else difflib.get_close_matches(text[:60], public, 1)
    msg = f"There is no variable {shown!r}" + (f"; did you mean {near[0]}?" if near else ".")
    return CaptureError(msg, hint="mvt status", code="unknown-variable")
