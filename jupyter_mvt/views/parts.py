"""Pieces of payloads that several results share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mvt.errors import as_typed
from jupyter_mvt.objects.ids import short
from jupyter_mvt.views import escape, format, titles, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_mvt.compare.diff import MetricChange, MetricsDiff
    from jupyter_mvt.objects.commit import BaseModel, Commit, Model, Note, Param, Scalar
    from jupyter_mvt.objects.metric import Metric as Value
    from jupyter_mvt.objects.version import VersionRef

__all__ = [
    "SCHEMA",
    "basis",
    "direction",
    "mentions",
    "model_text",
    "notes",
    "own_metric",
    "param",
    "same_metric",
    "scalar",
    "scaled",
    "version",
]

SCHEMA = 1

WORDS: dict[wire.Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "same": "no change",
    "changed": "changed",
    "inconclusive": "inconclusive",
    "incomparable": "not comparable",
}
_EMPTY: wire.Figure = {"text": "", "value": None}


def version(ref: VersionRef) -> wire.Version:
    """Return a version as the wire names it."""
    return {
        "id": escape.line(short(ref.id)),
        "name": ref.name,
        "number": ref.number,
        "message": escape.line(ref.message),
        "branch": escape.line(ref.branch),
        "author": escape.line(ref.author, 80),
        "time_ms": ref.time_us // 1000,
        "parents": [escape.line(short(parent)) for parent in ref.parents[:8]],
        "labels": [escape.line(label) for label in ref.labels[:20]],
        "tags": [escape.line(tag) for tag in ref.tags[:20]],
    }


def scaled(changes: Sequence[MetricChange]) -> list[wire.Metric]:
    """Return changes as rows whose `effect` shares one scale, −1 … 1."""
    sizes = [abs(change.relative or 0.0) for change in changes]
    largest = max(sizes, default=0.0)
    return [
        _metric(change, size / largest if largest else 0.0)
        for change, size in zip(changes, sizes, strict=True)
    ]


def _metric(change: MetricChange, effect: float) -> wire.Metric:
    text, unit = format.change(change.delta, change.unit, change.base, change.other)
    sign = {"better": 1.0, "worse": -1.0}.get(change.verdict, 0.0)
    base, other = _side(change, "base"), _side(change, "other")
    row: wire.Metric = {
        "name": escape.line(change.name),
        "title": titles.title(change.name),
        "slice": escape.line(change.slice, 80),
        "split": _split(change.name, change.split),
        "base": base,
        "other": other,
        "change": text,
        "unit": unit,
        "verdict": change.verdict,
        "word": WORDS[change.verdict],
        "why": escape.line(change.why),
        "tip": _tip(change),
        "effect": sign * effect,
    }
    if change.interval is not None:
        low, high = change.interval
        reach = max(high - (change.delta or 0.0), (change.delta or 0.0) - low)
        text, _ = format.change(reach, change.unit, change.base, change.other)
        row["interval"] = text.replace("+", "± ", 1)
    return row


def _interval(change: MetricChange, found: tuple[float, float]) -> str:
    """Return ``−0.8 to +5.4 pp``."""
    low, high = (format.change(end, change.unit, change.base, change.other) for end in found)
    return f"{low[0]} to {format.with_unit(*high)}"


def _side(change: MetricChange, side: str) -> wire.Figure:
    absent = change.presence == ("added" if side == "base" else "removed")
    if absent:
        return {"text": format.MISSING, "value": None}
    return format.figure(change.base if side == "base" else change.other, change.unit)


def _split(name: str, split: str) -> str:
    # "test" is what one expects; any other split is said.
    part = titles.split_of(name, split)
    return "" if part == "test" else escape.line(part, 40)


def _tip(change: MetricChange) -> str:
    said = []
    if change.relative is not None and change.unit != "share":
        percent, _ = format.change(change.relative, "share")
        said.append(f"{percent}{format.NBSP}% of the value before")
    if change.higher_is_better is not None and change.delta:
        said.append("higher is better" if change.higher_is_better else "lower is better")
    if change.n is not None:
        said.append(format.plural(change.n, "row"))
    if change.interval is not None:
        said.append(f"95 % interval {_interval(change, change.interval)}")
    elif change.verdict in {"better", "worse"}:
        said.append("noise not tested")
    if change.why:
        said.append(escape.line(change.why))
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def own_metric(value: Value) -> wire.Metric:
    """Return a metric of one version: its value as `other`, nothing to compare with."""
    return {
        "name": escape.line(value.name),
        "title": titles.title(value.name),
        "slice": escape.line(value.slice, 80),
        "split": _split(value.name, value.split),
        "base": _EMPTY,
        "other": format.figure(value.value, value.unit),
        "change": "",
        "unit": "",
        "verdict": "changed",
        "word": "",
        "why": "",
        "tip": "" if value.n is None else format.plural(value.n, "row"),
        "effect": 0.0,
    }


def same_metric(value: Value) -> wire.Metric:
    """Return a metric that is equal on both sides."""
    row = own_metric(value)
    row.update({"base": row["other"], "change": "0", "verdict": "same", "word": WORDS["same"]})
    return row


def basis(metrics: MetricsDiff) -> str:
    """Return on what was compared, and that noise was not tested."""
    # A slice has fewer rows than the data it was cut from: it does not count here.
    counts = {c.n for c in metrics.changes if c.presence == "changed" and c.n and not c.slice}
    said = str(metrics.basis)
    if said == "same test data" and len(counts) == 1:
        said = f"same {format.plural(counts.pop(), 'test row')}"
    return " · ".join(part for part in (said, f"noise {metrics.noise}") if part)


def direction(change: MetricChange) -> str:
    """Return ``fell``, ``rose`` or ``changed``."""
    if not change.delta:
        return "changed"
    return "fell" if change.delta < 0 else "rose"


def notes(found: Iterable[Note]) -> list[wire.NoteRow]:
    """Return capture notes but those that only say that all is well."""
    return [
        {
            "kind": note.kind,
            "about": _about(note),
            "text": escape.line(_said(note), 400),
        }
        for note in found
        if note.kind != "ok"
    ]


def _said(note: Note) -> str:
    """Return a note's text: a sentence, unless it goes on from the name that it is about."""
    text = as_typed(note.text, "%mvt")
    if text.startswith(note.about) or not mentions(text, note.about):
        return text
    return text[:1].upper() + text[1:]


def _about(note: Note) -> str:
    # "cell 7: Cell 7 ran before …" would say it twice.
    said = not mentions(note.text.lower(), note.about.lower()) or mentions(note.text, note.about)
    return escape.line(note.about, 80) if said else ""


def mentions(text: str, about: str) -> bool:
    """Tell whether `text` names what it is about: ``net`` is not named by ``__main__.net``."""
    return re.search(rf"(?<![\w.<]){re.escape(about)}(?![\w=>])", text) is not None


def param(row: Param, scope: str = "") -> wire.ParamRow:
    """Return one hyperparameter of one version."""
    return {
        "name": escape.line(row.name),
        "scope": escape.line(scope, 80),
        "base": None,
        "other": scalar(row.value),
    }


def scalar(value: Scalar) -> str:
    """Return a hyperparameter's value as Python would write it, words without quotes."""
    return escape.line(value if isinstance(value, str) else repr(value))


def model_text(model: Model) -> str:
    """Return ``RandomForestClassifier, 118,402 weights``."""
    name = escape.line(model.cls.rsplit(".", 1)[-1], 80)
    if not model.n_weights and model.weights_bytes:
        return f"{name}, {format.size(model.weights_bytes)}"  # a file of a format of its own
    return f"{name}, {format.plural(model.n_weights, 'weight')}" if model.n_weights else name


def base_text(base: BaseModel) -> str:
    """Return ``BertModel 1f3a5c7e90, 438.0 MB``."""
    name = escape.line(base.cls.rsplit(".", 1)[-1], 80)
    return f"{name} {escape.line(base.id[:10], 10)}, {format.size(base.nbytes)}"


def stored(commit: Commit) -> str:
    """Return ``1.2 MB new of 4.6 MB``."""
    return f"{format.size(commit.new_bytes)} new of {format.size(commit.total_bytes)}"
