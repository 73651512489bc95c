"""The leaderboard: versions best first, against production, and what cannot be ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.objects.metric import MetricValue, direction, metric_unit
from jupyter_mvt.views import escape, format, html, parts, text, titles, wire

if TYPE_CHECKING:
    from jupyter_mvt.metrics.leaderboard import Leaderboard, Ranked

__all__ = ["as_html", "as_text", "payload"]

_METRICS = 6
_PARAMS = 6


def payload(board: Leaderboard) -> wire.LeaderboardView:
    """Return the wire form of a leaderboard."""
    baseline = next((row for row in board.rows if "production" in row.version.labels), None)
    metrics = [name for name in board.metrics if name != board.by][:_METRICS]
    params = list(board.params[:_PARAMS])
    columns = [_metric(name) for name in metrics] + [_param(name) for name in params]
    view: wire.LeaderboardView = {
        "view": "leaderboard",
        "schema": parts.SCHEMA,
        "by": {
            "key": escape.line(board.by),
            "title": titles.full(board.by, board.slice),
            "kind": "metric",
            "lower": board.ascending,
            "numeric": True,
        },
        "columns": columns,
        "rows": [_row(board, row, baseline, metrics, params) for row in board.rows],
        "unranked": [
            {"version": parts.version(row.version), "reason": escape.line(row.reason)}
            for row in board.unranked
        ],
        "total": board.total,
        "baseline": baseline.version.name if baseline else "",
    }
    if len(board.rows) < board.total:
        view["cut"] = f"Shown are {len(board.rows)} of {format.plural(board.total, 'version')}."
    return view


def _metric(name: str) -> wire.Column:
    return {"key": f"m:{escape.line(name)}", "title": titles.full(name), "kind": "metric",
            "lower": direction(name) is False, "numeric": True}  # fmt: skip


def _param(name: str) -> wire.Column:
    return {"key": f"p:{escape.line(name)}", "title": escape.line(name, 80), "kind": "param",
            "lower": False, "numeric": False}  # fmt: skip


def _row(
    board: Leaderboard,
    row: Ranked,
    baseline: Ranked | None,
    metrics: list[str],
    params: list[str],
) -> wire.RankRow:
    cells: dict[str, wire.Figure] = {escape.line(board.by): format.figure(row.value, board.unit)}
    for name in metrics:
        if name in row.values:
            cells[f"m:{escape.line(name)}"] = _figure(name, row.values[name])
    for name in params:
        if name in row.params:
            value = row.params[name]
            number = None if isinstance(value, str) else format.value_of(value)
            cells[f"p:{escape.line(name)}"] = {"text": parts.scalar(value), "value": number}
    change, verdict = _against(board, row, baseline)
    return {
        "rank": row.rank,
        "version": parts.version(row.version),
        "cells": cells,
        "bar": _bar(board, row),
        "change": change,
        "verdict": verdict,
        "baseline": row is baseline,
    }


def _figure(name: str, value: MetricValue) -> wire.Figure:
    return format.figure(value, metric_unit(name, value))


def _against(
    board: Leaderboard, row: Ranked, baseline: Ranked | None
) -> tuple[str, wire.Verdict | None]:
    if baseline is None or row is baseline:
        return "", None
    if row.dataset_id and baseline.dataset_id and row.dataset_id != baseline.dataset_id:
        return "different test data", "incomparable"
    delta = row.value - baseline.value
    said = format.with_unit(*format.change(delta, board.unit, baseline.value, row.value))
    if not delta:
        return said, "same"
    return said, "better" if (delta < 0) == board.ascending else "worse"


def _bar(board: Leaderboard, row: Ranked) -> float:
    """Return where a value lies in the range shown; the least still shows a little."""
    values = [other.value for other in board.rows]
    low, high = min(values), max(values)
    spread = high - low
    if not spread or spread == float("inf"):
        return 1.0
    share = (row.value - low) / spread
    return round(0.12 + 0.88 * (1 - share if board.ascending else share), 3)


def as_text(view: wire.LeaderboardView, look: text.Look) -> str:
    """Return the leaderboard for a terminal."""
    said = format.plural(view["total"], "version")
    order = ", lower is better" if view["by"]["lower"] else ""
    blocks = [f"Leaderboard · {said} by {view['by']['title']}{order}"]
    shown = view["columns"][:4]
    heads = ["#", "", "Message", view["by"]["title"]]
    right = [True, False, False, True]
    if view["baseline"]:
        heads.append(f"vs {view['baseline']}")
        right.append(True)
    heads += [column["title"] for column in shown]
    right += [column["numeric"] for column in shown]
    rows = [heads, *(_cells(row, view, shown) for row in view["rows"])]
    if view["rows"]:
        blocks.append(text.table(rows, right, look, give=2))
    unranked = [
        look.wrap(f"{row['version']['name']} is not ranked: {row['reason']}", "! ")
        for row in view["unranked"]
    ]
    blocks.append("\n".join(unranked))
    blocks += text.tail([], view.get("cut"), look)
    return "\n\n".join(block for block in blocks if block)


def _cells(row: wire.RankRow, view: wire.LeaderboardView, shown: list[wire.Column]) -> list[str]:
    version = row["version"]
    message = " ".join([*(f"[{label}]" for label in version["labels"]), version["message"]])
    cells = [str(row["rank"]), version["name"], message, row["cells"][view["by"]["key"]]["text"]]
    if view["baseline"]:
        mark = f" {text.SHAPES[row['verdict']]}" if row["verdict"] else ""
        cells.append("baseline" if row["baseline"] else row["change"] + mark)
    return cells + [_shown(row, column) for column in shown]


def _shown(row: wire.RankRow, column: wire.Column) -> str:
    figure = row["cells"].get(column["key"])
    missing = format.MISSING if column["kind"] == "metric" else ""
    return missing if figure is None else figure["text"]


def as_html(view: wire.LeaderboardView) -> html.Safe:
    """Return the leaderboard as a static table."""
    order = ", lower is better" if view["by"]["lower"] else ""
    title = f"{format.plural(view['total'], 'version')} by {view['by']['title']}{order}"
    heads = ["#", "Version", "Message", view["by"]["title"]]
    right = [True, False, False, True]
    if view["baseline"]:
        heads.append(f"vs {view['baseline']}")
        right.append(True)
    heads += [column["title"] for column in view["columns"]]
    right += [column["numeric"] for column in view["columns"]]
    rows = [_html_row(row, view) for row in view["rows"]]
    return html.card(
        html.p(html.b("Leaderboard"), f" · {title}"),
        html.table(heads, rows, right) if rows else None,
        *(html.p("⚠ ", html.b(row["version"]["name"]), f" is not ranked: {row['reason']}")
          for row in view["unranked"]),
        *html.tail([], view.get("cut")),
    )  # fmt: skip


def _html_row(row: wire.RankRow, view: wire.LeaderboardView) -> list[html.Child]:
    version = row["version"]
    message = " ".join([version["message"], *(f"[{label}]" for label in version["labels"])])
    value = html.b(row["cells"][view["by"]["key"]]["text"])
    cells: list[html.Child] = [str(row["rank"]), html.b(version["name"]), message, value]
    if view["baseline"]:
        mark = html.join(" ", html.shape(row["verdict"])) if row["verdict"] else None
        cells.append("baseline" if row["baseline"] else html.join(row["change"], mark))
    return cells + [_shown(row, column) for column in view["columns"]]
