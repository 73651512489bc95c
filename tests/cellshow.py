"""A session whose one cell has shown something, without IPython."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.kernel import Identity, Kernel, attach
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.cells.outputs import OutputLog

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def shown(source: str, *bundles: dict[str, Any]) -> Iterator[None]:
    """Attach a session in which the cell `source` has shown MIME bundles."""
    cells = CellLog()
    outputs = OutputLog(cells)
    attach(Kernel(namespace={}, cells=cells, interactive=False, outputs=outputs,
                  identity=Identity(actor="ana", tool="test")))  # fmt: skip
    try:
        info = SimpleNamespace(raw_cell=source, cell_id="a", silent=False)
        cells.before_cell(info, {})
        outputs.before_cell()
        for bundle in bundles:
            outputs.show(bundle, {})
        cells.after_cell(SimpleNamespace(info=info, success=True), {})
        yield
    finally:
        attach(None)
