"""What differs in a model besides its arrays: steps, members, learned plain values.

Skeletons are read as data: nothing they name is imported, built or run, and a pickle is compared
by identity only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from jupyter_mvt.compare.side import Side, data, manifest
from jupyter_mvt.compare.skeleton import Facts, facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.objects.commit import Model

__all__ = ["structure"]

_MOST = 24
_WIDTH = 60
_GONE = "\N{MINUS SIGN}"


def structure(base: Side, a: Model, other: Side, b: Model) -> tuple[str, ...]:
    """Return a line for each difference; hyperparameters are left to their own aspect."""
    lines = []
    if a.state_identity != b.state_identity:
        lines += _state(base, a, other, b)
    if a.weights_id != b.weights_id:
        lines += _ties(base, a, other, b)
    if a.base != b.base:
        lines.append(f"base {_base(a)} → {_base(b)}")
    if (a.optimizer, a.optimizer_state) != (b.optimizer, b.optimizer_state):
        word = "changed" if a.optimizer and b.optimizer else "added" if b.optimizer else "removed"
        lines.append(f"optimizer state {word}")
    lines += _named(dict(a.code_refs), dict(b.code_refs))
    hidden = len(lines) - _MOST
    return (*lines[:_MOST], f"and {hidden} more") if hidden > 0 else tuple(lines)


def _state(base: Side, a: Model, other: Side, b: Model) -> list[str]:
    if "pickle" in (a.state_kind, b.state_kind):
        return ["stored as a pickle: differs, not looked into"]
    params = frozenset(param.name for model in (a, b) for param in model.params)
    return _lines(facts_of(data(base, a.state), params), facts_of(data(other, b.state), params))


def _lines(a: Facts, b: Facts) -> list[str]:
    lines = []
    for path in [*b.members, *(path for path in a.members if path not in b.members)]:
        lines += _members(path, a.members.get(path, ()), b.members.get(path, ()))
    for path, count in b.lengths.items():
        if a.lengths.get(path, count) != count:
            lines.append(f"{path} {a.lengths[path]:,} → {count:,}")
    fresh = {path for path in b.classes if path not in a.classes}
    for path, name in b.classes.items():
        before = a.classes.get(path, name)
        if path and before != name:
            lines.append(f"{path}: {before} → {name}")
    for path, value in b.values.items():
        inside_fresh = any(path.startswith(parent + ".") for parent in fresh)
        before = a.values.get(path, "" if inside_fresh else "absent")
        if not inside_fresh and before != value:
            lines.append(f"{path} {_short(before)} → {_short(value)}")
    gone = {path for path in a.classes if path not in b.classes}
    lines += [
        f"{path} {_short(value)} → absent"
        for path, value in a.values.items()
        if path not in b.values and not any(path.startswith(parent + ".") for parent in gone)
    ]
    return lines


def _members(path: str, a: tuple[str, ...], b: tuple[str, ...]) -> list[str]:
    lines = [f"{path}: + {name}" for name in b if name not in a]
    lines += [f"{path}: {_GONE} {name}" for name in a if name not in b]
    if not lines and a != b:
        lines.append(f"{path}: in another order")
    return lines


def _base(model: Model) -> str:
    found = model.base
    return "none" if found is UNSET else f"{found.cls.rsplit('.', 1)[-1]} {found.id[:10]}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _ties(base: Side, a: Model, other: Side, b: Model) -> list[str]:
    left, right = (
        {f"{tie.path} = {tie.target}" for tie in manifest(side, model.weights).ties}
        for side, model in ((base, a), (other, b))
    )
    return [
        *(f"shared: + {tie}" for tie in sorted(right - left)),
        *(f"shared: {_GONE} {tie}" for tie in sorted(left - right)),
    ]


def _named(a: Mapping[str, str], b: Mapping[str, str]) -> list[str]:
    lines = [f"code: + {name}" for name in b if name not in a]
    lines += [f"code: {_GONE} {name}" for name in a if name not in b]
    return lines + [f"code: {name} changed" for name in b if a.get(name, b[name]) != b[name]]
