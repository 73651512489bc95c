"""Datasets that differ: rows appended, another order, which columns, and their drift."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mvt.compare.diff import ColumnChange, DataDiff, DatasetChange
from jupyter_mvt.compare.drift import distance, psi
from jupyter_mvt.compare.side import Side, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_mvt.objects.dataset import Column, Dataset, Schema

__all__ = ["diff_data"]

Key: TypeAlias = tuple[str, int]
_SHOWN = 4


def diff_data(base: Side, other: Side) -> DataDiff | None:
    """Compare datasets of equal name, else of equal content, else of equal role.

    The same data under another name is no difference.
    """
    changes: list[DatasetChange] = []
    equal: list[str] = []
    for a, b in _pairs(base.commit.content.datasets, other.commit.content.datasets):
        if a is not None and b is not None:
            if a.id == b.id and a.digest_kind == b.digest_kind:
                equal.append(b.var)
            else:
                changes.append(_changed(a, b, schema(base, a), schema(other, b)))
        elif b is not None:
            changes.append(_one_sided(b, other, "added"))
        elif a is not None:
            changes.append(_one_sided(a, base, "removed"))
    return DataDiff(changes=tuple(changes), equal=tuple(equal)) if changes else None


def _pairs(
    base: Iterable[Dataset], other: Iterable[Dataset]
) -> list[tuple[Dataset | None, Dataset | None]]:
    left, right = list(base), list(other)
    twins: dict[int, Dataset] = {}
    rules: tuple[Callable[[Dataset], object], ...] = (
        lambda d: (d.var, d.role),
        lambda d: d.var,
        lambda d: d.id,
        lambda d: d.role or None,
    )
    for rule in rules:
        for index, candidate in enumerate(right):
            key = rule(candidate)
            if index in twins or key is None:
                continue
            twin = next((rival for rival in left if rule(rival) == key), None)
            if twin is not None:
                left.remove(twin)
                twins[index] = twin
    found: list[tuple[Dataset | None, Dataset | None]] = [
        (twins.get(index), candidate) for index, candidate in enumerate(right)
    ]
    return found + [(rest, None) for rest in left]


def _one_sided(dataset: Dataset, side: Side, presence: str) -> DatasetChange:
    relation = f"only in {side.ref.name}"
    if presence == "added":
        return DatasetChange(
            var=dataset.var,
            role=dataset.role,
            presence="added",
            other_id=dataset.id,
            other_rows=dataset.rows,
            other_columns=dataset.columns,
            relation=relation,
        )
    return DatasetChange(
        var=dataset.var,
        role=dataset.role,
        presence="removed",
        base_id=dataset.id,
        base_rows=dataset.rows,
        base_columns=dataset.columns,
        relation=relation,
    )


def _changed(a: Dataset, b: Dataset, sa: Schema, sb: Schema) -> DatasetChange:
    left, right = _keyed(sa), _keyed(sb)
    renamed = _renamed(left, right)
    for old, new in renamed:
        right[old] = right.pop(new)
    shuffled = bool(a.multiset_id) and a.multiset_id == b.multiset_id and a.rows == b.rows
    columns = () if shuffled else _columns(left, right)
    return DatasetChange(
        var=b.var,
        role=b.role or a.role,
        presence="changed",
        base_id=a.id,
        other_id=b.id,
        base_rows=a.rows,
        other_rows=b.rows,
        base_columns=a.columns,
        other_columns=b.columns,
        relation="; ".join(_relation(a, b, sa, sb, shuffled, columns, renamed)),
        columns=columns,
    )


def _keyed(described: Schema) -> dict[Key, Column]:
    """Return columns by name and occurrence: a frame may have a name twice."""
    seen: Counter[str] = Counter()
    found: dict[Key, Column] = {}
    for column in described.columns:
        found[column.name, seen[column.name]] = column
        seen[column.name] += 1
    return found


def _renamed(left: dict[Key, Column], right: dict[Key, Column]) -> list[tuple[Key, Key]]:
    """Return (old, new) keys of columns with the same content under another name."""
    gone: dict[tuple[str, str], list[Key]] = {}
    for key in left.keys() - right.keys():
        gone.setdefault((left[key].type, left[key].digest), []).append(key)
    found = []
    for key in [key for key in right if key not in left]:
        candidates = gone.get((right[key].type, right[key].digest), [])
        if len(candidates) == 1:
            found.append((candidates.pop(), key))
    return found


def _columns(left: dict[Key, Column], right: dict[Key, Column]) -> tuple[ColumnChange, ...]:
    found = []
    for key in [*left, *(key for key in right if key not in left)]:
        a, b = left.get(key), right.get(key)
        if a and b and (a.type, a.digest) == (b.type, b.digest):
            continue
        found.append(
            ColumnChange(
                name=key[0],
                presence="changed" if a and b else "added" if b else "removed",
                base_type=a.type if a else "",
                other_type=b.type if b else "",
                base=a.profile if a else None,
                other=b.profile if b else None,
                psi=psi(a.profile, b.profile) if a and b else None,
                distance=distance(a.profile, b.profile) if a and b else None,
            )
        )
    return tuple(sorted(found, key=_drift))


def _drift(change: ColumnChange) -> tuple[int, float]:
    if change.presence != "changed":
        return 0, 0.0
    if change.base_type != change.other_type:
        return 1, -(change.psi or 0.0)
    return 2, -(-1.0 if change.psi is None else change.psi)


def _relation(
    a: Dataset,
    b: Dataset,
    sa: Schema,
    sb: Schema,
    shuffled: bool,
    columns: tuple[ColumnChange, ...],
    renamed: list[tuple[Key, Key]],
) -> list[str]:
    parts = []
    if shuffled:
        parts.append("same rows, other order")
    elif a.rows != b.rows:
        parts.append(_rows(a, b, sa, sb))
    changed = [c for c in columns if c.presence == "changed"]
    if changed and a.rows == b.rows:
        shared = len(columns) and len({*_keyed(sa)} & {*_keyed(sb)}) + len(renamed)
        parts.append(f"{len(changed)} of {_count(shared, 'column')} changed")
    for word in ("added", "removed"):
        names = [c.name for c in columns if c.presence == word]
        if names:
            parts.append(f"{_noun(names)} {word}: {_list(names)}")
    if renamed:
        names = [f"{old[0]} → {new[0]}" for old, new in renamed]
        parts.append(f"{_noun(names)} renamed: {_list(names)}")
    if a.digest_kind != b.digest_kind:
        parts.append(f"fingerprint {a.digest_kind} → {b.digest_kind}")
    return parts or ["columns in another order"]


def _rows(a: Dataset, b: Dataset, sa: Schema, sb: Schema) -> str:
    """Say how the rows of one side continue those of the other, as far as prefix ids tell."""
    short, long = (a, b) if a.rows < b.rows else (b, a)
    extra = long.rows - short.rows
    word = "appended" if short is a else "removed"
    left = {**dict(sa.prefixes), a.rows: a.id}
    right = {**dict(sb.prefixes), b.rows: b.id}
    common = sorted(left.keys() & right.keys())
    agree = max((rows for rows in common if left[rows] == right[rows]), default=0)
    if agree == short.rows:
        where = "" if short is a else " at the end"
        return f"{_count(extra, 'row')} {word}{where}"
    text = f"{_count(extra, 'row')} {'more' if short is a else 'fewer'}"
    return f"{text}, the first {agree:,} equal" if agree else text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _noun(names: list[str]) -> str:
    return "column" if len(names) == 1 else "columns"


def _list(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
