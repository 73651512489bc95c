"""Which model does the person mean? The one that changed last.

Names and types only break ties: on real notebooks the fingerprint that changed last is right
nearly always, names and types two times in three. An explicit name always wins.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.explicit import ASIDE, kept_as
from jupyter_mvt.capture.known import Seen, recognised
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.missing import no_model
from jupyter_mvt.capture.watch import is_bare, models_in, root_of
from jupyter_mvt.errors import AmbiguousError, CaptureError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mvt.capture.adapter import ModelAdapter, Role
    from jupyter_mvt.capture.cells.log import CellLog

__all__ = ["Candidate", "Choice", "Other", "choose", "given", "optimizer_of"]

_GOOD = re.compile(r"^(?:best|final|tuned|fitted|trained)|(?:^|_)model$", re.IGNORECASE)
_LIKELY = re.compile(
    r"model|clf|classif|regr?|pipe|net|estimator|grid|search|^gs$|^rf|^lr$|^svm|xgb|lgb|forest|tree",
    re.IGNORECASE,
)
_POOR = re.compile(
    r"(?:^|_)(?:old|prev|previous|tmp|temp|test|copy|dummy|backup|baseline)(?:_|\d|$)|^.$",
    re.IGNORECASE,
)
_MAX_OBJECTS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that may be meant.

    Attributes
    ----------
    name
        As the person would write it.
    changed
        Number of the cell after which it was last seen to differ, 0 when not known.
    trained
        Cell and line of the last statement that trained it, ``(0, 0)`` when none is known.
    """

    name: str
    obj: Any
    adapter: ModelAdapter
    role: Role
    fitted: bool = True
    changed: int = 0
    trained: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Other:
    """A model that was not chosen, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to commit.

    Attributes
    ----------
    chosen
        The models, the primary first.
    why
        In words, for `status`.
    alternatives
        What else there is.
    guessed
        Whether several fitted equally well, and all are taken.
    """

    chosen: tuple[Candidate, ...]
    why: str
    alternatives: tuple[Other, ...] = ()
    guessed: bool = False

    @property
    def primary(self) -> Candidate:
        """The model that the version is named after."""
        return self.chosen[0]


def given(models: Mapping[str, Any], log: CellLog | None) -> Choice:
    """Return the choice that somebody made: models by name, the first is primary.

    Raises
    ------
    CaptureError
        One can be no model, or there is none (``no-model``), or one is not fitted (``unfitted``).
    """
    if not models:
        msg = "No model was named: the mapping of names to models is empty."
        raise CaptureError(msg, hint="repo.commit(model)", code="no-model")
    chosen = []
    for name, obj in models.items():
        candidate = _candidate(kept_as(name, obj), log)
        if not candidate.fitted:
            raise _unfitted([candidate])
        chosen.append(candidate)
    return Choice(chosen=tuple(chosen), why="given by name")


def named(namespace: Mapping[str, Any], names: Sequence[str], log: CellLog | None) -> Choice:
    """Return the choice of models by the names that a person wrote."""
    return given({name: look_up(namespace, name) for name in names}, log)


def choose(
    namespace: Mapping[str, Any], log: CellLog | None = None, *, interactive: bool = False
) -> Choice:
    """Return the model of a namespace that changed last.

    Parameters
    ----------
    namespace
        The user's names.
    log
        What ran so far.
    interactive
        Whether a person can be asked: then what is ambiguous raises.

    Raises
    ------
    CaptureError
        There is no model (code ``no-model``), or none is fitted (``unfitted``).
    AmbiguousError
        Several fit equally well (``ambiguous-model``); the hint names one.
    """
    if log is not None:
        log.watch.look(namespace, log.current)
    readable, others = _readable(namespace, log)
    candidates = _distinct(readable, log)
    if not candidates:
        raise no_model(namespace, log)
    fitted = [candidate for candidate in candidates if candidate.fitted]
    if not fitted:
        raise _unfitted(candidates)
    outer, inner = _outermost(fitted, log)
    others += [Other(c.name, "not fitted") for c in candidates if not c.fitted]
    others += [Other(c.name, f"holds or is part of {name}") for c, name in inner]
    return _rank(outer, others, interactive=interactive)


def _readable(
    namespace: Mapping[str, Any], log: CellLog | None
) -> tuple[list[Candidate], list[Other]]:
    """Split a namespace's models into those that answer and those that raise when asked."""
    candidates, others = [], []
    for seen in models_in(namespace):
        if seen.role in ASIDE:
            continue
        try:
            candidates.append(_candidate(seen, log))
        except Exception as error:
            # A broken object beside the model must not keep the model from being committed.
            others.append(Other(seen.name, f"cannot be looked at: {type(error).__name__}"))
    return candidates, others


def _candidate(seen: Seen, log: CellLog | None) -> Candidate:
    changed, trained = 0, (0, 0)
    if log is not None:
        changed = log.watch.changed.get(id(seen.obj), 0)
        root = root_of(seen.name)
        for order, training in log.trainings():
            held = training.group or "." in seen.name
            if seen.name in training.receivers or (held and root in training.receivers):
                trained = (order, training.line)
            elif any(seen.name == arg.root for arg in training.arguments if arg.plain):
                trained = (order, training.line)  # trainer.fit(model, loader)
    return Candidate(
        name=seen.name,
        obj=seen.obj,
        adapter=seen.adapter,
        role=seen.role,
        fitted=seen.adapter.is_fitted(seen.obj),
        changed=changed,
        trained=trained,
    )


def _distinct(candidates: list[Candidate], log: CellLog | None) -> list[Candidate]:
    """One entry an object: of several names the one that was trained, bound last, or best."""
    looped = {name for _, t in (log.trainings() if log else ()) if t.group for name in t.receivers}
    groups: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(id(candidate.obj), []).append(candidate)
    kept = []
    for group in groups.values():
        in_loop = [c for c in group if root_of(c.name) in looped and "[" in c.name]
        best = max(in_loop or group, key=lambda c: (is_bare(c.name), c.trained, _hint(c.name)))
        kept.append(replace(best, trained=max(c.trained for c in group)))
    places = {candidate.name: place for place, candidate in enumerate(candidates)}
    return sorted(kept, key=lambda candidate: places[candidate.name])


def _hint(name: str) -> int:
    name = name.rpartition(".")[2]
    if _POOR.search(name):
        return 0
    if _GOOD.search(name):
        return 3
    return 2 if _LIKELY.search(name) else 1


def _outermost(
    candidates: list[Candidate], log: CellLog | None
) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Split off candidates that are parts of others, unless they were taken out on purpose."""
    ids = {id(candidate.obj): candidate for candidate in candidates}
    dropped: dict[int, str] = {}
    for holder in candidates:
        for part in _parts(holder):
            if id(part) not in ids or id(part) in dropped:
                continue
            if _taken_out(ids[id(part)], holder, log):
                dropped[id(holder.obj)] = ids[id(part)].name
            else:
                dropped[id(part)] = holder.name
    outer = [c for c in candidates if id(c.obj) not in dropped]
    return outer, [(c, dropped[id(c.obj)]) for c in candidates if id(c.obj) in dropped]


def _taken_out(part: Candidate, holder: Candidate, log: CellLog | None) -> bool:
    """Tell whether ``part = holder.best_estimator_`` was said with or after the training.

    One that was trained by its own name later, apart from its holder, counts as taken out too.
    """
    if log is None or not is_bare(part.name):
        return False
    if part.trained > holder.trained and part.trained[0] > log.last_write(root_of(holder.name)):
        return True
    text = log.definition(part.name) or ""
    names = re.escape(part.name), re.escape(holder.name)
    said = re.search(r"\b{}\b[^=\n]*=.*\b{}\b".format(*names), text) is not None
    return said and log.last_write(part.name) >= max(holder.changed, holder.trained[0])


def _parts(candidate: Candidate) -> list[Any]:
    found: list[Any] = []
    todo = [candidate.obj]
    seen = {id(candidate.obj)}
    while todo and len(found) < _MAX_OBJECTS:
        for part in candidate.adapter.children(todo.pop()):
            if id(part) not in seen:
                seen.add(id(part))
                found.append(part)
                known = recognised(part)
                if known is not None and known[0] is candidate.adapter:
                    todo.append(part)
    return found


def _rank(candidates: list[Candidate], others: list[Other], *, interactive: bool) -> Choice:
    models = [c for c in candidates if c.role != "transformer"] or candidates
    others += [Other(c.name, "only transforms data") for c in candidates if c not in models]
    newest = max(max(c.changed, c.trained[0]) for c in models)
    latest = [c for c in models if max(c.changed, c.trained[0]) == newest]
    others += [Other(c.name, f"changed earlier, in cell {max(c.changed, c.trained[0])}")
               for c in models if c not in latest]  # fmt: skip
    why = f"changed last, in cell {newest}" if newest else "the only model here"
    held = [c for c in latest if "." in c.name]
    if 0 < len(held) < len(latest):
        others += [Other(c.name, "held by another object") for c in held]
        latest = [c for c in latest if c not in held]
    if len(latest) > 1:
        last = max(c.trained for c in latest)
        final = [c for c in latest if c.trained == last]
        if len(final) < len(latest):
            why = f"trained last, in cell {newest}"
            others += [Other(c.name, "trained earlier in the same cell")
                       for c in latest if c not in final]  # fmt: skip
            latest = final
    if len(latest) > 1:
        latest.sort(key=lambda c: -_hint(c.name))
        if _hint(latest[0].name) > _hint(latest[1].name):
            others += [Other(c.name, "its name says less") for c in latest[1:]]
            why = "of several that changed together, its name fits best"
            latest = latest[:1]
    if len(latest) > 1 and interactive:
        raise _ambiguous(latest)
    return Choice(
        chosen=tuple(latest),
        why=why if len(latest) == 1 else "several models fit equally well; all are taken",
        alternatives=tuple(others),
        guessed=len(latest) > 1,
    )


def _ambiguous(candidates: Sequence[Candidate]) -> AmbiguousError:
    names = ", ".join(candidate.name for candidate in candidates[:12])
    msg = f"Several models could be meant: {names}."
    hint = f"mvt commit {pasteable(candidates[0].name)}"
    return AmbiguousError(msg, hint=hint, code="ambiguous-model")


def pasteable(name: str) -> str:
    """Return `name` as one word of a command line."""
    return shlex.quote(name) if re.search(r"[\s'\"\\#]", name) else name


def _unfitted(candidates: Sequence[Candidate]) -> CaptureError:
    last = max(candidates, key=lambda c: (c.changed, _hint(c.name)))
    what = f"{last.name!r} ({type(last.obj).__qualname__})"
    if last.role == "module":
        hint = f"{last.name}(batch)  # once, before the commit: their shapes follow from it"
        return CaptureError(f"{what} has no weights yet.", hint=hint, code="unfitted")
    msg = f"{what} has not been fitted."
    return CaptureError(msg, hint=f"{last.name}.fit(X_train, y_train)", code="unfitted")


def optimizer_of(candidate: Candidate, namespace: Mapping[str, Any]) -> Seen | None:
    """Return the optimizer that updates this model's own parameters, if there is one."""
    found = [
        seen
        for seen in models_in(namespace)
        if seen.role == "optimizer" and _updates(seen, candidate.obj)
    ]
    named = [seen for seen in found if is_bare(seen.name)] or found
    return named[-1] if named else None


def _updates(seen: Seen, model: Any) -> bool:
    # The optimizer's own adapter knows: models of other frameworks may be made of its parameters.
    matches = getattr(seen.adapter, "optimizer_matches", None)
    return matches is not None and bool(matches(seen.obj, model))
