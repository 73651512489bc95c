"""What cells show while they run, held until a version takes it.

Who displays (IPython) is not known here: events say that a cell starts and ends, that something
was shown, and that the output was cleared. Nothing is decoded or parsed before a commit.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mvt.objects.output import FIGURES, MOST_OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.cells.log import CellLog

__all__ = ["MARK", "MOST_BYTES", "OutputLog", "Shown"]

MARK = "jupyter_mvt"
"""Metadata under this name tell that an output is ours, and no output of the user's."""

MOST_BYTES = 1_000_000
"""Of one figure."""

_MOST_HTML = 2_000_000
"""Characters of HTML that are looked at: what follows is cut off."""

_OWN = "application/vnd.jupyter-mvt"
_TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_MOST_FAILURES = 3


class Ran(Protocol):
    """A run of a cell, as the cell log keeps it."""

    order: int
    cell_id: str
    source: str
    ok: bool


@dataclass(slots=True)
class Shown:
    """One display of a cell: `body` is the figure or the HTML as it came, ``None`` if too large.

    `cell` stands for the cell, however often it runs; `display_id` names what may be replaced.
    """

    run: Ran
    cell: str
    mime: str
    body: str | bytes | None
    display_id: str = ""
    cut: bool = False


@dataclass(slots=True)
class OutputLog:
    """What was shown since the last version, the newest `MOST_OUTPUTS` of it.

    Attributes
    ----------
    cells
        Which cell runs.
    crowded
        Cell → how many of its outputs gave way to newer ones.
    """

    cells: CellLog
    crowded: Counter[str] = field(default_factory=Counter)
    _shown: list[Shown] = field(default_factory=list)
    _clearing: str = ""
    _failures: int = 0
    _told: bool = False

    # --- events: none of them raises ----------------------------------------------------

    def before_cell(self) -> None:
        """Forget what the cell that starts now had shown when it ran before."""
        self._guarded(self._before)

    def after_cell(self) -> str | None:
        """Forget what a failed cell showed; returns a line to say once, after own failures."""
        self._guarded(self._after)
        if self._failures < _MOST_FAILURES or self._told:
            return None
        self._told = True
        return f"mvt: outputs are no longer kept after {_MOST_FAILURES} own errors."

    def show(
        self, data: Mapping[str, Any], metadata: Mapping[str, Any], display_id: str = "",
        *, update: bool = False,
    ) -> None:  # fmt: skip
        """Note what a cell shows; `update` puts it in the place of what has the same id."""
        self._guarded(lambda: self._show(data, metadata, display_id, update))

    def clear(self, *, wait: bool = False) -> None:
        """Forget what the running cell has shown, with `wait` when it shows something else."""
        self._guarded(lambda: self._clear(wait))

    def _guarded(self, event: Callable[[], None]) -> None:
        if self._failures >= _MOST_FAILURES:
            return
        try:
            event()
        except Exception:
            # A display is the user's: whatever is wrong here must not reach it.
            self._failures += 1
            self._shown = []

    def _before(self) -> None:
        self._clearing = ""
        running = self.cells.running
        # A cell that is run by another one goes on with that one's output.
        if running and (running[-1].cell_id or not _cell_id(running)):
            self._drop(_key(running))

    def _after(self) -> None:
        self._shown = [one for one in self._shown if one.run.ok]

    def _show(
        self, data: Mapping[str, Any], metadata: Mapping[str, Any], display_id: str, update: bool
    ) -> None:
        running = self.cells.running
        if not running:
            return
        key = _key(running)
        if self._clearing == key:
            self._drop(key)
        self._clearing = ""
        found = None if _is_own(data, metadata) else _worth(data)
        if update:
            known = [one for one in self._shown if one.display_id == display_id]
            for one in known:
                self._replace(one, found)
            if known:
                return
        if found is None:
            return
        mime, body, cut = found
        self._shown.append(Shown(running[-1], key, mime, body, display_id, cut))
        if len(self._shown) > MOST_OUTPUTS:
            self.crowded[self._shown.pop(0).cell] += 1

    def _replace(self, one: Shown, found: tuple[str, str | bytes | None, bool] | None) -> None:
        if found is None:
            self._shown.remove(one)
        else:
            one.mime, one.body, one.cut = found

    def _clear(self, wait: bool) -> None:
        running = self.cells.running
        if not running:
            return
        self._clearing = _key(running)
        if not wait:
            self._drop(self._clearing)
            self._clearing = ""

    def _drop(self, cell: str) -> None:
        self._shown = [one for one in self._shown if one.cell != cell]
        del self.crowded[cell]

    # --- questions ----------------------------------------------------------------------

    def pending(self) -> tuple[Shown, ...]:
        """Return what the next version takes, in the order in which it was shown."""
        return tuple(self._shown)

    def forget(self) -> None:
        """Forget everything: a version holds it now."""
        self._shown = []
        self.crowded.clear()


def _cell_id(running: tuple[Ran, ...]) -> str:
    return next((run.cell_id for run in reversed(running) if run.cell_id), "")


def _key(running: tuple[Ran, ...]) -> str:
    # Without an id, as in a console, the same text is the same cell.
    return _cell_id(running) or running[-1].source


def _is_own(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    return MARK in metadata or any(str(mime).startswith(_OWN) for mime in data)


def _worth(data: Mapping[str, Any]) -> tuple[str, str | bytes | None, bool] | None:
    """Return what of a display is kept: MIME type, bytes or text, whether that was cut."""
    figures = [(mime, data[mime]) for mime in FIGURES if isinstance(data.get(mime), (str, bytes))]
    for mime, body in figures:
        if _size(mime, body) <= MOST_BYTES:
            return mime, body, False
    if figures:
        return figures[0][0], None, False
    html = data.get("text/html")
    if isinstance(html, str) and _TABLE.search(html, 0, _MOST_HTML):
        return "text/html", html[:_MOST_HTML], len(html) > _MOST_HTML
    return None


def _size(mime: str, body: str | bytes) -> int:
    """Return about how many bytes a figure has: as text it is base64, unless it is SVG."""
    is_coded = isinstance(body, str) and mime != "image/svg+xml"
    return len(body) * 3 // 4 - 2 if is_coded else len(body)
