"""Read and verify every byte of a repository, and say what a fault touches."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import (
    CorruptionError,
    FormatError,
    MvtError,
    NotFoundError,
    UsageError,
)
from jupyter_mvt.objects.commit import Commit, commit_id
from jupyter_mvt.objects.encode import from_data, to_data
from jupyter_mvt.objects.ids import ObjectId, digest, short
from jupyter_mvt.objects.operation import Operation
from jupyter_mvt.objects.progress import told
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout
from jupyter_mvt.store.checkpoints import checkpoint_bytes, commits_of_window
from jupyter_mvt.store.folding import Fold
from jupyter_mvt.store.index import Place
from jupyter_mvt.store.lost import lost_commits
from jupyter_mvt.store.open import read_format
from jupyter_mvt.store.pack import HEADER, ROW, TRAILER, read_rows
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.records import read_operation, record_id
from jupyter_mvt.store.store import Store
from jupyter_mvt.store.trash import is_thin

__all__ = ["Checker", "FsckReport", "Problem", "fsck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault.

    Attributes
    ----------
    kind
        Stable kebab-case name, as the ``code`` of errors.
    key
        The file, empty when an object is in none.
    object
        Id of the object or operation, may be empty.
    commits
        Ids of the versions that need it.
    labels
        Labels that stand on those versions.
    text
        One sentence.
    """

    kind: str
    key: str = ""
    object: str = ""
    commits: tuple[ObjectId, ...] = ()
    labels: tuple[str, ...] = ()
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FsckReport(Displayable):
    """What was verified, and what is wrong.

    Attributes
    ----------
    files, operations, objects
        How many were read; `objects` counts every stored copy.
    bytes
        Size of all files read.
    problems
        Empty for a sound repository.
    """

    files: int
    operations: int
    objects: int
    bytes: int
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def exit_status(self) -> int:
        """What the command line ends with: 1 when something is wrong."""
        return 0 if self.ok else 1

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


Checker: TypeAlias = Callable[[Store, list[str]], Iterable[Problem]]


@dataclass(slots=True)
class _Findings:
    operations: int = 0
    objects: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: str, text: str, *, key: str = "", oid: str = "") -> None:
        self.problems.append(Problem(kind=kind, key=key, object=oid, text=text))


def fsck(
    store: Store, *, checkers: Mapping[str, Checker] | None = None, subset: float = 1.0,
    seed: str = "",
) -> FsckReport:  # fmt: skip
    """Verify everything in `store`.

    Parameters
    ----------
    store
        The repository.
    checkers
        Prefix of keys → what verifies the files there; for rooms that keep files of their own
        format (``index/``). Files under a prefix without one are not looked into.
    subset
        Share of the stored objects to read, drawn by chance; everything else is always verified.
    seed
        Of the draw.

    Raises
    ------
    UsageError
        `subset` is no share (code ``bad-share``).
    """
    if not 0 < subset <= 1:
        msg = f"{subset} is not a share of a whole."
        raise UsageError(msg, code="bad-share", hint="mvt fsck --subset 10%")
    findings = _Findings()
    keys = list(store.backend.list(""))
    others = _sort_out(findings, keys, checkers or {})
    for key in keys:
        stat = store.backend.stat(key)
        findings.bytes += 0 if stat is None else stat.size
    _check_format(store, findings)
    store.index.refresh()
    chance = random.Random(seed)
    with told(store.progress, "Verifying", int(findings.bytes * subset)):
        good, damaged = _check_packs(store, findings, keys, lambda: chance.random() < subset)
    view, commits = _check_log(store, findings, keys)
    touched = _check_commits(store, findings, view, commits, good, damaged)
    touched |= _lost(store, findings, view, commits)
    for prefix, found in others.items():
        findings.problems.extend((checkers or {})[prefix](store, found))
    return FsckReport(
        files=len(keys),
        operations=findings.operations,
        objects=findings.objects,
        bytes=findings.bytes,
        problems=tuple(_touching(problem, touched, view) for problem in findings.problems),
    )


def _sort_out(
    findings: _Findings, keys: list[str], checkers: Mapping[str, Checker]
) -> dict[str, list[str]]:
    known = (layout.PACKS, layout.OPERATIONS, *layout.DERIVED, layout.INDEX, layout.TABLES,
             layout.RUNS, layout.RESERVE)  # fmt: skip
    others: dict[str, list[str]] = {prefix: [] for prefix in checkers}
    for key in keys:
        prefix = next((prefix for prefix in others if key.startswith(prefix)), None)
        if prefix is not None:
            others[prefix].append(key)
        elif key not in (layout.FORMAT, layout.README) and not key.startswith(known):
            findings.add("unknown-file", f"The file {key} does not belong here.", key=key)
    return others


def _check_format(store: Store, findings: _Findings) -> None:
    try:
        expected = read_format(store.backend, str(store.root or "repository")).readme
    except MvtError as error:
        findings.add(error.code, error.message, key=layout.FORMAT)
        return
    try:
        sound = digest(store.backend.get(layout.README)) == expected
    except NotFoundError:
        sound = False
    if not sound:
        findings.add("corrupt-readme", "The README is not as it was.", key=layout.README)


def _check_packs(
    store: Store, findings: _Findings, keys: list[str], chosen: Callable[[], bool]
) -> tuple[set[bytes], dict[bytes, str]]:
    """Return the objects with a good copy, and those seen only damaged, with their pack."""
    good: set[bytes] = set()
    damaged: dict[bytes, str] = {}
    for key in keys:
        if not key.startswith(layout.PACKS):
            continue
        try:
            rows = read_rows(store.backend, key)
        except (CorruptionError, NotFoundError) as error:
            findings.add("corrupt-pack", error.message, key=key)
            continue
        at = 0
        for row in sorted(rows, key=lambda row: row.offset):
            _check_gap(store, findings, key, at, row.offset)
            at = max(at, row.offset + row.stored)
            if not chosen():
                good.add(row.oid)
                continue
            findings.objects += 1
            store.progress.advance(row.stored)
            try:
                fault = store.check(row.oid, Place(key, *row[1:]))
            except FormatError as error:
                fault = error.message
            if not fault:
                good.add(row.oid)
                continue
            damaged[row.oid] = key
            text = f"The object {row.oid.hex()} in {key} is corrupt: {fault}."
            findings.add("corrupt-object", text, key=key, oid=row.oid.hex())
        stat = store.backend.stat(key)
        if stat is not None:
            end = stat.size - TRAILER.size - ROW.size * len(rows)
            _check_gap(store, findings, key, at, end)
    return good, damaged


def _check_gap(store: Store, findings: _Findings, key: str, start: int, end: int) -> None:
    if start >= end:
        return
    gap = store.backend.get_range(key, start, end - start)
    expected = HEADER + bytes(end - len(HEADER)) if start == 0 else bytes(end - start)
    if gap != expected:
        text = f"The pack {key} is corrupt between its objects, which are not affected."
        findings.add("corrupt-pack", text, key=key)


def _check_log(
    store: Store, findings: _Findings, keys: list[str]
) -> tuple[View, list[tuple[Operation, Commit]]]:
    """Fold as far as every record is sound; compare what is derived on the way."""
    numbers = {layout.number_of(key): key for key in keys if key.startswith(layout.OPERATIONS)}
    stray = numbers.pop(None, None)
    if stray is not None:
        findings.add("unknown-file", f"The file {stray} does not belong here.", key=stray)
    fold, whole = Fold(View()), True
    commits: list[tuple[Operation, Commit]] = []
    records: list[bytes] = []
    window: list[Operation] = []
    derived = {key for key in keys if key.startswith(layout.DERIVED)}
    last = max((n for n in numbers if n is not None), default=0)
    for number in range(1, last + 1):
        entry, record = _check_operation(store, findings, number)
        whole = whole and entry is not None and entry.prev == fold.head
        if entry is None:
            fold.head = ""
            continue
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
    for key in sorted(derived):
        end = layout.number_of(key) or 0
        if end > last and commits_of_window(store.backend, end) is not None:
            text = f"The log ends at operation {last}, but there were {end}."
            findings.add("missing-operation", text, key=layout.operation(last + 1))
        findings.add("corrupt-derived", f"The file {key} fits no operation.", key=key)
    return fold.view(), commits


def _check_operation(
    store: Store, findings: _Findings, number: int
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
    findings: _Findings, entry: Operation, commits: list[tuple[Operation, Commit]]
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
    findings: _Findings,
    derived: set[str],
    view: View,
    window: list[Operation],
    records: list[bytes],
) -> None:
    expected = {
        layout.segment(view.number): b"".join(records),
        layout.checkpoint(view.number): checkpoint_bytes(view, window),
    }
    for key, data in expected.items():
        if key in derived:
            derived.discard(key)
            if store.backend.get(key) != data:
                text = f"The derived file {key} is corrupt; it is not needed and can be deleted."
                findings.add("corrupt-derived", text, key=key)


def _check_commits(
    store: Store,
    findings: _Findings,
    view: View,
    commits: list[tuple[Operation, Commit]],
    good: set[bytes],
    damaged: dict[bytes, str],
) -> dict[str, list[ObjectId]]:
    """Find missing objects; return which versions need each object that is not sound."""
    touched: dict[str, list[ObjectId]] = {}
    reported: set[str] = set()
    for entry, commit in commits:
        oid = ObjectId(entry.commit_id or "")
        touched.setdefault(layout.operation(entry.number), []).append(oid)
        found = reach(store, commit.content, thin=is_thin(view, oid))
        for name in dict.fromkeys((*found.manifests, *found.blobs, *found.chunks)):
            raw = bytes.fromhex(name)
            if raw in good and raw not in damaged:
                continue
            touched.setdefault(name, []).append(oid)
            if raw not in good and raw not in damaged and name not in reported:
                reported.add(name)
                findings.add("missing-object", f"The object {name} is missing.", oid=name)
    return touched


def _lost(
    store: Store, findings: _Findings, view: View, commits: list[tuple[Operation, Commit]]
) -> dict[str, list[ObjectId]]:
    """Return which versions the operations carried that cannot be read."""
    sound = {entry.number for entry, _ in commits}
    named = {
        layout.number_of(problem.key) for problem in findings.problems
        if problem.key.startswith(layout.OPERATIONS)
    }  # fmt: skip
    damaged = sorted(number for number in named if number is not None and number not in sound)
    carried = ((ObjectId(entry.commit_id or ""), commit) for entry, commit in commits)
    return lost_commits(store.backend, damaged, carried, view) if damaged else {}


def _touching(problem: Problem, touched: dict[str, list[ObjectId]], view: View) -> Problem:
    needed_by = touched.get(problem.object) or touched.get(problem.key) or []
    commits = tuple(dict.fromkeys(needed_by))
    labels = tuple(name for name, commit in view.labels.items() if commit in commits)
    return Problem(
        kind=problem.kind,
        key=problem.key,
        object=problem.object,
        commits=commits or problem.commits,
        labels=labels or problem.labels,
        text=problem.text,
    )
