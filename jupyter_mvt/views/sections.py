"""The sections of a diff, one an aspect, as the wire carries them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from jupyter_mvt.views import drift, escape, format, parts, tree, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.compare.diff import (
        CellChange,
        CodeDiff,
        DataDiff,
        DatasetChange,
        EnvironmentDiff,
        Line,
        MetricsDiff,
        ModelChange,
        ParamsDiff,
        TensorChange,
        WeightsDiff,
    )

__all__ = ["cell", "code", "data", "environment", "metrics", "params", "weights"]

_LINES = 200
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LOOK_AHEAD = 6
"""An edited line is sought among so many new ones."""
_STRUCTURE = 30
_FEW = 5
_ONE_SIDED = {"added": "only in the newer", "removed": "only in the older"}

_COLUMNS = 12
"""Histograms of one dataset; the columns that moved most come first."""


def metrics(found: MetricsDiff) -> wire.MetricsSection:
    """Return metrics that differ."""
    return {
        "basis": parts.basis(found),
        "rows": parts.scaled(found.changes),
        "equal": [escape.line(name, 80) for name in found.equal],
    }


def params(found: ParamsDiff) -> wire.ParamsSection:
    """Return hyperparameters that differ."""
    rows: list[wire.ParamRow] = [
        {
            "name": escape.line(change.name),
            "scope": escape.line(change.scope, 80),
            "base": None if change.presence == "added" else parts.scalar(change.base),
            "other": None if change.presence == "removed" else parts.scalar(change.other),
        }
        for change in found.changes
    ]
    return {"rows": rows, "total": found.total}


def data(found: DataDiff) -> wire.DataSection:
    """Return datasets that differ, with the distributions of columns that moved."""
    return {
        "rows": [_dataset(change) for change in found.changes],
        "equal": [escape.line(name, 80) for name in found.equal],
    }


def _dataset(change: DatasetChange) -> wire.DataRow:
    moved = [column for column in change.columns if drift.notable(column)] or change.columns[:3]
    drawn = [drift.column(column) for column in moved[:_COLUMNS]]
    said = [_rows(change), escape.line(change.relation)]
    return {
        "name": escape.line(change.var, 80),
        "role": escape.line(change.role, 40),
        "text": ", ".join(part for part in said if part),
        "columns": drawn,
        "hidden": max(change.base_columns, change.other_columns) - len(drawn),
    }


def _rows(change: DatasetChange) -> str:
    if change.presence == "added":
        return format.plural(change.other_rows, "row")
    if change.presence == "removed":
        return format.plural(change.base_rows, "row")
    if change.base_rows == change.other_rows:
        return format.plural(change.base_rows, "row")
    return f"{format.count(change.base_rows)} → {format.plural(change.other_rows, 'row')}"


def code(found: CodeDiff, base: str, other: str) -> wire.CodeSection:
    """Return cells that differ, with the spans that changed inside a line marked."""
    git = ""
    if found.git is not None and found.git[0] != found.git[1]:
        git = " → ".join(escape.line(side[:10]) or "none" for side in found.git)
    return {
        "cells": [_cell(change, base, other) for change in found.cells],
        "total": found.total,
        "git": git,
    }


def _cell(change: CellChange, base: str, other: str) -> wire.CellDiff:
    if change.presence == "added":
        title = f"cell {change.other_order}, only in {other}"
    elif change.presence == "removed":
        title = f"cell {change.base_order}, only in {base}"
    else:
        title = f"cell {change.other_order}"
    return {"title": title, "lines": _marked(change.lines[:_LINES])}


def cell(order: int, source: str) -> wire.CellDiff:
    """Return a cell of one version."""
    lines: list[wire.Line] = [
        {"kind": "same", "base": i, "other": i, "text": escape.block(row, 500), "marks": []}
        for i, row in enumerate(source.split("\n")[:_LINES], start=1)
    ]
    return {"title": f"cell {order}", "lines": lines}


def _marked(lines: Sequence[Line]) -> list[wire.Line]:
    shown: list[wire.Line] = [
        {
            "kind": line.kind,
            "base": line.base,
            "other": line.other,
            "text": escape.block(line.text.rstrip("\n"), 500).replace("\n", " "),
            "marks": [],
        }
        for line in lines
    ]
    at = 0
    while at < len(shown):
        removed = _run(shown, at, "removed")
        added = _run(shown, at + removed, "added")
        middle, end = at + removed, at + removed + added
        _mark_alike(shown[at:middle], shown[middle:end])
        at = max(end, at + 1)
    return shown


def _run(lines: Sequence[wire.Line], start: int, kind: str) -> int:
    end = start
    while end < len(lines) and lines[end]["kind"] == kind:
        end += 1
    return end - start


def _mark_alike(removed: Sequence[wire.Line], added: Sequence[wire.Line]) -> None:
    """Mark what changed within lines that stand for each other; their order stays."""
    start = 0
    for old in removed:
        for at in range(start, min(start + _LOOK_AHEAD, len(added))):
            if _mark(old, added[at]):
                start = at + 1
                break


def _mark(old: wire.Line, new: wire.Line) -> bool:
    """Mark the words that differ, if the lines are alike enough to be one that was edited."""
    left, right = _WORD.findall(old["text"]), _WORD.findall(new["text"])
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < 0.5 or matcher.ratio() < 0.5:
        return False
    ends = [[0, *accumulate(map(len, words))] for words in (left, right)]
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            if b > a:
                old["marks"].append([ends[0][a], ends[0][b]])
            if d > c:
                new["marks"].append([ends[1][c], ends[1][d]])
    return True


def environment(found: EnvironmentDiff) -> wire.EnvironmentSection:
    """Return facts and packages that differ."""
    rows = [_row(what, a, b) for what, a, b in found.facts]
    rows += [_row(p.name, p.base, p.other) for p in found.packages]
    used = sum(package.used for package in found.packages)
    said = [format.plural(len(found.packages), "package") + " differ"] if found.packages else []
    if len(found.packages) == 1:
        said = ["1 package differs"]
    if used:
        said.append(f"{format.count(used)} of them in use")
    return {"rows": rows, "text": ", ".join(said)}


def _row(name: str, base: str, other: str) -> wire.ParamRow:
    return {
        "name": escape.line(name, 80),
        "scope": "",
        "base": escape.line(base, 80) or None,
        "other": escape.line(other, 80) or None,
    }


def weights(found: WeightsDiff) -> wire.WeightsSection:
    """Return models whose weights or structure differ."""
    return {"models": [_model(change) for change in found.models]}


def _model(change: ModelChange) -> wire.WeightsModel:
    ranked = [t for t in change.tensors if t.rel_l2 is not None]
    largest: list[wire.Fact] = [
        {"key": escape.line(t.path, 80), "text": format.ratio(t.rel_l2)} for t in ranked[:6]
    ]
    structure = [escape.line(row) for row in change.structure[:_STRUCTURE]]
    structure += _others([t for t in change.tensors if t.rel_l2 is None])[
        : _STRUCTURE - len(structure)
    ]
    return {
        "name": escape.line(change.var, 80),
        "text": _about(change),
        "tree": tree.module(change),
        "structure": structure,
        "largest": largest,
    }


def _others(tensors: Sequence[TensorChange]) -> list[str]:
    """Return what cannot be measured array by array; many that are new or gone in one line."""
    said: list[str] = []
    for presence, word in _ONE_SIDED.items():
        own = [tensor for tensor in tensors if tensor.presence == presence]
        if len(own) > _FEW:
            first = escape.line(own[0].path, 120)
            said.append(f"{format.plural(len(own), 'array')} {word}, such as {first}")
            tensors = [tensor for tensor in tensors if tensor.presence != presence]
    return [*said, *(_other(tensor.path, tensor) for tensor in tensors)]


def _other(path: str, tensor: TensorChange) -> str:
    said = _ONE_SIDED.get(tensor.presence, "")
    if not said and tensor.base_shape != tensor.other_shape:
        said = f"{_shape(tensor.base_shape)} → {_shape(tensor.other_shape)}"
    return f"{escape.line(path, 120)}: {said or escape.line(tensor.why) or 'changed'}"


def _shape(shape: Sequence[int] | None) -> str:
    return "×".join(map(str, shape)) if shape else "scalar"


def _about(change: ModelChange) -> str:
    if change.presence == "added":
        return f"{_cls(change.other_cls)}, new"
    if change.presence == "removed":
        return f"{_cls(change.base_cls)}, removed"
    said = []
    if change.base_cls != change.other_cls:
        said.append(f"{_cls(change.base_cls)} → {_cls(change.other_cls)}")
    if not change.total:
        return ", ".join([*said, "no arrays to compare"])
    differ = change.total - change.equal
    many = "array differs" if change.total == 1 else "arrays differ"
    said.append(
        f"all {format.count(differ)} {many}"
        if differ == change.total and differ > 1
        else f"{format.count(differ)} of {format.count(change.total)} {many}"
    )
    if change.rel_l2 is not None:
        said.append(f"relative change {format.ratio(change.rel_l2)}")
    return ", ".join(said)


def _cls(name: str) -> str:
    return escape.line(name.rsplit(".", 1)[-1], 80)
