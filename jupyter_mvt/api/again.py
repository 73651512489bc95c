"""``python -m jupyter_mvt.api.again …``: what `reproduce` starts, a session for what cells keep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupyter_mvt
from jupyter_mvt.api.discover import FOLDER, init, open_
from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.rerun.__main__ import main

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo

__all__: list[str] = []


def _there(path: str | Path = ".", **options: Any) -> Repo:
    """Open the repository that a cell made then; make it where none is mirrored."""
    return open_(path) if (Path(path) / FOLDER).is_dir() else init(path, **options)


if __name__ == "__main__":
    # Cells open their repository, record into it and restore from it: that is a mirror, too.
    trust = sys.argv.pop()
    attach(Kernel(
        namespace={}, cells=CellLog(), interactive=False,
        identity=Identity(actor="reproduce", tool="jupyter_mvt reproduce"),
        trust_folder=Path(trust) if trust else None,
    ))  # fmt: skip
    jupyter_mvt.init = _there
    main()
