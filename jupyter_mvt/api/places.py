"""Where this person's own files lie; the top floor says whose environment and home it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["trust_folder"]


def trust_folder(environ: Mapping[str, str], home: Path, platform: str) -> Path:
    """Return the folder of the trust database; ``MVT_TRUST`` names another.

    Parameters
    ----------
    environ
        Environment variables.
    home
        The person's home folder.
    platform
        As ``sys.platform`` tells.
    """
    if environ.get("MVT_TRUST"):
        return Path(environ["MVT_TRUST"]).absolute()
    if platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base.absolute() / "jupyter_mvt" / "trust"
