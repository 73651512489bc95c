"""Where jupyter_server finds this package, and which addresses it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from jupyter_mvt.server.version import VersionHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from jupyter_mvt.server.handler import MvtHandler

__all__ = ["load_jupyter_server_extension", "routes"]


def routes(base_url: str) -> list[tuple[str, type[MvtHandler]]]:
    """Return every route of this extension below the server's base URL."""
    return [(url_path_join(base_url, "jupyter-mvt", "api", "version"), VersionHandler)]


def load_jupyter_server_extension(server: ServerApp) -> None:
    """Add the routes to a starting server."""
    server.web_app.add_handlers(".*$", routes(server.base_url))
