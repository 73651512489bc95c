"""The cell log: what ran, in which order, and what it did to names and models.

Two events feed it, before and after a cell; who raises them (IPython) is not known here.
Nothing large is looked at: ids of names and tokens of models only. Syntax is read when asked.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from operator import ne
from time import perf_counter
from types import FunctionType
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.cells.observe import Compared, compared, failed_line, kinds_of, prints_of
from jupyter_mvt.capture.chance import drew, states
from jupyter_mvt.capture.closures import sources_from
from jupyter_mvt.capture.slices.lines import OUR_MAGIC, OUR_QUERY
from jupyter_mvt.capture.slices.refits import refittable
from jupyter_mvt.capture.slices.runs import Run
from jupyter_mvt.capture.slices.slicing import made_by, spans
from jupyter_mvt.capture.slices.syntax import EMPTY, CellSyntax, analyse
from jupyter_mvt.capture.watch import ModelWatch
from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.clock import Clock
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyter_mvt.capture.adapter import Sources
    from jupyter_mvt.capture.slices.training import Training

__all__ = ["CellLog", "code_text", "is_bookkeeping", "sources_of"]

_MAX_FAILURES = 3
_MAX_NESTED = 32
_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display"}
_OWN_LINE = re.compile(
    rf"^\s*%{{1,2}}{OUR_MAGIC}.*$|^\s*%(?:re)?load_ext\s+jupyter_mvt\s*$", re.MULTILINE
)
_DEFINED = (type, FunctionType)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


@lru_cache(maxsize=4096)
def code_text(source: str) -> str:
    """Return a cell's text as far as it makes models: without our own magics and blank ends."""
    if OUR_QUERY.match(source):
        return ""
    lines = (line.rstrip() for line in _OWN_LINE.sub("", source).split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=4096)
def is_bookkeeping(source: str) -> bool:
    """Tell whether a cell holds nothing but our own magics and comments."""
    return not _COMMENT.sub("", code_text(source)).strip()


@dataclass(slots=True)
class _Entry:
    """A run on its way through the two events."""

    source: str
    cell_id: str
    info: object
    started: float
    ids: dict[str, int]
    order: int = 0
    seconds: float = 0.0
    ok: bool = True
    rebound: frozenset[str] = frozenset()
    defined: Mapping[str, int] = field(default_factory=dict)
    failed_at: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    prints: Mapping[str, tuple[int, bytes]] = field(default_factory=dict)
    seen: Compared = field(default_factory=Compared)
    touched: frozenset[str] = frozenset()
    chance: Mapping[str, Any] = field(default_factory=dict)
    drew: bool = True
    afresh: frozenset[str] = frozenset()
    ended_us: int = 0


@dataclass(slots=True)
class CellLog:
    """The runs of one kernel session.

    Attributes
    ----------
    watch
        When each model changed last.
    """

    watch: ModelWatch = field(default_factory=ModelWatch)
    _done: list[_Entry] = field(default_factory=list)
    _running: list[_Entry] = field(default_factory=list)
    _syntax: dict[str, CellSyntax] = field(default_factory=dict)
    _trainers: dict[str, tuple[int, str]] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _chance: Mapping[str, Any] = field(default_factory=dict)
    _given: dict[str, str] = field(default_factory=dict)
    _clock: Clock = field(default_factory=Clock)
    _failures: int = 0

    # --- events -------------------------------------------------------------------------

    def before_cell(self, info: Any, namespace: Mapping[str, Any]) -> str | None:
        """Note that a cell starts. Never raises; returns a line to show once, when it gives up.

        Parameters
        ----------
        info
            Has ``raw_cell``; ``cell_id`` and ``silent`` where known.
        namespace
            The user's names.
        """
        return self._guarded(self._before, info, namespace)

    def after_cell(self, result: Any, namespace: Mapping[str, Any]) -> str | None:
        """Note that a cell ended. Never raises; returns a line to show once, when it gives up.

        Parameters
        ----------
        result
            Has ``info`` (as given before) and ``success``.
        namespace
            The user's names.
        """
        return self._guarded(self._after, result, namespace)

    @property
    def disabled(self) -> bool:
        """Whether it gave up after its own failures."""
        return self._failures >= _MAX_FAILURES

    def _guarded(self, event: Any, subject: Any, namespace: Mapping[str, Any]) -> str | None:
        if self.disabled:
            return None
        try:
            event(subject, namespace)
        except Exception as error:
            # The kernel must not suffer from our bookkeeping; the third failure is told.
            self._failures += 1
            if self._failures >= _MAX_FAILURES:
                return f"mvt: the cell log stopped after {_MAX_FAILURES} own errors ({error!r})."
        return None

    def _before(self, info: Any, namespace: Mapping[str, Any]) -> None:
        if getattr(info, "silent", False):
            return
        ids = _ids(namespace)
        if not self._kinds and not self._done:
            self._kinds = kinds_of(ids, namespace)
            self._given = dict(self._kinds)
        source = str(getattr(info, "raw_cell", None) or "")
        for outer in self._running:
            outer.prints = {}  # they count as run after the one that starts now
        entry = _Entry(
            source=source,
            cell_id=str(getattr(info, "cell_id", None) or ""),
            info=info,
            started=perf_counter(),
            ids=ids,
            prints=prints_of(source, namespace, self._kinds),
            chance=states(self._chance),
        )
        self._running = [*self._running[-_MAX_NESTED:], entry]

    def _after(self, result: Any, namespace: Mapping[str, Any]) -> None:
        now = perf_counter()
        info = getattr(result, "info", None)
        if getattr(info, "silent", False):
            return
        entry = self._take(info)
        if not entry.source.strip():
            return
        entry.info = None
        entry.order = len(self._done) + 1
        entry.seconds = round(now - entry.started, 6) if entry.ids else 0.0
        entry.ok = bool(getattr(result, "success", True))
        entry.failed_at = 0 if entry.ok else failed_line(result, entry.source, namespace)
        entry.ended_us = self._clock.now_us()
        ids = _ids(namespace)
        if entry.ids:
            source = entry.source.lower()
            entry.rebound = _rebound(entry.ids, ids)
            entry.kinds = kinds_of(entry.rebound, namespace)
            entry.defined = {name: ids[name] for name in entry.rebound
                             if isinstance(namespace.get(name), _DEFINED)}  # fmt: skip
            self._kinds.update(entry.kinds)
            entry.afresh = refittable(entry.source, namespace)
            entry.seen = compared(entry.prints, namespace, entry.ids)
            self._chance = states(entry.chance)
            # Run a second time, a cell that seeds ends where it began, and has drawn all the same.
            entry.drew = "seed" in source or drew(entry.chance, self._chance)
        entry.ids = {}
        self._done.append(entry)
        entry.touched = self.watch.look(namespace, entry.order)

    def _take(self, info: Any) -> _Entry:
        for i in range(len(self._running) - 1, -1, -1):
            if self._running[i].info is info:
                entry = self._running[i]
                del self._running[i:]
                return entry
        return _Entry(
            source=str(getattr(info, "raw_cell", None) or ""),
            cell_id=str(getattr(info, "cell_id", None) or ""),
            info=info,
            started=perf_counter(),
            ids={},
        )

    # --- questions ----------------------------------------------------------------------

    def entries(self) -> list[_Entry]:
        """Return all runs in order, the one in progress last unless it is only bookkeeping."""
        now = perf_counter()
        done = list(self._done)
        for entry in self._running:
            if entry.source.strip() and not is_bookkeeping(entry.source):
                entry.order = len(done) + 1
                entry.seconds = round(now - entry.started, 6)
                done.append(entry)
        return done

    @property
    def running(self) -> tuple[_Entry, ...]:
        """The runs in progress, each started by the one before it."""
        return tuple(self._running)

    @property
    def current(self) -> int:
        """Order of the newest run, 0 when nothing ran."""
        return len(self.entries())

    def runs(self) -> tuple[CellRun, ...]:
        """Return all runs with what they read and wrote; builtins only where they were rebound."""
        entries = self.entries()
        facts = [self.syntax(entry) for entry in entries]
        known = {name for entry, fact in zip(entries, facts, strict=True)
                 for name in (*fact.binds, *entry.rebound)}  # fmt: skip
        plain = _BUILTINS - known
        return tuple(
            CellRun(
                order=entry.order,
                source=entry.source,
                cell_id=entry.cell_id,
                seconds=entry.seconds,
                ok=entry.ok,
                reads=tuple(sorted(fact.reads - plain)),
                writes=tuple(sorted((fact.writes | entry.rebound) - plain)),
                failed_at=max(entry.failed_at, 0),
            )
            for entry, fact in zip(entries, facts, strict=True)
        )

    def syntax(self, entry: _Entry) -> CellSyntax:
        """Return the facts of a run's text."""
        if is_bookkeeping(entry.source):
            return EMPTY
        found = self._syntax.get(entry.source)
        if found is None:
            found = self._syntax[entry.source] = analyse(entry.source, self._trainers)
            self._trainers.update(found.trainers)
        return found

    def definition(self, name: str, upto: int | None = None) -> str | None:
        """Return the text of the statement that bound `name` last, ``None`` when no cell did.

        A failed cell counts only where the name was seen to be rebound by it; runs after the
        number `upto` do not count.
        """
        for entry in reversed(self.entries()[:upto]):
            text = self.syntax(entry).definitions.get(name)
            if text is not None and (entry.ok or name in entry.rebound):
                return text
        return None

    def last_training(self, name: str | None = None) -> tuple[int, Training] | None:
        """Return the newest training statement (of `name`), with the order of its cell."""
        found = self.trainings()
        return next((item for item in reversed(found) if name in (None, *item[1].receivers)), None)

    def trainings(self) -> list[tuple[int, Training]]:
        """Return all training statements of runs that did not fail, oldest first."""
        # In order, so that functions that train are known before they are called.
        return [
            (entry.order, training)
            for entry in self.entries()
            for training in self.syntax(entry).trained
            if entry.ok
        ]

    def last_write(self, name: str) -> int:
        """Return the order of the run that wrote `name` last, 0 when none did."""
        for entry in reversed(self.entries()):
            if name in entry.rebound or (entry.ok and name in self.syntax(entry).binds):
                return entry.order
        return 0

    def code_identity(self, upto: int | None = None, names: tuple[str, ...] = ()) -> str:
        """Return an id over the texts that made `names` by run number `upto`.

        Parameters
        ----------
        upto
            Later runs do not count; all count when ``None``.
        names
            The models. Statements that none of them depends on do not count; without names all
            do.
        """
        if names:
            made = self.made(names, upto)
            texts = [lines_of(self.entry(order).source, found) for order, found in made.items()]
        else:
            entries = [e for e in self.entries() if upto is None or e.order <= upto]
            texts = [code_text(e.source) for e in entries if not is_bookkeeping(e.source)]
        return digest(encode(texts)) if texts else ""

    def made(
        self, names: tuple[str, ...], upto: int | None = None
    ) -> dict[int, tuple[tuple[int, int], ...]]:
        """Return which lines made the values of `names`: number of the run → first and last ones.

        Parameters
        ----------
        names
            The models.
        upto
            Number of the run that changed them last, where that is known.
        """
        entries = [e for e in self.entries() if upto is None or e.order <= upto]
        runs = [self._run(entry, names, upto) for entry in entries]
        found = made_by(runs, names, self._given)
        return {entries[i].order: spans(units) for i, units in found.items()}

    def entry(self, order: int) -> _Entry:
        """Return the run of that number."""
        return self.entries()[order - 1]

    def _run(self, entry: _Entry, names: tuple[str, ...], upto: int | None) -> Run:
        certain = frozenset(names) if entry.order == upto else frozenset()
        return Run(
            units=self.syntax(entry).units,
            rebound=entry.rebound,
            ok=entry.ok,
            failed_at=entry.failed_at,
            kinds=entry.kinds,
            before=entry.prints,
            after=entry.seen.after,
            unchanged=entry.seen.unchanged,
            changed=entry.seen.changed,
            touched=entry.touched | certain,
            drew=entry.drew,
            afresh=entry.afresh,
        )


def sources_of(log: CellLog, namespace: Mapping[str, Any]) -> Sources:
    """Return how adapters find the text of what was defined in the cells of `log`."""

    def earlier(name: str, obj: object) -> Callable[[str], str | None] | None:
        # Who is alive keeps its id; what had it earlier was bound by an earlier run.
        found = (e.order for e in log.entries() if e.defined.get(name) == id(obj))
        made = max(found, default=0)
        return (lambda needed: log.definition(needed, made)) if made else None

    return sources_from(log.definition, namespace, earlier)


def lines_of(source: str, found: Iterable[tuple[int, int]]) -> str:
    """Return lines of a cell, as far as they make models; see `code_text`."""
    lines = source.split("\n")
    return code_text("\n".join("\n".join(lines[a - 1 : b]) for a, b in found))


def _ids(namespace: Mapping[str, Any]) -> dict[str, int]:
    # Without a loop of Python's own: this runs around every cell, over every name.
    there = dict(namespace)
    return dict(zip(there, map(id, there.values()), strict=True))


def _rebound(before: Mapping[str, int], after: Mapping[str, int]) -> frozenset[str]:
    differs = compress(after, map(ne, after.values(), map(before.get, after)))
    return frozenset(name for name in differs if name[:1] != "_")
