"""``python -m jupyter_mvt.api.again …``: what `reproduce` starts, a session for what cells keep."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells import CellLog
from jupyter_mvt.capture.rerun.__main__ import main

__all__: list[str] = []


if __name__ == "__main__":
    # Cells open their repository, record into it and restore from it: that is a mirror, too.
    trust = sys.argv.pop()
    attach(Kernel(
        namespace={}, cells=CellLog(), interactive=False,
        identity=Identity(actor="reproduce", tool="jupyter_mvt reproduce"),
        trust_folder=Path(trust) if trust else None,
    ))  # fmt: skip
    main()
