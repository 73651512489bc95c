"""Who asks at a command line, and which repository is meant."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt._version import __version__
from jupyter_mvt.api import places
from jupyter_mvt.api.kernel import Identity, Kernel, account
from jupyter_mvt.errors import UNTOUCHED, if_interrupted
from jupyter_mvt.objects.progress import SILENT, Progress

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.store.backend import Durability

__all__ = ["ShellDesk"]


class ShellDesk:
    """The repository at or above the working directory; no live session."""

    def __init__(self, folder: Path, kernel: Kernel | None = None) -> None:
        self._folder = folder
        self.kernel = kernel

    def repo(self) -> Repo:
        """Return the repository at hand; `RepositoryError` when there is none."""
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.discover import open_

            progress = _progress()
        return open_(self._folder, identity=_who(), own_head=False,
                     trust_folder=_trust_folder(), progress=progress)  # fmt: skip

    def init(self, path: str, durability: Durability = "full") -> Any:
        """Make a repository in folder `path`."""
        with if_interrupted(UNTOUCHED):
            from jupyter_mvt.api.discover import initialise
        return initialise(self._folder / path, durability=durability)


def _progress() -> Progress:
    """Return what is shown on a terminal while work takes long; elsewhere nothing is."""
    if sys.stderr is None or not sys.stderr.isatty():
        return SILENT
    from jupyter_mvt.views.progress import Meter, Terminal

    return Meter(Terminal(sys.stderr))


def _who() -> Identity:
    """Return the person that the command line acts for."""
    name = os.environ.get("MVT_AUTHOR") or os.environ.get("GIT_AUTHOR_NAME") or account()
    return Identity(actor=name[:200], tool=f"jupyter_mvt {__version__} cli")


def _trust_folder() -> Path | None:
    try:
        return places.trust_folder(os.environ, Path.home(), sys.platform)
    except RuntimeError:
        return None  # an account without a home folder
