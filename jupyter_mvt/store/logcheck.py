"""Verify the operation log: every record, the chain, the versions in it, what is derived of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError, FormatError, NotFoundError
from jupyter_mvt.objects.commit import Commit, commit_id
from jupyter_mvt.objects.encode import from_data
from jupyter_mvt.objects.ids import short
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout
from jupyter_mvt.store.checkpoints import copied_record, derived_files, sound_record
from jupyter_mvt.store.derived import is_foreign, told_end
from jupyter_mvt.store.folding import Fold
from jupyter_mvt.store.records import previous, read_operation, record_id

if TYPE_CHECKING:
    from jupyter_mvt.objects.operation import Operation
    from jupyter_mvt.store.faults import Findings
    from jupyter_mvt.store.store import Store

__all__ = ["check_log"]

_NAMED = 5
"""Refs of which it is told where they were; of more, how many they are."""


def check_log(
    store: Store, findings: Findings, keys: list[str]
) -> tuple[View, list[tuple[Operation, Commit]]]:
    """Fold as far as every record is sound; compare what is derived on the way."""
    numbers = {layout.number_of(key): key for key in keys if key.startswith(layout.OPERATIONS)}
    stray = numbers.pop(None, None)
    if stray is not None:
        findings.add("unknown-file", f"The file {stray} does not belong here.", key=stray)
    fold, whole, known = Fold(View()), True, True
    commits: list[tuple[Operation, Commit]] = []
    records: list[bytes] = []
    window: list[Operation] = []
    derived = {key for key in keys if key.startswith(layout.DERIVED)}
    last = max((n for n in numbers if n is not None), default=0)
    while store.backend.stat(layout.operation(last + 1)) is not None:
        last += 1  # published since the files were listed
    for number in range(1, last + 1):
        entry, record = _check_operation(store, findings, number)
        whole = whole and entry is not None and entry.prev == fold.head
        if entry is None:
            fold.head = ""
            continue
        known = whole
        findings.operations += 1
        if (fold.head and entry.prev != fold.head) or (number == 1 and entry.prev):
            text = f"Operation {number} does not follow the one before it."
            findings.add("broken-chain", text, key=layout.operation(number))
        fold.add(entry, record_id(record))
        _collect_commit(findings, entry, commits)
        window.append(entry)
        records.append(record)
        if number % layout.WINDOW == 0:
            if whole:
                _check_derived(store, findings, derived, fold.view(), window, records)
            else:
                # What they should be cannot be told; readers do not believe them either.
                derived -= {layout.segment(number), layout.checkpoint(number)}
            window, records = [], []
    there = told_end(store.backend, last, derived)
    if there > last:
        text = f"The log ends at operation {last}, but there were {there}."
        findings.add("missing-operation", text, key=layout.operation(last + 1))
    for key in sorted(derived):
        if is_foreign(key, there):
            findings.add("corrupt-derived", f"The file {key} fits no operation.", key=key)
        elif layout.number_of(key) is None:
            findings.add("unknown-file", f"The file {key} does not belong here.", key=key)
    view = fold.view()
    _tell_since(findings, view, known=known)
    _tell_copies(store, findings)
    return view, commits


def _tell_since(findings: Findings, view: View, *, known: bool) -> None:
    """Say of what follows the newest sound operation, if anything does, how it all stood before."""
    state = _state(view) if known else ""
    text = f"Nothing can be read of what was changed after operation {view.number}{state}."
    if not view.number:
        text = "Nothing can be read of any change."
    for at, problem in enumerate(findings.problems):
        if problem.key == layout.operation(view.number + 1):
            findings.problems[at] = replace(problem, text=f"{problem.text} {text}")


def _tell_copies(store: Store, findings: Findings) -> None:
    """Say of each operation that cannot be read where this repository has it once more."""
    for at, problem in enumerate(findings.problems):
        number = layout.number_of(problem.key)
        if not number or not problem.key.startswith(layout.OPERATIONS):
            continue
        record = copied_record(store.backend, number)
        if record is not None and previous(record, number) == _id_before(store, number):
            key = layout.segment(-(-number // layout.WINDOW) * layout.WINDOW)
            text = f"{problem.text} The file {key} has a copy."
            findings.problems[at] = replace(problem, text=text, copy=key)


def _id_before(store: Store, number: int) -> str | None:
    """Return what the operation `number` has to name as the one before it, if that is known."""
    if number == 1:
        return ""
    before = sound_record(store.backend, number - 1) or copied_record(store.backend, number - 1)
    return None if before is None else record_id(before)


def _state(view: View) -> str:
    refs = [*view.branches.items(), *view.tags.items(), *view.labels.items()]
    numbers = {oid: where.number for oid, where in view.commits.items()}
    told = [f"{name} was at v{numbers[oid]}" for name, oid in refs if oid in numbers]
    if len(told) > _NAMED:
        told[_NAMED:] = [f"{len(told) - _NAMED} more refs were there"]
    return f", when {' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))}" if told else ""


def _check_operation(
    store: Store, findings: Findings, number: int
) -> tuple[Operation | None, bytes]:
    key = layout.operation(number)
    try:
        record = store.backend.get(key)
        return read_operation(record, number), record
    except NotFoundError:
        findings.add("missing-operation", f"Operation {number} is missing.", key=key)
    except (CorruptionError, FormatError) as error:
        findings.add(error.code, f"Operation {number}: {error.message}", key=key)
    return None, b""


def _collect_commit(
    findings: Findings, entry: Operation, commits: list[tuple[Operation, Commit]]
) -> None:
    if entry.commit is None or entry.commit_id is None:
        return
    key = layout.operation(entry.number)
    try:
        commit: Commit = from_data(entry.commit, Commit)
    except CorruptionError as error:
        findings.add("corrupt-commit", error.message, key=key, oid=entry.commit_id)
        return
    if commit_id(commit) != entry.commit_id:
        text = f"Version {short(entry.commit_id)} is not what its id says."
        findings.add("corrupt-commit", text, key=key, oid=entry.commit_id)
    commits.append((entry, commit))


def _check_derived(
    store: Store,
    findings: Findings,
    derived: set[str],
    view: View,
    window: list[Operation],
    records: list[bytes],
) -> None:
    for key, data in derived_files(view, window, records).items():
        if key in derived:
            derived.discard(key)
            if store.backend.get(key) != data:
                text = f"The derived file {key} is not what the log says."
                findings.add("corrupt-derived", text, key=key)
