"""Git for ML models, inside the notebook.

Everything is imported on first use, so that ``import jupyter_mvt`` costs next to nothing and a
Jupyter server that loads the extension imports no data library.
"""

from __future__ import annotations

from jupyter_mvt._version import __version__

# typing alone would be nine tenths of the cost of importing this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyter_mvt.api.checkout import Checkout
    from jupyter_mvt.api.discover import init
    from jupyter_mvt.api.discover import open_ as open
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.api.results import CommitResult, Status
    from jupyter_mvt.api.version import Version
    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.errors import MvtError

__all__ = [
    "Checkout",
    "CommitResult",
    "Diff",
    "MvtError",
    "Repo",
    "Status",
    "Version",
    "__version__",
    "init",
    "open",
]

_HOMES = {
    "Checkout": "jupyter_mvt.api.checkout:Checkout",
    "CommitResult": "jupyter_mvt.api.results:CommitResult",
    "Diff": "jupyter_mvt.compare.diff:Diff",
    "MvtError": "jupyter_mvt.errors:MvtError",
    "Repo": "jupyter_mvt.api.repo:Repo",
    "Status": "jupyter_mvt.api.results:Status",
    "Version": "jupyter_mvt.api.version:Version",
    "init": "jupyter_mvt.api.discover:init",
    "open": "jupyter_mvt.api.discover:open_",
    "load_ipython_extension": "jupyter_mvt.magics.extension:load_ipython_extension",
    "unload_ipython_extension": "jupyter_mvt.magics.extension:unload_ipython_extension",
    "_load_jupyter_server_extension": "jupyter_mvt.server.extension:load_jupyter_server_extension",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'jupyter_mvt' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    module, _, attribute = home.partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-mvt"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_mvt"}]
