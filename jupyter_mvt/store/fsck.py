"""Read and verify every byte of a repository, and say what a fault touches."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mvt.errors import MvtError, NotFoundError, UsageError
from jupyter_mvt.objects.ids import ObjectId, digest, short
from jupyter_mvt.objects.progress import told
from jupyter_mvt.store import layout
from jupyter_mvt.store.faults import Findings, FsckReport, Problem
from jupyter_mvt.store.logcheck import check_log
from jupyter_mvt.store.lost import lost_commits
from jupyter_mvt.store.open import read_format
from jupyter_mvt.store.packcheck import check_packs
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.trash import is_thin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.objects.commit import Commit
    from jupyter_mvt.objects.operation import Operation
    from jupyter_mvt.objects.view import View
    from jupyter_mvt.store.faults import Checker
    from jupyter_mvt.store.store import Store

__all__ = ["fsck"]

_MISSING = "missing-object"


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
    share: object = subset  # from anybody's program
    if not isinstance(share, (int, float)) or not 0 < share <= 1:
        msg = f"{subset!r} is not a share of a whole."
        raise UsageError(msg, code="bad-share", hint="mvt fsck --subset 10%")
    findings = Findings()
    keys = list(store.backend.list(""))
    others = _sort_out(findings, keys, checkers or {})
    for key in keys:
        stat = store.backend.stat(key)
        findings.bytes += 0 if stat is None else stat.size  # less what is not drawn
    _check_format(store, findings)
    store.index.refresh()
    chance = random.Random(seed)
    with told(store.progress, "Verifying", int(findings.bytes * subset)):
        good, damaged = check_packs(store, findings, keys, lambda: chance.random() < subset)
    view, commits, touched = _check_history(store, findings, keys, good, damaged)
    touched |= _lost(store, findings, view, commits)
    for prefix, found in others.items():
        findings.problems.extend((checkers or {})[prefix](store, found))
    return FsckReport(
        files=len(keys),
        operations=findings.operations,
        objects=findings.objects,
        bytes=findings.bytes,
        problems=_touching(findings, touched, view),
    )


def _sort_out(
    findings: Findings, keys: list[str], checkers: Mapping[str, Checker]
) -> dict[str, list[str]]:
    known = (layout.PACKS, layout.OPERATIONS, *layout.DERIVED, layout.INDEX, layout.TABLES,
             layout.RUNS, layout.RESERVE, layout.SEEN)  # fmt: skip
    others: dict[str, list[str]] = {prefix: [] for prefix in checkers}
    for key in keys:
        prefix = next((prefix for prefix in others if key.startswith(prefix)), None)
        if prefix is not None:
            others[prefix].append(key)
        elif (key not in (layout.FORMAT, layout.README) and not key.startswith(known)) or (
            key.startswith(layout.PACKS) and not layout.is_pack(key)
        ):
            findings.add("unknown-file", f"The file {key} does not belong here.", key=key)
    return others


def _check_format(store: Store, findings: Findings) -> None:
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


def _check_history(
    store: Store, findings: Findings, keys: list[str], good: set[bytes], damaged: dict[bytes, str]
) -> tuple[View, list[tuple[Operation, Commit]], dict[str, list[ObjectId]]]:
    """Check the log and what its versions hold, again if content was freed while it looked.

    What a newer operation has freed is rightly absent. What is absent twice is missing.
    """
    missing: set[str] = set()
    while True:
        found = Findings()
        view, commits = check_log(store, found, keys)
        store.index.refresh()
        touched = _check_commits(store, found, view, commits, good, damaged)
        absent = {problem.object for problem in found.problems if problem.kind == _MISSING}
        if absent <= missing or store.backend.stat(layout.operation(view.number + 1)) is None:
            break
        missing = absent
    findings.operations += found.operations
    findings.problems += found.problems
    return view, commits, touched


def _check_commits(
    store: Store,
    findings: Findings,
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
            if raw not in damaged and _found_since(store, raw):
                good.add(raw)  # written, or packed anew, since the files were listed
                continue
            touched.setdefault(name, []).append(oid)
            if raw not in good and raw not in damaged and name not in reported:
                reported.add(name)
                findings.add(_MISSING, f"The object {name} is missing.", oid=name)
    return touched


def _found_since(store: Store, raw: bytes) -> bool:
    return any(not store.check(raw, place) for place in store.index.search(raw))


def _lost(
    store: Store, findings: Findings, view: View, commits: list[tuple[Operation, Commit]]
) -> dict[str, list[ObjectId]]:
    """Return which versions the operations carried that cannot be read."""
    sound = {entry.number for entry, _ in commits}
    named = set(filter(None, map(_damaged_operation, findings.problems)))
    damaged = sorted(named - sound)
    carried = ((ObjectId(entry.commit_id or ""), commit) for entry, commit in commits)
    return lost_commits(store.backend, damaged, carried, view) if damaged else {}


def _damaged_operation(problem: Problem) -> int | None:
    """Return the number of the operation that is at fault, ``None`` if it is something else."""
    return layout.number_of(problem.key) if problem.key.startswith(layout.OPERATIONS) else None


def _touching(
    findings: Findings, touched: dict[str, list[ObjectId]], view: View
) -> tuple[Problem, ...]:
    """Return the faults with the versions and labels that each of them touches."""
    unsure = (one for one in findings.problems if one.kind != "corrupt-commit")
    first = min(filter(None, map(_damaged_operation, unsure)), default=view.number + 1)
    names = {
        oid: f"v{where.number}" for oid, where in view.commits.items() if where.operation < first
    }  # of later ones, it is not known how many came before
    found = []
    for problem in findings.problems:
        needed_by = touched.get(problem.object) or touched.get(problem.key) or []
        commits = tuple(dict.fromkeys(needed_by)) or problem.commits
        labels = tuple(name for name, commit in view.labels.items() if commit in commits)
        versions = tuple(names.get(oid, short(oid)) for oid in commits)
        found.append(replace(problem, commits=commits, labels=labels or problem.labels,
                             versions=versions))  # fmt: skip
    return tuple(found)
