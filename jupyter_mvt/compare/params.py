"""Hyperparameters that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.compare.diff import ParamChange, ParamsDiff
from jupyter_mvt.compare.pairing import model_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.compare.side import Side
    from jupyter_mvt.objects.commit import Param, Scalar

__all__ = ["diff_params", "same_param"]


def diff_params(base: Side, other: Side) -> ParamsDiff | None:
    """Compare the run's own params and those of each model.

    First come values that somebody set on at least one side, then those that follow a default
    (another class, another release of the framework).
    """
    rows: list[tuple[bool, ParamChange]] = []
    total = 0
    groups = [("", base.commit.content.params, other.commit.content.params)]
    for mine, theirs in model_pairs(base, other):
        scope = theirs.var if theirs else mine.var if mine else ""
        groups.append((scope, mine.params if mine else (), theirs.params if theirs else ()))
    for scope, before, after in groups:
        count, found = _changes(scope, before, after)
        total += count
        rows += found
    if not rows:
        return None
    # Stable: within both halves the run's own come first, then model by model, by name.
    rows.sort(key=lambda row: row[0])
    return ParamsDiff(changes=tuple(change for _, change in rows), total=total)


def _changes(
    scope: str, base: Iterable[Param], other: Iterable[Param]
) -> tuple[int, list[tuple[bool, ParamChange]]]:
    left = {param.name: param for param in base}
    right = {param.name: param for param in other}
    names = sorted(left.keys() | right.keys())
    rows = []
    for name in names:
        a, b = left.get(name), right.get(name)
        if a is not None and b is not None and same_param(a.value, b.value):
            continue
        follows_default = all(param.default for param in (a, b) if param is not None)
        change = ParamChange(
            name=name,
            scope=scope,
            base=a.value if a else None,
            other=b.value if b else None,
            presence="added" if a is None else "removed" if b is None else "changed",
        )
        rows.append((follows_default, change))
    return len(names), rows


def same_param(a: Scalar, b: Scalar) -> bool:
    """Tell whether two values of a hyperparameter are the same.

    The type counts: to scikit-learn ``max_features=1`` is one feature and ``1.0`` all of them.
    NaN is the same as NaN.
    """
    return type(a) is type(b) and (a == b or (a != a and b != b))
