"""A folder that a program names: a path, or refused in words."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mvt.errors import UsageError

__all__ = ["folder"]


def folder(given: object, *, hint: str) -> Path:
    """Return the path that `given` is; `hint` is the call with a sound one.

    Raises
    ------
    UsageError
        It is no path (code ``bad-path``).
    """
    if isinstance(given, (str, os.PathLike)):
        named = os.fspath(given)
        if isinstance(named, str):
            return Path(named)
    msg = f"A folder is named by text or a path, not by {repr(given)[:40]}."
    raise UsageError(msg, code="bad-path", hint=hint)
