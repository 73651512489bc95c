"""``python -m tests.capture.slices.soundness.running [heavy]``: cells and slices, each in a fork.

What a case does to libraries, to modules or to the process is gone with it. A line of JSON asks
(see `answer`) and is answered by one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

LIGHT = ("IPython.core.interactiveshell", "decimal", "numpy", "pandas", "unittest.mock",
         "jupyter_mvt.capture.rerun.running", "tests.capture.conftest")  # fmt: skip
HEAVY = ("lightgbm", "matplotlib.pyplot", "sklearn.ensemble", "sklearn.linear_model",
         "sklearn.metrics", "sklearn.model_selection", "sklearn.preprocessing",
         "statsmodels.formula.api", "torch")  # fmt: skip
"""What only some cases need: the less a process holds, the faster it is forked."""


def main() -> None:
    """Answer until there are no more questions."""
    os.environ.update(MPLBACKEND="agg", OMP_NUM_THREADS="1")
    for name in (*LIGHT, *(HEAVY if "heavy" in sys.argv else ())):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    _first(["y = [1]"], 1.0)  # so that all is loaded that any case needs
    gc.collect()
    gc.freeze()  # or each fork would copy all of it to look for garbage
    for line in sys.stdin:
        print(_forked(json.loads(line)), flush=True)


def _forked(question: dict[str, Any]) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        try:
            found = answer(**question)
        except BaseException as error:  # SystemExit and pytest's Skipped, too
            found = {"error": f"{type(error).__name__}: {error}"}
        with os.fdopen(writer, "w") as pipe:
            json.dump(found, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or json.dumps({"error": "died"})


def answer(folder: str, files: dict[str, str], cells: list[str] | None = None,
           pieces: list[Any] | None = None, looks: float = 0.0) -> dict[str, Any]:  # fmt: skip
    """Run cells, or pieces of them, and tell what ``y`` is then.

    Parameters
    ----------
    folder, files
        Where, and what lies there before.
    cells
        Those of a notebook; the answer has the pieces that its slice is made of, too.
    pieces
        Such ones; only they are run, in an empty namespace.
    looks
        Seconds of work for which values are looked at around each cell.
    """
    for name, text in files.items():
        (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_text(text)
    os.chdir(folder)
    sys.path.insert(0, "")
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    return _again(pieces) if cells is None else _first(cells, looks)


def _given() -> dict[str, Any]:
    """Return names that cells need not import."""
    import numpy as np
    import pandas as pd
    import pytest

    return {"np": np, "pd": pd, "pytest": pytest, "Path": Path}


def _first(cells: list[str], looks: float) -> dict[str, Any]:
    from jupyter_mvt.capture.cells import observe
    from jupyter_mvt.capture.chance import written

    observe._SECONDS = looks
    log, names = _with_magics(cells) if any(map(_is_for_ipython, cells)) else _plainly(cells)
    pieces = []
    for order, spans in log.made(("y",)).items():
        entry = log.entry(order)
        states = {name: written(name, state).hex() for name, state in entry.chance.items()}
        pieces.append((order, entry.source, spans, states))
    return {"y": repr(names["y"]), "pieces": pieces}


def _is_for_ipython(cell: str) -> bool:
    magic = re.search(r"^\s*(?:\w+\s*=\s*)?%", cell, re.MULTILINE)
    return "get_ipython" in cell or "__future__" in cell or magic is not None


def _plainly(cells: list[str]) -> tuple[Any, dict[str, Any]]:
    from tests.capture.conftest import Kernel

    kernel = Kernel(**_given(), __name__="__main__")
    sys.modules["__main__"].__dict__.update(kernel.namespace)
    kernel.namespace = sys.modules["__main__"].__dict__
    for cell in cells:
        importlib.invalidate_caches()
        kernel.run(cell)
    return kernel.log, kernel.namespace


def _with_magics(cells: list[str]) -> tuple[Any, dict[str, Any]]:
    from types import SimpleNamespace

    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from jupyter_mvt.capture.cells.log import CellLog

    # A history would be a database, which takes most of the time that a shell takes to begin.
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    shell.user_ns.update(_given())
    log = CellLog()
    for cell in cells:
        importlib.invalidate_caches()
        info = SimpleNamespace(raw_cell=cell, silent=False, cell_id=None)
        assert log.before_cell(info, shell.user_ns) is None
        result = shell.run_cell(cell, store_history=True)
        error = result.error_in_exec or result.error_before_exec
        if error is not None:
            raise error
        ended = SimpleNamespace(info=info, success=True, error_in_exec=None)
        assert log.after_cell(ended, shell.user_ns) is None
    return log, shell.user_ns


def _again(pieces: list[Any] | None) -> dict[str, Any]:
    from jupyter_mvt.capture.chance import put_back
    from jupyter_mvt.capture.rerun.plan import Piece
    from jupyter_mvt.capture.rerun.running import Session

    session = Session()
    session.namespace.update(_given())
    for order, source, spans, states in pieces or ():
        for name, state in states.items():
            put_back(name, bytes.fromhex(state))
        session.run(Piece(order=order, source=source, spans=tuple(map(tuple, spans))))
    return {"y": repr(session.namespace["y"])}


if __name__ == "__main__":
    main()
