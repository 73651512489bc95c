"""Where jupyter_server finds this package, and which addresses it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from jupyter_mvt.server.figures import FigureHandler
from jupyter_mvt.server.reading import READERS, RepositoriesHandler, ViewHandler
from jupyter_mvt.server.version import VersionHandler
from jupyter_mvt.server.writing import LONG, WRITERS, ActionHandler, JobHandler, StopHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from jupyter_mvt.server.handler import MvtHandler

__all__ = ["load_jupyter_server_extension", "routes"]

_KEY = "([0-9a-f]{16})"
_JOB = "([0-9a-f]{32})"


def routes(base_url: str) -> list[tuple[str, type[MvtHandler]]]:
    """Return every route of this extension below the server's base URL."""
    one = f"repositories/{_KEY}"
    found: list[tuple[str, type[MvtHandler]]] = [
        ("version", VersionHandler),
        ("repositories", RepositoriesHandler),
        (f"{one}/({'|'.join(READERS)})", ViewHandler),
        (f"{one}/output", FigureHandler),
        (f"{one}/({'|'.join([*WRITERS, *LONG])})", ActionHandler),
        (f"jobs/{_JOB}", JobHandler),
        (f"jobs/{_JOB}/stop", StopHandler),
    ]
    return [(url_path_join(base_url, "jupyter-mvt", "api", end), made) for end, made in found]


def load_jupyter_server_extension(server: ServerApp) -> None:
    """Add the routes to a starting server."""
    server.web_app.add_handlers(".*$", routes(server.base_url))
