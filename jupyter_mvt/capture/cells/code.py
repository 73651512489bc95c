"""The code of a version: all runs, the lines that made each model, and what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_mvt.capture.cells.log import code_text
from jupyter_mvt.capture.chance import written
from jupyter_mvt.capture.secrets import redact_text
from jupyter_mvt.capture.watch import root_of
from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.commit import Note

if TYPE_CHECKING:
    from jupyter_mvt.capture.cells.log import CellLog
    from jupyter_mvt.capture.cells.notebook import Notebook

__all__ = ["take_code"]

_MOST_CELLS = 6


def take_code(
    log: CellLog | None, models: tuple[str, ...], upto: int | None, notebook: Notebook | None
) -> tuple[tuple[CellRun, ...], str, tuple[Note, ...]]:
    """Return all runs, the id of the code that made `models`, and notes.

    Parameters
    ----------
    log
        What ran.
    models
        Names of the models, as they are committed.
    upto
        Number of the run that changed them last, where that is known.
    notebook
        The notebook as it was saved, where that is known.
    """
    if log is None or not log.current:
        text = "no cell was seen, so the code that made the model is not part of this version"
        return (), "", (Note(kind="skipped", about="code", text=text),)
    notes = []
    if log.disabled:
        text = "the cell log had stopped after errors of its own"
        notes.append(Note(kind="partial", about="code", text=text))
    roots = {name: root_of(name) for name in models}
    until = {name: _until(log, root, upto) for name, root in roots.items()}
    made = {name: log.made((root,), until[name]) for name, root in roots.items()}
    last = max((order for order in until.values() if order is not None), default=None)
    identity = log.code_identity(last, tuple(dict.fromkeys(roots.values())))
    for name, found in made.items():
        odd = _oddities(log, found, notebook)
        notes += [Note(kind="warning", about=name, text=text) for text in odd]
    runs, hidden = _runs(log, made)
    if hidden:
        words = f"{hidden} secret-like text(s) in cells were not stored"
        notes.append(Note(kind="redacted", about="code", text=words))
    return runs, identity, tuple(notes)


def _until(log: CellLog, root: str, upto: int | None) -> int | None:
    """Return the run that gave a model its name, where that is a later one than changed it."""
    if upto is None:
        return None
    return max([upto, *(entry.order for entry in log.entries() if root in entry.rebound)])


def _runs(
    log: CellLog, made: Mapping[str, Mapping[int, tuple[tuple[int, int], ...]]]
) -> tuple[tuple[CellRun, ...], int]:
    starts = {min(found) for found in made.values() if found}
    runs, hidden = [], 0
    for run in log.runs():
        text, count = redact_text(run.source)
        hidden += count
        own = {name: found[run.order] for name, found in made.items() if run.order in found}
        entry = log.entry(run.order)
        rng: tuple[tuple[str, bytes], ...] = ()
        if own and (entry.drew or run.order in starts):
            rng = tuple((name, written(name, state)) for name, state in entry.chance.items())
        runs.append(replace(run, source=text, made=own, rng=rng))
    return tuple(runs), hidden


def _oddities(
    log: CellLog, made: Mapping[int, tuple[tuple[int, int], ...]], notebook: Notebook | None
) -> list[str]:
    """Return in words why running the notebook from top to bottom may give another model."""
    entries = [log.entry(order) for order in made]
    said = []
    deleted, edited = [], []
    for entry in entries:
        if not entry.cell_id:
            continue  # this front end gives cells no ids
        newest = _newest(log, entry.cell_id, notebook, entry.ended_us)
        if newest is None:
            deleted.append(entry.order)
        elif code_text(newest) != code_text(entry.source):
            edited.append(entry.order)
    if deleted:
        said.append(f"depends on {_cells(deleted)}, deleted from the notebook since; "
                    "this version keeps the text")  # fmt: skip
    if edited:
        said.append(f"depends on {_cells(edited)}, edited since; this version keeps the text "
                    "that was run")  # fmt: skip
    failed = [entry.order for entry in entries if not entry.ok]
    if failed:
        said.append(f"depends on {_cells(failed)}, which did not run to the end")
    return said + _disorder(log, [(entry.order, entry.cell_id) for entry in entries], notebook)


def _newest(log: CellLog, cell_id: str, notebook: Notebook | None, ended_us: int) -> str | None:
    """Return the text that a cell has now, as far as is known; ``None`` if it is gone."""
    if notebook is not None and 0 < ended_us < notebook.saved_us:
        return notebook.cells.get(cell_id)
    return next(entry.source for entry in reversed(log.entries()) if entry.cell_id == cell_id)


def _disorder(log: CellLog, slice_: list[tuple[int, str]], notebook: Notebook | None) -> list[str]:
    places = {} if notebook is None else {key: i for i, key in enumerate(notebook.cells)}
    for entry in log.entries():
        if entry.cell_id:
            places.setdefault(entry.cell_id, len(places))
    known = [(order, places[key]) for order, key in slice_ if key in places]
    said = []
    late = [(before, after) for (before, one), (after, other) in pairwise(known) if other < one]
    if late:
        before, after = late[0]
        said.append(f"was made out of order: cell [{after}] stands above cell [{before}] and "
                    "ran after it")  # fmt: skip
    keys = [key for _, key in slice_]
    again = [order for i, (order, key) in enumerate(slice_) if key and key in keys[:i]]
    if again and not late:
        said.append(f"needs {_cells(again)} run a second time")
    return said


def _cells(orders: list[int]) -> str:
    shown = ", ".join(f"[{order}]" for order in orders[:_MOST_CELLS])
    more = len(orders) - _MOST_CELLS
    word = "cell" if len(orders) == 1 else "cells"
    return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")
