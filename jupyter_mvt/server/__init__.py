"""The Jupyter Server extension: a read-only window on repositories that needs no kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

__all__ = ["routes"]


def routes(base_url: str) -> list[tuple[str, type]]:
    """Return every route of this extension below the server's base URL."""
    from jupyter_server.utils import url_path_join

    from jupyter_mvt.server.version import VersionHandler

    return [(url_path_join(base_url, "jupyter-mvt", "api", "version"), VersionHandler)]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    # The name by which jupyter_server finds the entry of an extension.
    server.web_app.add_handlers(".*$", routes(server.base_url))
