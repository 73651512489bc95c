"""The log: versions newest first, with the graph, one metric and what got worse."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mvt.compare import noise
from jupyter_mvt.objects.metric import Metric, finite, rising
from jupyter_mvt.views import escape, format, graph, html, parts, text, titles, wire

if TYPE_CHECKING:
    from jupyter_mvt.history.results import Log, LogEntry

__all__ = ["as_html", "as_text", "key_of", "payload", "row"]

_METRICS = 8
_AUTHOR = 16
_THIN = "(thin)"
_EMPTY = "No versions here yet. Train a model, then keep it:"
_NONE = "No version answers this search."
_COMMAND = '%mvt commit model -m "first"'


def payload(log: Log, limit: int | None = None) -> wire.LogView:
    """Return the wire form of a log, at most its newest `limit` versions."""
    entries = log.entries if limit is None else log.entries[:limit]
    columns = _columns(entries)
    by_id = {str(entry.version.id): entry for entry in (*log.parents, *log.entries)}
    marked = (e.version.name for e in log.entries if "production" in e.version.labels)
    view: wire.LogView = {
        "view": "log",
        "schema": parts.SCHEMA,
        "repository": escape.line(log.repository, 80),
        "head": escape.line(log.head),
        "rows": [row(entry, columns, by_id) for entry in entries],
        "total": log.total,
        "branches": [escape.line(name) for name in list(log.branches)[:100]],
        "metrics": list(columns.values()),
        "metric": next(iter(columns), ""),
        "production": next(marked, ""),
    }
    if limit is not None and len(entries) < log.total:
        view["cut"] = (
            f"Saved output: the newest {format.count(len(entries))} of"
            f" {format.plural(log.total, 'version')}. Run the cell again, or open the panel,"
            " for all of them."
        )
    return view


def key_of(metric: Metric) -> str:
    """Return a metric's key in `Point` tables: its name alone where that is enough."""
    where = "|".join(part for part in (metric.slice, metric.split) if part)
    return escape.line(f"{metric.name}|{where}" if where else metric.name)


def _columns(entries: tuple[LogEntry, ...]) -> dict[str, wire.Column]:
    """Return the metrics to choose from: whole-data ones first, in order of appearance."""
    first: dict[tuple[str, str, str], Metric] = {}
    for entry in entries:
        for metric in entry.metrics:
            first.setdefault(metric.key, metric)
    seen: dict[str, Metric] = {}
    for metric in first.values():
        seen.setdefault(key_of(metric), metric)
    ranked = sorted(seen.items(), key=lambda item: _rank(item[1]))
    return {key: _column(key, metric) for key, metric in ranked[:_METRICS]}


def _rank(metric: Metric) -> tuple[bool, bool]:
    # sorted() is stable: within these, newest first and as logged.
    return bool(metric.slice), titles.split_of(metric.name, metric.split) not in {"", "test"}


def _column(key: str, metric: Metric) -> wire.Column:
    return {
        "key": key,
        "title": titles.full(metric.name, metric.slice, metric.split),
        "kind": "metric",
        "lower": rising(metric) is False,
        "numeric": True,
    }


def row(
    entry: LogEntry, columns: dict[str, wire.Column], by_id: dict[str, LogEntry]
) -> wire.LogRow:
    """Return one version with its metrics of `columns`; `by_id` holds its first parent."""
    parents = entry.version.parents
    before = by_id.get(str(parents[0])) if parents else None
    return _drawn(entry, before.metrics if before else None, tuple(columns)).copy()


# A panel asks for the same rows after every operation, and an operation changes few of them.
@lru_cache(maxsize=2_048)
def _drawn(
    entry: LogEntry, before: tuple[Metric, ...] | None, columns: tuple[str, ...]
) -> wire.LogRow:
    old = {key_of(m): m for m in before or ()}
    points = {
        key: _point(m, old.get(key), first=not entry.version.parents)
        for key, m in ((key_of(m), m) for m in entry.metrics)
        if key in columns
    }
    row: wire.LogRow = {
        "version": parts.version(entry.version),
        "points": points,
        "regressed": [_regressed(entry, before, found) for found in entry.regressions[:5]],
        "model": escape.line(entry.model_class.rsplit(".", 1)[-1], 80),
    }
    if entry.remarks:
        row["remarks"] = entry.remarks
    if entry.thin:
        row["thin"] = True
    return row


@lru_cache(maxsize=4_096)
def _point(metric: Metric, old: Metric | None, *, first: bool) -> wire.Point:
    figure = format.figure(metric.value, metric.unit)
    said, verdict = ("first", None) if first else _judged(metric, old)
    point: wire.Point = {
        "text": figure["text"], "value": figure["value"], "change": said, "verdict": verdict,
    }  # fmt: skip
    if digits := format.exact(metric.value):
        point["exact"] = digits
    return point


def _judged(metric: Metric, old: Metric | None) -> tuple[str, wire.Verdict | None]:
    if old is None or metric.value is None or old.value is None:
        return "", None
    if metric.dataset_id and old.dataset_id and metric.dataset_id != old.dataset_id:
        return "different test data", "incomparable"
    if not (finite(metric.value) and finite(old.value)):
        return "", None
    if noise.timed_apart(metric.unit):
        return "", None
    delta = _delta(metric, old)
    said = format.with_unit(*format.change(delta, metric.unit, old.value, metric.value))
    higher = rising(old, metric)
    if not delta:
        return said, "same"
    if noise.within(noise.interval(delta, old.stderr, metric.stderr)):
        return said, "inconclusive"
    return said, "changed" if higher is None else "better" if (delta > 0) == higher else "worse"


def _delta(metric: Metric, old: Metric) -> float | None:
    try:
        return float(metric.value or 0) - float(old.value or 0)
    except OverflowError:
        return None


def _regressed(entry: LogEntry, before: tuple[Metric, ...] | None, found: tuple[str, str]) -> str:
    """Return ``Recall, region=south −13.8 pp``; without the parent at hand, no figure."""
    name, slice_ = found
    new = next((m for m in entry.metrics if (m.name, m.slice) == found), None)
    said = titles.full(name, slice_, new.split if new else "")
    old = next((m for m in before or () if new and m.key == new.key), None)
    if new is None or old is None or not (finite(new.value) and finite(old.value)):
        return said
    change = format.change(_delta(new, old), new.unit, old.value, new.value)
    return f"{said} {format.with_unit(*change)}"


def as_text(view: wire.LogView, look: text.Look) -> str:
    """Return the log for a terminal, with a graph at its left."""
    if not view["rows"]:
        if view["branches"]:
            return _NONE
        return f"{look.wrap(_EMPTY)}\n  {look.typed(_COMMAND)}"
    blocks = [_head(view)]
    versions = [row["version"] for row in view["rows"]]
    lanes = graph.lanes([(v["id"], v["parents"]) for v in versions],
                        ["◆" if row["regressed"] else "●" for row in view["rows"]])  # fmt: skip
    cells = [_cells(row, view["metric"], look) for row in view["rows"]]
    title = view["metrics"][0]["title"] if view["metrics"] else ""
    head = ("", "", "Message", title, "Change", "Author", "When")
    rows: list[tuple[str, ...]] = [head]
    at = 0
    for lane in lanes:
        if lane.commit:
            rows.append((lane.text, *cells[at]))
            at += 1
        else:
            rows.append((lane.text, "", "", "", "", "", ""))
    rows = [(*row[:5], text.fit(row[5], _AUTHOR), *row[6:]) for row in rows]
    right = (False, False, False, True, True, False, False)
    blocks.append(text.table(rows, right, look, give=2))
    worse = [
        look.wrap(f"{row['version']['name']}: {said}", "◆ ")
        for row in view["rows"]
        for said in row["regressed"]
    ]
    blocks.append("\n".join(worse[:10]))
    blocks += text.tail([], view.get("cut"), look)
    return "\n\n".join(block for block in blocks if block)


def _head(view: wire.LogView) -> str:
    said = format.plural(view["total"], "version")
    if len(view["rows"]) < view["total"]:
        said = f"newest {format.count(len(view['rows']))} of {said}"
    branches = format.plural(len(view["branches"]), "branch", "branches")
    return f"{view['repository']} · {said}, {branches}"


def _cells(row: wire.LogRow, metric: str, look: text.Look) -> tuple[str, ...]:
    version = row["version"]
    point = row["points"].get(metric)
    marks = [f"[{label}]" for label in version["labels"]] + [f"({tag})" for tag in version["tags"]]
    marks += [_THIN] * row.get("thin", False)
    # What points here, and that it cannot be restored, must not be cut off with a long message.
    message = " ".join([*marks, version["message"], _remarks(row)]).strip()
    if point is None:
        value, change = (format.MISSING if metric else ""), ""
    else:
        value, change = point["text"], point["change"]
        if point["verdict"] is not None:
            change = f"{change} {text.SHAPES[point['verdict']]}"
    return (version["name"], message, value, change, version["author"],
            look.time(version["time_ms"]))  # fmt: skip


def _remarks(row: wire.LogRow) -> str:
    count = row.get("remarks", 0)
    return f"({format.plural(count, 'note')})" if count else ""


def as_html(view: wire.LogView) -> html.Safe:
    """Return the log as a static table."""
    if not view["rows"]:
        if view["branches"]:
            return html.card(html.p(_NONE))
        return html.card(html.p(_EMPTY), html.pre(_COMMAND))
    shown = view["metrics"][:3]
    head = ["Version", "Message", "Branch", *(c["title"] for c in shown), "Change", "Author",
            "Time"]  # fmt: skip
    right = [False, False, False, *[True] * len(shown), True, False, False]
    rows = [_html_row(row, shown, view["metric"]) for row in view["rows"]]
    return html.card(
        html.p(html.b(_head(view))), html.table(head, rows, right), *html.tail([], view.get("cut"))
    )


def _html_row(row: wire.LogRow, shown: list[wire.Column], metric: str) -> list[html.Child]:
    version = row["version"]
    point = row["points"].get(metric)
    message: list[html.Child] = [" ".join([version["message"], _remarks(row)]).strip()]
    message += [f" [{label}]" for label in version["labels"]]
    message += [f" tag {tag}" for tag in version["tags"]]
    message += [f" {_THIN}"] * row.get("thin", False)
    for said in row["regressed"]:
        message += [html.element("br"), html.shape("worse"), f" {said}"]
    change: html.Child = ""
    if point is not None:
        mark = html.shape(point["verdict"]) if point["verdict"] else None
        change = html.join(point["change"], " " if mark else None, mark)
    values = [row["points"][c["key"]]["text"] if c["key"] in row["points"] else format.MISSING
              for c in shown]  # fmt: skip
    return [html.b(version["name"]), html.join(*message), version["branch"], *values, change,
            version["author"], html.time(version["time_ms"])]  # fmt: skip
