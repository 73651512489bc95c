"""Who sits here: environment, then git's own answer, then the account."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mvt._version import __version__
from jupyter_mvt.api import places
from jupyter_mvt.api.kernel import Identity, account

__all__ = ["git_user", "notebook", "trust_folder", "who"]


def who() -> Identity:
    """Return the person and tool that operations are recorded under."""
    name = os.environ.get("MVT_AUTHOR") or os.environ.get("GIT_AUTHOR_NAME") or git_user()
    return Identity(actor=(name or account())[:200], tool=f"jupyter_mvt {__version__} magic")


def trust_folder() -> Path | None:
    """Return where this person's trust database lies, ``None`` without a home folder."""
    try:
        return places.trust_folder(os.environ, Path.home(), sys.platform)
    except RuntimeError:
        return None


def notebook(namespace: Mapping[str, Any]) -> Path | None:
    """Return the notebook's file, as Jupyter's server or VS Code tells it to the kernel."""
    told = namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ""
    return Path(told) if isinstance(told, str) and told.endswith(".ipynb") else None


def git_user() -> str:
    """Return ``user.name`` of the person's git configuration, read as a file; may be empty."""
    from configparser import ConfigParser, Error

    parser = ConfigParser(strict=False, interpolation=None)
    try:
        parser.read([Path.home() / ".config" / "git" / "config", Path.home() / ".gitconfig"])
    except (Error, OSError, RuntimeError, UnicodeDecodeError):
        return ""
    return parser.get("user", "name", fallback="").strip('"')
