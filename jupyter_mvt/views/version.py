"""Everything about one version."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import UNSET

from jupyter_mvt.objects.ids import short
from jupyter_mvt.views import (
    escape,
    evaluation,
    format,
    html,
    outputs,
    parts,
    sections,
    text,
    wire,
)
from jupyter_mvt.views.diff import html_cell, qualified, side

if TYPE_CHECKING:
    from jupyter_mvt.api.results import VersionDetails
    from jupyter_mvt.objects.curve import Curves
    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.remark import Remark

__all__ = ["as_html", "as_text", "payload"]

_EVALUATIONS = 5
"""Told in full, newest first."""


def payload(details: VersionDetails) -> wire.VersionView:
    """Return the wire form of a version's details."""
    content = details.commit.content
    params = [parts.param(row) for row in content.params]
    for model in content.models:
        # What was set by hand comes first; defaults are many and say little.
        ranked = sorted(model.params, key=lambda row: row.default)
        params += [parts.param(row, model.var) for row in ranked]
    view: wire.VersionView = {
        "view": "version",
        "schema": parts.SCHEMA,
        "version": parts.version(details.version),
        "parents": [parts.version(parent) for parent in details.parents],
        "facts": _facts(details),
        "metrics": _metrics(details),
        "params": params,
        "notes": parts.notes(details.commit.notes),
        "cells": [sections.cell(order, source) for order, source in details.cells],
    }
    if content.outputs is not UNSET and content.outputs:
        view["outputs"] = outputs.listed(content.outputs)
    if details.evaluations:
        newest = reversed(details.evaluations[-_EVALUATIONS:])
        view["evaluations"] = [evaluation.section(made, details.against) for made in newest]
    if details.remarks:
        view["remarks"] = [_remark(remark) for remark in details.remarks[-200:]]
    return view


def _metrics(details: VersionDetails) -> list[wire.Metric]:
    """Return the version's metrics; those of one title are told apart by what they are of."""
    found = [(metric, parts.own_metric(metric)) for metric in details.metrics]
    groups: dict[tuple[str, str, str], list[tuple[Metric, wire.Metric]]] = {}
    for metric, row in found:
        groups.setdefault((row["title"], row["slice"], row["split"]), []).append((metric, row))
    shown = []
    for group in groups.values():
        kept = _distinct(group)
        if len(kept) > 1:
            told = Counter(_measured(details, metric) for metric, _ in kept)
            for metric, row in kept:
                where = _measured(details, metric)
                if told[where] > 1 and metric.dataset_id:
                    where = f"{where}, data {escape.line(short(metric.dataset_id), 10)}"
                row["split"] = f"{row['split']}, {where}" if row["split"] else where
        shown += [id(row) for _, row in kept]
    return [row for _, row in found if id(row) in shown]


def _distinct(group: list[tuple[Metric, wire.Metric]]) -> list[tuple[Metric, wire.Metric]]:
    """Leave out what was only noted where the same figure was measured on data that is known."""
    measured = {row["other"]["text"] for metric, row in group if metric.dataset_id}
    return [
        (metric, row)
        for metric, row in group
        if metric.dataset_id or row["other"]["text"] not in measured
    ]


def _measured(details: VersionDetails, metric: Metric) -> str:
    """Return ``evaluated on 300 rows``, ``recorded on 150 rows of X_test``."""
    rows = format.plural(metric.n, "row") if metric.n is not None else ""
    if metric.source == "evaluated":
        return f"evaluated on {rows}" if rows else "evaluated"
    sets = details.commit.content.datasets if metric.dataset_id else ()
    # The data of a recorded metric is the one that has its split's role.
    names = [escape.line(d.var, 40) for d in sets if d.role == (metric.split or "test")]
    where = " of ".join(part for part in (rows, *names[:1]) if part)
    return f"recorded on {where}" if where else "recorded"


def _remark(remark: Remark) -> wire.RemarkRow:
    return {"author": escape.line(remark.author, 80), "time_ms": remark.time_us // 1000,
            "text": escape.block(remark.text, 4_000)}  # fmt: skip


def _facts(details: VersionDetails) -> list[wire.Fact]:
    commit, content = details.commit, details.commit.content
    facts = [("Model", f"{escape.line(m.var, 80)}: {parts.model_text(m)}") for m in content.models]
    facts += [("Framework", escape.line(m.framework, 80)) for m in content.models if m.primary]
    facts += [
        ("Base", f"{escape.line(m.var, 80)}: {parts.base_text(m.base)}")
        for m in content.models
        if m.base is not UNSET
    ]
    if any(model.needs_trust for model in content.models):
        facts.append(("Trust", "restoring runs code from a pickle, and asks first"))
    facts += [
        (
            "Data",
            f"{escape.line(d.var, 80)}: {format.plural(d.rows, 'row')}, {_columns(d)}",
        )
        for d in content.datasets[:20]
    ]
    if content.code.n_cells:
        facts.append(("Code", _code(details)))
    if content.code.git is not None:
        git = content.code.git
        state = ", with uncommitted changes" if git.dirty else ""
        facts.append(("Git", escape.line(f"{git.head[:10]} {git.branch}".strip()) + state))
    if content.env_summary:
        facts.append(("Environment", escape.line(content.env_summary)))
    if content.curves is not UNSET:
        facts.append(("Curves", _curves(content.curves)))
    if content.outputs is not UNSET and content.outputs:
        facts.append(("Outputs", outputs.counted(content.outputs)))
    if content.variables:
        names = ", ".join(escape.line(variable.name, 60) for variable in content.variables[:20])
        facts.append(("Variables", names))
    earlier = details.evaluations[:-_EVALUATIONS]
    facts += [("Evaluated", evaluation.facts(made)) for made in earlier[-20:]]
    if details.derived_from is not None:
        facts.append(("Started from", details.derived_from.name))
    if details.thin:
        facts.append(("Thin", "its models and variables were dropped; what describes it is kept"))
    else:
        facts.append(("Stored", parts.stored(commit)))
    return [{"key": key, "text": said} for key, said in facts]


def _columns(dataset: Dataset) -> str:
    index = 0 if dataset.index_columns is UNSET else dataset.index_columns
    said = format.plural(dataset.columns - index, "column")
    return f"{said} and the index" if index else said


def _code(details: VersionDetails) -> str:
    n_cells = details.commit.content.code.n_cells
    failed = n_cells - len(details.cells) if details.cells else 0
    said = format.plural(n_cells, "cell")
    return f"{said}, {format.count(failed)} of them failed" if failed > 0 else said


def _curves(kept: Curves) -> str:
    names = ", ".join(escape.line(curve.name, 60) for curve in kept.curves[:20])
    points = sum(curve.n for curve in kept.curves)
    newest = max(curve.newest for curve in kept.curves)
    return f"{names}: {format.plural(points, 'point')}, up to step {format.count(newest)}"


def as_text(view: wire.VersionView, look: text.Look) -> str:
    """Return the details for a terminal."""
    parents = [parent["name"] for parent in view["parents"]]
    blocks = [text.version_head(view["version"], look, parents), text.facts(view["facts"], look)]
    if view["metrics"]:
        blocks.append(text.own_table(view["metrics"], look))
    if "outputs" in view:
        blocks.append(f"Outputs\n{_text_rows(view['outputs'], look)}")
    blocks += [_text_evaluated(made, look) for made in view.get("evaluations", ())]
    blocks += [
        f"{row['author']}, {look.time(row['time_ms'])}\n{look.wrap(row['text'], '  ')}"
        for row in view.get("remarks", ())
    ]
    if view["params"]:
        rows = [(qualified(row), side(row["other"])) for row in view["params"]]
        blocks.append(text.table([("Param", "Value"), *rows], (False, False), look, indent="  "))
    for cell in view["cells"]:
        lines = [text.fit(f"  {line['text']}".rstrip(), look.width) for line in cell["lines"]]
        blocks.append("\n".join([cell["title"].capitalize(), *lines]))
    blocks += text.tail(view["notes"], view.get("cut"), look)
    return "\n\n".join(block for block in blocks if block)


def _text_evaluated(made: wire.Evaluated, look: text.Look) -> str:
    head = look.wrap(f"Evaluated on {made['title']}, {look.time(made['time_ms'])}")
    return f"{head}\n{_text_rows(made, look)}"


def _text_rows(made: wire.Evaluated | wire.SectionTable, look: text.Look) -> str:
    rows = [tuple(cell["text"] for cell in row) for row in made["rows"]]
    titles = tuple(column["title"] for column in made["columns"])
    right = tuple(column["numeric"] for column in made["columns"])
    return text.table([titles, *rows], right, look, give=1, indent="  ")


def _html_evaluated(made: wire.Evaluated) -> html.Safe:
    return html.join(
        html.heading("Evaluation"),
        html.quiet(f"{made['title']} · ", html.time(made["time_ms"])),
        _html_rows(made),
    )


def _html_rows(made: wire.Evaluated | wire.SectionTable) -> html.Safe:
    head = [column["title"] for column in made["columns"]]
    rows = [[cell["text"] for cell in row] for row in made["rows"]]
    return html.table(head, rows, [column["numeric"] for column in made["columns"]])


def as_html(view: wire.VersionView) -> html.Safe:
    """Return the details as static HTML."""
    params = [(html.code(qualified(row)), side(row["other"])) for row in view["params"]]
    return html.card(
        html.version_head(view["version"], [parent["name"] for parent in view["parents"]]),
        html.facts(view["facts"]),
        html.own_table(view["metrics"]) if view["metrics"] else None,
        html.join(html.heading("Outputs"), _html_rows(view["outputs"]))
        if "outputs" in view
        else None,
        *(_html_evaluated(made) for made in view.get("evaluations", ())),
        *(
            html.p(html.b(row["author"]), " ", html.time(row["time_ms"]), " ", row["text"])
            for row in view.get("remarks", ())
        ),
        html.table(("Param", "Value"), params) if params else None,
        *(html_cell(cell) for cell in view["cells"]),
        *html.tail(view["notes"], view.get("cut")),
    )
