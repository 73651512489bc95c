"""Compare two versions: every aspect, or those asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.compare.aspect import ASPECTS
from jupyter_mvt.compare.diff import Diff
from jupyter_mvt.compare.side import metrics

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_mvt.compare.side import Side

__all__ = ["compare"]


def compare(base: Side, other: Side, *, only: Collection[str] | None = None) -> Diff:
    """Return what differs between two versions.

    Parameters
    ----------
    base, other
        The version compared with, and the one that is looked at: an increase is positive when
        `other` has more.
    only
        Names of aspects; all when ``None``.

    Raises
    ------
    NotFoundError
        `only` names an aspect that does not exist (code ``unknown-diff-aspect``).
    """
    names = ASPECTS.names() if only is None else tuple(dict.fromkeys(only))
    found: dict[str, Any] = {name: ASPECTS.get(name)(base, other) for name in names}
    own = Diff.aspects()
    return Diff(
        base=base.ref,
        other=other.ref,
        **{name: value for name, value in found.items() if name in own},
        measured=_measured(base, other) if "metrics" in names else None,
        extra={k: v for k, v in found.items() if k not in own and v is not None},
    )


def _measured(base: Side, other: Side) -> int:
    return len({m.key for m in metrics(base)} & {m.key for m in metrics(other)})
