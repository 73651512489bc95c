"""What a person writes for a version: ``HEAD~1``, ``main``, ``v12``, ``production@{1}``, an id.

Grammar: a base, then any number of ``~N`` (first parents), ``^N`` (N-th parent) and, for labels,
one ``@{N}`` (what it held N moves ago) or ``@{2026-10-01}`` (what it held then, UTC).
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_mvt.errors import AmbiguousError, NotFoundError, UsageError
from jupyter_mvt.history.handle import Handle, branch_of, tip_of
from jupyter_mvt.objects.ids import ObjectId, short
from jupyter_mvt.objects.refs import fold
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View

__all__ = ["names", "resolve"]

_SPEC = re.compile(r"(?P<base>[^~^]+?)(?:@\{(?P<at>[^{}]*)\})?(?P<steps>(?:~\d*|\^\d*)*)\Z")
_STEP = re.compile(r"([~^])(\d*)")
_NUMBER = re.compile(r"v(\d{1,15})\Z", re.IGNORECASE)
_PREFIX = re.compile(r"[0-9a-f]{4,64}\Z", re.IGNORECASE)
_MAX_STEPS = 1_000_000


def resolve(handle: Handle, view: View, text: str) -> ObjectId:
    """Return the commit id that `text` names.

    Raises
    ------
    NotFoundError
        Nothing is named so (codes ``unknown-revision``, ``no-versions``).
    AmbiguousError
        An id prefix fits several versions (code ``ambiguous-revision``).
    UsageError
        `text` is not a revision at all (code ``revision-syntax``).
    """
    match = _SPEC.match(text.strip())
    if match is None:
        msg = f"{_shown(text)} is not a revision such as HEAD~1, main, v3 or production@{{1}}."
        raise UsageError(msg, hint="mvt log", code="revision-syntax")
    oid = (
        _base(handle, view, match["base"])
        if match["at"] is None
        else _label_at(view, match["base"], match["at"])
    )
    for mark, digits in _STEP.findall(match["steps"]):
        oid = _step(handle, view, oid, mark, int(digits or 1), text)
    return oid


def names(view: View) -> list[str]:
    """Return every name that may stand for a version, for completion and suggestions."""
    numbers = [f"v{where.number}" for where in list(view.commits.values())[: view.count]]
    return ["HEAD", *view.branches, *view.labels, *view.tags, *numbers]


def _base(handle: Handle, view: View, base: str) -> ObjectId:
    if base in {"HEAD", "@"}:
        tip = tip_of(handle, view)
        if tip is None:
            raise _no_versions(branch_of(handle, view), view)
        return tip
    for table in (view.branches, view.labels, view.tags):
        exact = table.get(base) or next(
            (oid for name, oid in table.items() if fold(name) == fold(base)), None
        )
        if exact is not None:
            return exact
    number = _NUMBER.match(base)
    if number is not None:
        found = _by_number(view, int(number[1]))
        if found is not None:
            return found
    elif _PREFIX.match(base):
        return _by_prefix(view, base.lower())
    raise _unknown(view, base)


def _by_number(view: View, number: int) -> ObjectId | None:
    if not 1 <= number <= view.count:
        return None
    # They are in the order of their numbers.
    return next(islice(view.commits, number - 1, None))


def _by_prefix(view: View, prefix: str) -> ObjectId:
    fits = [oid for oid in list(view.commits)[: view.count] if oid.startswith(prefix)]
    if not fits:
        raise _unknown(view, prefix)
    if len(fits) > 1:
        options = ", ".join(f"v{view.commits[oid].number} ({short(oid)})" for oid in fits[:5])
        more = ", …" if len(fits) > 5 else ""
        msg = f"{prefix!r} fits {len(fits)} versions: {options}{more}."
        hint = f"mvt show v{view.commits[fits[0]].number}"
        raise AmbiguousError(msg, hint=hint, code="ambiguous-revision")
    return fits[0]


def _label_at(view: View, base: str, at: str) -> ObjectId:
    moves = view.label_moves.get(base)
    if moves is None:
        msg = f"There is no label {_shown(base)}; only labels have a history to look into."
        raise NotFoundError(msg, hint="mvt label list", code="unknown-revision")
    held = [move.new for move in moves]
    if at.isdigit():
        index = len(held) - 1 - int(at)
        found = held[index] if index >= 0 else None
        if found is None:
            moved = "once" if len(held) == 1 else f"{len(held)} times"
            msg = f"{base} has no entry @{{{at}}}: it has moved {moved}."
            raise NotFoundError(msg, hint=f"mvt label history {base}", code="unknown-revision")
        return ObjectId(found)
    moment = _moment(base, at)
    before = [move for move in moves if move.time_us < moment]
    if not before or before[-1].new is None:
        msg = f"{base} named no version at {at}."
        raise NotFoundError(msg, hint=f"mvt label history {base}", code="unknown-revision")
    return ObjectId(before[-1].new)


def _moment(label: str, text: str) -> int:
    """Return the end of the day (or the very moment) that `text` names, in µs, UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        msg = f"{_shown(text)} is neither a number nor a date such as 2026-10-01."
        hint = f"mvt label history {label}"
        raise UsageError(msg, hint=hint, code="revision-syntax") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if len(text) == len("2026-10-01"):
        moment += timedelta(days=1)
    return int(moment.timestamp() * 1_000_000)


def _step(handle: Handle, view: View, oid: ObjectId, mark: str, count: int, text: str) -> ObjectId:
    if mark == "^":
        parents = oplog.commit_object(handle.store, oid).parents
        if count == 0:
            return oid
        if count <= len(parents):
            return parents[count - 1]
        raise _no_parent(view, oid, text)
    for _ in range(min(count, _MAX_STEPS)):
        parents = oplog.commit_object(handle.store, oid).parents
        if not parents:
            raise _no_parent(view, oid, text)
        oid = parents[0]
    return oid


def _no_parent(view: View, oid: ObjectId, text: str) -> NotFoundError:
    msg = f"{_shown(text)} goes beyond v{view.commits[oid].number}, which has no such parent."
    return NotFoundError(msg, hint="mvt log", code="unknown-revision")


def _no_versions(branch: str, view: View) -> NotFoundError:
    what = "There are no versions yet" if view.count == 0 else f"{branch} has no version yet"
    return NotFoundError(f"{what}.", hint='mvt commit -m "first"', code="no-versions")


def _unknown(view: View, base: str) -> NotFoundError:
    if view.count == 0:
        return _no_versions("", view)
    first, dots, second = base.partition("..")
    if first and dots and second.strip("."):
        msg = f"{_shown(base)} is no version; two are compared by naming both."
        hint = f"mvt diff {first} {second.strip('.')}"
        return NotFoundError(msg, hint=hint, code="unknown-revision")
    near = difflib.get_close_matches(base, names(view), 1)
    msg = f"There is no version {_shown(base)}" + (f"; did you mean {near[0]}?" if near else ".")
    hint = f"mvt show {near[0]}" if near else "mvt log"
    return NotFoundError(msg, hint=hint, code="unknown-revision")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
