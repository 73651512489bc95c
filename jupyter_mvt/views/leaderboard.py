"""The leaderboard: versions best first, against production, and what cannot be ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mvt.compare import noise
from jupyter_mvt.objects.metric import direction, metric_unit
from jupyter_mvt.views import escape, format, html, parts, text, titles, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.metrics.leaderboard import Leaderboard, Ranked

__all__ = ["Frame", "as_html", "as_text", "cell", "columns", "frame", "payload", "row"]

_METRICS = 6
_PARAMS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all rows of a leaderboard are seen against.

    `by` is the key of the ranking column; `metrics` and `params` are the others' names by key.
    """

    board: Leaderboard
    by: str
    baseline: Ranked | None
    metrics: dict[str, str]
    params: dict[str, str]
    low: float
    high: float


def frame(board: Leaderboard, metrics: Sequence[str], params: Sequence[str]) -> Frame:
    """Return the frame of a leaderboard with these columns."""
    values = [row.value for row in board.rows]
    return Frame(
        board=board,
        by=escape.line(board.by),
        baseline=next((row for row in board.rows if "production" in row.version.labels), None),
        metrics={f"m:{escape.line(name)}": name for name in metrics},
        params={f"p:{escape.line(name)}": name for name in params},
        low=min(values, default=0.0),
        high=max(values, default=0.0),
    )


def payload(board: Leaderboard, most: int | None = None) -> wire.LeaderboardView:
    """Return the wire form of a leaderboard, of its first `most` rows if given."""
    metrics = [name for name in board.metrics if name != board.by][:_METRICS]
    seen = frame(board, metrics, board.params[:_PARAMS])
    keys = [*seen.metrics, *seen.params]
    view: wire.LeaderboardView = {
        "view": "leaderboard",
        "schema": parts.SCHEMA,
        "by": {
            "key": seen.by,
            "title": titles.full(board.by, board.slice),
            "kind": "metric",
            "lower": board.ascending,
            "numeric": True,
        },
        "columns": columns(seen),
        "rows": [row(seen, one, keys) for one in board.rows[:most]],
        "unranked": [
            {"version": parts.version(one.version), "reason": escape.line(one.reason)}
            for one in board.unranked
        ],
        "total": board.total,
        "baseline": seen.baseline.version.name if seen.baseline else "",
    }
    if len(board.rows) < board.total:
        view["cut"] = f"Shown are {len(board.rows)} of {format.plural(board.total, 'version')}."
    return view


def columns(seen: Frame) -> list[wire.Column]:
    """Return the columns beside the ranking one."""
    found = [_metric(key, name) for key, name in seen.metrics.items()]
    return found + [_param(key, name) for key, name in seen.params.items()]


def _metric(key: str, name: str) -> wire.Column:
    return {"key": key, "title": titles.full(name), "kind": "metric",
            "lower": direction(name) is False, "numeric": True}  # fmt: skip


def _param(key: str, name: str) -> wire.Column:
    return {"key": key, "title": escape.line(name, 80), "kind": "param",
            "lower": False, "numeric": False}  # fmt: skip


def row(seen: Frame, one: Ranked, keys: Sequence[str]) -> wire.RankRow:
    """Return one ranked version with its cells of the columns `keys`."""
    cells: dict[str, wire.Figure] = {seen.by: format.figure(one.value, seen.board.unit)}
    for key in keys:
        found = cell(seen, one, key)
        if found is not None:
            cells[key] = found
    change, verdict = _against(seen.board, one, seen.baseline)
    return {
        "rank": one.rank,
        "version": parts.version(one.version),
        "cells": cells,
        "bar": _bar(seen, one),
        "change": change,
        "verdict": verdict,
        "baseline": one is seen.baseline,
        "trail": [_short(value) for value in one.trail],
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def cell(seen: Frame, one: Ranked, key: str) -> wire.Figure | None:
    """Return the cell of a column, ``None`` where the version has none."""
    metric = seen.metrics.get(key)
    if metric is not None and metric in one.values:
        value = one.values[metric]
        return format.figure(value, metric_unit(metric, value))
    param = seen.params.get(key)
    if param is not None and param in one.params:
        said = one.params[param]
        number = None if isinstance(said, str) else format.value_of(said)
        return {"text": parts.scalar(said), "value": number}
    return None


def _against(
    board: Leaderboard, row: Ranked, baseline: Ranked | None
) -> tuple[str, wire.Verdict | None]:
    if baseline is None or row is baseline:
        return "", None
    if row.dataset_id and baseline.dataset_id and row.dataset_id != baseline.dataset_id:
        return "different test data", "incomparable"
    if noise.timed_apart(board.unit):
        return "", None
    delta = row.value - baseline.value
    said = format.with_unit(*format.change(delta, board.unit, baseline.value, row.value))
    if not delta:
        return said, "same"
    if noise.within(noise.interval(delta, baseline.stderr, row.stderr)):
        return said, "inconclusive"
    return said, "better" if (delta < 0) == board.ascending else "worse"


def _bar(seen: Frame, one: Ranked) -> float:
    """Return where a value lies in the range shown; the least still shows a little."""
    spread = seen.high - seen.low
    if not spread or spread == float("inf"):
        return 1.0
    share = (one.value - seen.low) / spread
    return round(0.12 + 0.88 * (1 - share if seen.board.ascending else share), 3)


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
