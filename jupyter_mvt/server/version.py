"""What runs here: the package's version and the disk format that it reads and writes."""

from __future__ import annotations

from jupyter_mvt._version import __version__
from jupyter_mvt.server.handler import MvtHandler
from jupyter_mvt.store.layout import FORMAT_VERSION

__all__ = ["VersionHandler"]


class VersionHandler(MvtHandler):
    """``GET /jupyter-mvt/api/version``."""

    async def get(self) -> None:
        """Answer with both numbers."""
        self.finish({"version": __version__, "disk_format": FORMAT_VERSION})
