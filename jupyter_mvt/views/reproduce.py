"""A version that was made once more: whether it is the same, and what was different."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, parts, wire

if TYPE_CHECKING:
    from jupyter_mvt.api.reproduce import Reproduction
    from jupyter_mvt.capture.rerun.plan import Verdict

__all__ = ["payload"]

_MOST = 5
_MOST_PINS = 40
# A stranger's repository names them: nothing else may reach a line that is pasted.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RELEASE = re.compile(r"[0-9][A-Za-z0-9.!+_-]*")
_TITLES = {
    "identical": "{name} was made again, bit for bit.",
    "close": "{name} was made again, within rounding.",
    "differs": "{name} came out differently.",
    "failed": "{name} cannot be made again: cell [{cell}] failed.",
}


def payload(found: Reproduction) -> wire.NoticeView:
    """Return the wire form of a reproduction."""
    outcome = found.outcome
    title = _TITLES[found.verdict].format(name=found.version.name, cell=outcome.failed_in)
    said = [escape.line(outcome.error, 400) + "."] if outcome.error else []
    said += [_model(verdict) for verdict in outcome.verdicts]
    ran = format.plural(found.cells, "cell")
    said.append(f"Run again: {format.plural(found.lines, 'line')} of {ran}, of "
                f"{format.count(found.all_cells)} that were kept, in "
                f"{format.duration(outcome.seconds)}.")  # fmt: skip
    other = [name for name, how in sorted(outcome.data.items()) if how == "other"]
    if other:
        said.append(f"Other data than then: {_some(other)}.")
    stored = [name for name, how in sorted(outcome.data.items()) if how == "stored"]
    if stored:
        said.append(f"The rows that {found.version.name} kept were used for: {_some(stored)}.")
    if outcome.skipped:
        said.append(f"Left out, as only a notebook runs them: {_some(list(outcome.skipped))}.")
    if outcome.unset:
        said.append(f"Random states of {_some(list(outcome.unset))} could not be put back.")
    if found.environment:
        moved = [f"{name} {was or 'none'} → {now}" for name, was, now in found.environment]
        said.append(f"The environment is another than then: {_some(moved)}.")
    else:
        said.append("The packages in use are those of then, as far as they were recorded.")
    good = found.verdict in ("identical", "close")
    return {"view": "notice", "schema": parts.SCHEMA, "kind": "done" if good else "warning",
            "title": title, "text": " ".join(said), "command": _install(found)}  # fmt: skip


def _install(found: Reproduction) -> str:
    """Return the line that brings back the packages of then, nothing where they are here."""
    wanted = [
        f"{name}=={was}"
        for name, was, _ in found.environment
        if name not in {"python", "machine"} and _NAME.fullmatch(name) and _RELEASE.fullmatch(was)
    ]
    return f"%pip install {' '.join(wanted[:_MOST_PINS])}" if wanted else ""


def _model(verdict: Verdict) -> str:
    name = escape.line(verdict.model, 80)
    if verdict.same == "identical":
        return f"{name}: every array is the same."
    if verdict.tensor:
        tensor = escape.line(verdict.tensor, 120)
        if verdict.difference != verdict.difference:
            return f"{name}: {tensor} has another shape or type."
        apart = format.number(verdict.difference)
        first = "differs first at" if verdict.same == "differs" else "is close; first at"
        return f"{name} {first} {tensor}, by at most {apart}."
    return f"{name}: {escape.line(verdict.why, 300)}."


def _some(names: list[str]) -> str:
    shown = ", ".join(escape.line(name, 80) for name in names[:_MOST])
    return shown + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
