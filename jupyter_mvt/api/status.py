"""What would be committed now, and how it differs from HEAD: a commit that is only tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import UNSET

from jupyter_mvt.api.commit import Wish, known_rows, request
from jupyter_mvt.api.compare import side
from jupyter_mvt.api.results import Badge, Status, StatusRow
from jupyter_mvt.capture.snapshot import chosen, snapshot
from jupyter_mvt.compare.side import Side
from jupyter_mvt.compare.versions import compare
from jupyter_mvt.errors import AmbiguousError, CaptureError
from jupyter_mvt.history.handle import Handle, Session, branch_of, tip_of
from jupyter_mvt.history.naming import version_ref
from jupyter_mvt.objects.commit import Commit, Content, tree_id
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.settings import read_settings
from jupyter_mvt.objects.version import VersionRef
from jupyter_mvt.store import oplog
from jupyter_mvt.store.open import memory_store
from jupyter_mvt.store.rehearsal import Rehearsal
from jupyter_mvt.store.seen import seen_by
from jupyter_mvt.store.snapshot import write_snapshot

if TYPE_CHECKING:
    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.objects.manifest import Manifest
    from jupyter_mvt.objects.output import Output
    from jupyter_mvt.objects.view import View

__all__ = ["before", "status"]

_ASPECTS = ("metrics", "params", "data", "code", "environment")


def status(handle: Handle, kernel: Kernel | None) -> Status:
    """Return what `commit` would keep, part by part, beside HEAD.

    What a commit would raise is told as a `problem`. Without a live session only the place is
    told.
    """
    view = oplog.current(handle.store)
    tip = tip_of(handle, view)
    place = Status(
        repository=handle.name,
        branch=branch_of(handle, view),
        head=None if tip is None else version_ref(handle.store, view, tip),
        next_number=view.count + 1,
    )
    if kernel is None:
        return place
    outputs = read_settings(view).keep_outputs
    asked = replace(
        request(kernel, Wish(), known_rows(handle), outputs=outputs),
        progress=handle.store.progress,
        seen=seen_by(handle.store),
    )
    try:
        choice = chosen(asked)
        why = f"{choice.primary.name}: {choice.why}"
        taken = snapshot(asked)
    except (CaptureError, AmbiguousError) as error:
        return replace(place, problem=error.message, hint=error.hint or "")
    with Rehearsal(handle.store) as tried:
        content = write_snapshot(tried, taken)
        rows = _Rows(handle, view, tried, content).rows(tip)
        return replace(place, rows=rows, chosen=why, notes=taken.notes,
                       new_bytes=tried.receipt().new_bytes)  # fmt: skip


def before(kernel: Kernel) -> Status:
    """Return what the first `commit` of a session would keep, where there is no repository."""
    store = memory_store()
    store.progress = kernel.progress
    nowhere = Handle(store=store, session=Session("0"), actor="", tool="")
    return status(nowhere, kernel)


class _Reader:
    """The tried commit's objects, as comparisons read them."""

    def __init__(self, tried: Rehearsal) -> None:
        self.blob = tried.kept
        self.manifest = tried.manifest
        self.content = tried.content
        self.pieces = tried.pieces
        self.ahead = tried.ahead


@dataclass(frozen=True, slots=True)
class _Rows:
    """Turns the comparison of a tried commit with HEAD into rows."""

    handle: Handle
    view: View
    tried: Rehearsal
    content: Content

    def rows(self, tip: ObjectId | None) -> tuple[StatusRow, ...]:
        """Return one row a part, changed ones first."""
        if tip is None:
            found = self._all_new()
        else:
            base = side(self.handle, self.view, tip)
            found = [
                *self._models(base),
                *self._aspects(compare(base, self._side(), only=_ASPECTS)),
            ]
        found += self._outputs(any(row.badge != "equal" for row in found))
        return tuple(sorted(found, key=lambda row: row.badge == "equal"))

    def _outputs(self, is_new: bool) -> list[StatusRow]:
        """Return what cells have shown since HEAD, which by itself makes no version."""
        kept = self.content.outputs
        if kept is UNSET or not kept:
            return []
        if not is_new:
            return [_row("Outputs", f"{_counted(kept)}: kept with the next change", "equal")]
        return [StatusRow(badge="added", part="Outputs", text=_counted(kept),
                          nbytes=sum(one.nbytes for one in kept))]  # fmt: skip

    def _side(self) -> Side:
        ref = VersionRef(id=ObjectId("0" * 64), number=self.view.count + 1, message="",
                         branch="", author="", time_us=0)  # fmt: skip
        commit = Commit(parents=(), tree_id=tree_id(self.content), branch="", message="",
                        author="", time_us=0, content=self.content)  # fmt: skip
        return Side(ref=ref, commit=commit, objects=_Reader(self.tried))

    def _all_new(self) -> list[StatusRow]:
        content = self.content
        rows = [
            StatusRow(badge="added", part="Model", text=f"{m.var}: {m.cls.rpartition('.')[2]}",
                      nbytes=m.weights_bytes)
            for m in content.models
        ]  # fmt: skip
        rows.append(_row("Data", ", ".join(d.var for d in content.datasets)))
        rows.append(_row("Metrics", ", ".join(m.name for m in content.metrics)))
        count = sum(len(m.params) for m in content.models) + len(content.params)
        rows.append(_row("Params", str(count) if count else ""))
        rows.append(_row("Code", _cells(content.code.n_cells) if content.code.n_cells else ""))
        rows.append(_row("Environment", content.env_summary))
        return [row for row in rows if row.text]

    def _models(self, base: Side) -> list[StatusRow]:
        old = {model.var: model for model in base.commit.content.models}
        rows = []
        for model in self.content.models:
            short = model.cls.rpartition(".")[2]
            was = old.pop(model.var, None)
            if was is None:
                rows.append(StatusRow(badge="added", part="Model", text=f"{model.var}: {short}",
                                      nbytes=model.weights_bytes))  # fmt: skip
                continue
            before, after = base.objects.manifest(was.weights), self.tried.manifest(model.weights)
            changed, total, new = _arrays(before, after)
            equal = (
                was.weights_id == model.weights_id and was.state_identity == model.state_identity
            )
            text = f"{model.var}: {changed} of {total} arrays changed" if changed else model.var
            if not equal and not changed:
                text = f"{model.var}: structure or settings changed"
            rows.append(StatusRow(badge="equal" if equal else "changed", part="Model", text=text,
                                  nbytes=None if equal else new))  # fmt: skip
        rows += [StatusRow(badge="removed", part="Model", text=name) for name in old]
        return rows

    def _aspects(self, diff: Diff) -> list[StatusRow]:
        content = self.content
        rows: list[StatusRow] = []
        if diff.data is None:
            rows.append(_row("Data", ", ".join(d.var for d in content.datasets), "equal"))
        else:
            rows += [
                StatusRow(badge=c.presence, part="Data", text=f"{c.var}: {c.relation or 'changed'}")
                for c in diff.data.changes
            ]
        names = "" if diff.metrics is None else _some([c.name for c in diff.metrics.changes])
        rows.append(_row("Metrics", names, "changed") if names else
                    _row("Metrics", _some([m.name for m in content.metrics]), "equal"))  # fmt: skip
        if diff.params is not None:
            texts = [f"{c.name} {c.base!r} → {c.other!r}" for c in diff.params.changes]
            rows.append(_row("Params", _some(texts), "changed"))
        else:
            rows.append(_row("Params", "the same", "equal"))
        count = 0 if diff.code is None else len(diff.code.cells)
        rows.append(_row("Code", f"{_cells(count)} changed", "changed") if count else
                    _row("Code", _cells(content.code.n_cells), "equal"))  # fmt: skip
        moved = 0 if diff.environment is None else len(diff.environment.packages)
        differ = f"{_count(moved, 'package')} {'differs' if moved == 1 else 'differ'}"
        rows.append(_row("Environment", differ if moved else "changed",
                         "changed") if diff.environment is not None else
                    _row("Environment", content.env_summary, "equal"))  # fmt: skip
        return [row for row in rows if row.text]


def _row(part: str, text: str, badge: Badge = "added") -> StatusRow:
    return StatusRow(badge=badge, part=part, text=text)


def _arrays(before: Manifest, after: Manifest) -> tuple[int, int, int]:
    """Return how many entries differ, how many there are, and the bytes of those that differ."""
    old = {entry.path: entry.chunks for entry in before.entries}
    differ = [entry for entry in after.entries if old.get(entry.path) != entry.chunks]
    return len(differ), len(after.entries), sum(entry.nbytes for entry in differ)


def _some(texts: list[str], most: int = 4) -> str:
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def _cells(count: int) -> str:
    return _count(count, "cell")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _counted(kept: tuple[Output, ...]) -> str:
    kinds = Counter(output.kind for output in kept)
    return ", ".join(_count(kinds[kind], kind) for kind in ("figure", "table") if kinds[kind])
