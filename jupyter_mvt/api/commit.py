"""Keep a model with everything that made it: where the two wings meet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_mvt.api import trust
from jupyter_mvt.api.compare import between
from jupyter_mvt.api.evaluate import kept_as
from jupyter_mvt.api.results import Against, CommitResult, Comparison
from jupyter_mvt.api.undivided import undivided
from jupyter_mvt.api.upkeep import pack
from jupyter_mvt.capture.request import Request
from jupyter_mvt.capture.snapshot import snapshot
from jupyter_mvt.errors import ConflictError, CorruptionError, StorageError, UsageError
from jupyter_mvt.history.commit import Draft, Published
from jupyter_mvt.history.commit import commit as publish
from jupyter_mvt.history.handle import Handle, tip_of
from jupyter_mvt.history.naming import name_of, version_ref
from jupyter_mvt.objects.commit import Trigger, tree_id
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.progress import SILENT, told
from jupyter_mvt.objects.settings import Settings, read_settings
from jupyter_mvt.store import layout, oplog, runs
from jupyter_mvt.store.quota import part_bytes, require_room
from jupyter_mvt.store.seen import Seen, seen_by
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.tables import keep_table
from jupyter_mvt.store.trash import is_thin
from jupyter_mvt.store.writer import PackWriter, begin

if TYPE_CHECKING:
    from jupyter_mvt.api.kernel import Kernel
    from jupyter_mvt.capture.recording import Recording
    from jupyter_mvt.objects.commit import Content
    from jupyter_mvt.objects.evaluation import Evaluation
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.objects.snapshot import Snapshot
    from jupyter_mvt.objects.view import View

__all__ = ["Taken", "Wish", "commit", "keep", "known_rows", "request", "take"]

PRODUCTION = "production"
_TRIES = 5
_NOTHING = "Interrupted: no version was made, and nothing is left of it."
_JUDGED = ("metrics", "params", "data", "code", "environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked to keep; see `commit`."""

    model: Any = None
    message: str = ""
    data: Any = None
    metrics: Any = None
    params: Any = None
    variables: Any = None
    store_data: bool = False
    evaluate: Any = None
    allow_empty: bool = False
    trigger: Trigger = "api"
    pack: bool = False
    recording: Recording | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What was frozen for a commit, and when that began (`time.perf_counter`)."""

    snapshot: Snapshot
    started: float


def commit(handle: Handle, kernel: Kernel | None, wish: Wish) -> CommitResult:
    """Keep what `wish` names, or what the live session's last training made.

    Equal content makes no new version: then the answer is the version that already holds it,
    with ``created=False``.

    Raises
    ------
    CaptureError
        No model, an unfitted one, or something that cannot be kept.
    AmbiguousError
        Several models fit and somebody can be asked.
    StorageError
        The disk refused; nothing was changed.
    """
    try:
        settings = read_settings(oplog.current(handle.store))
        taken = take(kernel, wish, known_rows(handle), settings, handle.store.progress,
                     seen_by(handle.store))  # fmt: skip
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(_NOTHING)
        raise
    return keep(handle, kernel, wish, taken)


def _packed(handle: Handle, wish: Wish, result: CommitResult) -> CommitResult:
    """Store older versions more tightly if that was asked for."""
    return replace(result, packed=pack(handle)) if wish.pack else result


def known_rows(handle: Handle) -> tuple[int, ...]:
    """Return the lengths of HEAD's datasets, so that "rows appended" can be told."""
    tip = tip_of(handle, oplog.current(handle.store))
    if tip is None:
        return ()
    datasets = oplog.commit_object(handle.store, tip).content.datasets
    return tuple(sorted({dataset.rows for dataset in datasets}))


def take(
    kernel: Kernel | None,
    wish: Wish,
    rows: tuple[int, ...] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    seen: Seen | None = None,
) -> Taken:
    """Freeze what `wish` names; touches no repository.

    `rows` is from `known_rows`; `settings` say what may be kept; `progress` is told how far the
    data are read, the live session's by default; `seen` remembers what files held.
    """
    started = perf_counter()
    message: object = wish.message  # from anybody's program
    if not isinstance(message, str):
        msg = f"A message is text, not {repr(message)[:40]}."
        hint = 'repo.commit(model, message="tuned lr")'
        raise UsageError(msg, code="bad-message", hint=hint)
    settings = settings or Settings()
    asked = request(kernel, wish, rows, outputs=settings.keep_outputs)
    most = settings.data_bytes if wish.store_data else 0
    told_to = progress or (SILENT if kernel is None else kernel.progress)
    asked = replace(asked, store_data=most, progress=told_to, seen=seen)
    return Taken(snapshot(asked), started)


def keep(handle: Handle, kernel: Kernel | None, wish: Wish, frozen: Taken) -> CommitResult:
    """Store and publish what was taken."""
    before = oplog.current(handle.store).number
    packs = _packs(handle)
    for attempt in range(1, _TRIES + 1):
        try:
            return _packed(handle, wish, _keep_once(handle, kernel, wish, frozen))
        except ConflictError as error:
            # What was found to be stored is being deleted by a gc: it is written anew.
            if error.code != "freed-meanwhile" or attempt == _TRIES:
                raise
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(_what_is(handle, before, packs))
            raise
    raise AssertionError  # the last attempt returns or raises


def _keep_once(handle: Handle, kernel: Kernel | None, wish: Wish, frozen: Taken) -> CommitResult:
    taken, started = frozen.snapshot, frozen.started
    view = oplog.current(handle.store)
    require_room(handle.store, read_settings(view), taken)
    with begin(handle.store) as pack:
        with told(handle.store.progress, "Committing", part_bytes(taken)):
            content = write_snapshot(pack, taken)
        tip = tip_of(handle, view)
        if tip is not None and not wish.allow_empty and not is_thin(view, tip):
            there = oplog.commit_object(handle.store, tip)
            if there.tree_id == tree_id(content):
                _forget_runs(handle, kernel, wish, taken)
                return CommitResult(created=False, version=version_ref(handle.store, view, tip),
                                    commit=there, seconds=perf_counter() - started)  # fmt: skip
        with undivided():
            made = _publish(handle, kernel, wish, taken, pack, content)
    return _result(handle, made, started)


def _publish(
    handle: Handle, kernel: Kernel | None, wish: Wish, taken: Snapshot, pack: PackWriter,
    content: Content,
) -> Published:  # fmt: skip
    """Make a version of what was written."""
    receipt = pack.publish()
    measured = _measured(handle, content, taken)
    draft = Draft(content=content, message=wish.message, trigger=wish.trigger, notes=taken.notes,
                  total_bytes=receipt.total_bytes, new_bytes=receipt.new_bytes,
                  timings_ms=taken.timings_ms, packs=receipt.packs,
                  evaluation=measured)  # fmt: skip
    made = publish(handle, draft)
    trust.made(handle, made.id, made.commit)
    if kernel is not None and kernel.outputs is not None:
        kernel.outputs.forget()  # what cells show from now on belongs to the next version
    _forget_runs(handle, kernel, wish, taken)
    return made


def _measured(handle: Handle, content: Content, taken: Snapshot) -> Evaluation | None:
    """Store every example of an evaluation, and return what the version will say of it."""
    draft, primary = taken.evaluation, content.primary
    if draft is None:
        return None
    kept = keep_table(handle.store, draft.file)
    size = 0 if primary is None else primary.weights_bytes
    settings = read_settings(oplog.current(handle.store))
    return kept_as(handle, draft, settings, size, kept)


def _forget_runs(handle: Handle, kernel: Kernel | None, wish: Wish, taken: Snapshot) -> None:
    """Let go of the recorded runs that a version holds now, and of one that logged nothing.

    The session remembers them until it commits another model: a version of the same weights has
    the same curves.
    """
    kept = () if taken.curves is None else taken.curves.runs
    kept += () if wish.recording is None else (wish.recording.run,)
    for name in kept:
        with suppress(StorageError):  # the version stands; what is left of the run is listed
            runs.discard(handle.store.backend, name)
    if kernel is None:
        return
    waiting = [run for run in kernel.recordings if run.run in kept or not run.held_in]
    if wish.recording is not None:
        waiting.append(wish.recording)
    for run in waiting:
        if run.run in kept and not run.held_in:
            run.hold(kernel.cells.current)
    kernel.recordings[:] = [run for run in waiting if run.run not in kept or run.held_in]


def _packs(handle: Handle) -> set[str]:
    return set(handle.store.backend.list(layout.PACKS))


def _what_is(handle: Handle, before: int, packs: set[str]) -> str:
    """Say, after an interrupt, whether the version was made, and what is left."""
    for operation in oplog.operations(handle.store, since=before):
        if operation.session == handle.session.id and operation.commit_id is not None:
            made = name_of(oplog.current(handle.store), ObjectId(operation.commit_id))
            return f"Interrupted, but {made} had been made by then."
    if _packs(handle) - packs:
        # Others see a pack as soon as it is there, and may need it already.
        return "Interrupted: no version was made. What was stored by then is freed by mvt gc."
    return _NOTHING


def request(
    kernel: Kernel | None, wish: Wish, rows: tuple[int, ...] = (), *, outputs: bool = False
) -> Request:
    """Return what capture is asked for; with `outputs`, also what cells showed."""
    return Request(
        namespace={} if kernel is None else kernel.namespace,
        cells=None if kernel is None else kernel.cells,
        # An automatic version never asks: nobody waits for it.
        interactive=kernel is not None and kernel.interactive and wish.trigger != "auto",
        model=wish.model,
        data=wish.data,
        metrics=wish.metrics,
        params=wish.params,
        variables=wish.variables,
        evaluate=wish.evaluate,
        folder=Path.cwd(),
        notebook=None if kernel is None else kernel.notebook,
        known_rows=rows,
        recordings=_runs(kernel, wish),
        outputs=kernel.outputs if kernel is not None and outputs else None,
    )


def _runs(kernel: Kernel | None, wish: Wish) -> tuple[Recording, ...]:
    waiting = () if kernel is None else tuple(kernel.recordings)
    return waiting if wish.recording is None else (*waiting, wish.recording)


def _result(handle: Handle, made: Published, started: float) -> CommitResult:
    store, view, commit = handle.store, made.view, made.commit
    origin = ObjectId(commit.derived_from) if commit.derived_from else None
    return CommitResult(
        created=True,
        version=version_ref(store, view, made.id),
        commit=commit,
        comparisons=_comparisons(handle, view, made, origin),
        seconds=perf_counter() - started,
        moved_on=None if origin is None else version_ref(store, view, origin),
    )


def _comparisons(
    handle: Handle, view: View, made: Published, origin: ObjectId | None
) -> tuple[Comparison, ...]:
    """Compare with the parent, with what the session had started from, and with production."""
    beside: list[tuple[Against, ObjectId]] = [("parent", oid) for oid in made.commit.parents[:1]]
    if origin is not None:
        beside.append(("started from", origin))
    if PRODUCTION in view.labels:
        beside.append(("production", view.labels[PRODUCTION]))
    seen: set[ObjectId] = {made.id}
    compared = []
    for against, oid in beside:
        if oid not in seen:
            seen.add(oid)
            try:
                difference = between(handle, view, oid, made.id, _JUDGED)
            except CorruptionError as error:
                raise _made_all_the_same(view, made, oid, error) from error
            compared.append(Comparison(against=against, diff=difference))
    return tuple(compared)


def _made_all_the_same(
    view: View, made: Published, oid: ObjectId, error: CorruptionError
) -> CorruptionError:
    """Say that the version stands: what is damaged is what it was to be compared with."""
    msg = f"{name_of(view, made.id)} was made, but cannot be compared with {name_of(view, oid)}: "
    return CorruptionError(msg + error.message, hint=error.hint, code=error.code)
