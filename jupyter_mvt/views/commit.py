"""The commit card: what is new, what got worse, and what capture has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, html, parts, text, titles, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mvt.api.results import CommitResult
    from jupyter_mvt.api.results import Comparison as Against
    from jupyter_mvt.compare.diff import Diff, MetricChange
    from jupyter_mvt.objects.commit import Commit

__all__ = ["as_html", "as_line", "as_text", "payload"]

_ALERTS = 5
_METRICS = 40


def payload(result: CommitResult) -> wire.CommitView:
    """Return the wire form of a commit's answer."""
    compared = (_comparison(c, result.commit) for c in result.comparisons)
    view: wire.CommitView = {
        "view": "commit",
        "schema": parts.SCHEMA,
        "created": result.created,
        "version": parts.version(result.version),
        "text": _text(result),
        "alerts": _alerts(result.comparisons),
        "comparisons": [c for c in compared if c["metrics"]],
        "metrics": [parts.own_metric(m) for m in result.commit.content.metrics[:_METRICS]],
        "facts": _facts(result),
        "notes": parts.notes(result.notes) if result.created else [],
    }
    before = next((c.diff.base for c in result.comparisons if c.against == "parent"), None)
    if before is not None:
        view["parent"] = parts.version(before)
    if len(result.commit.content.metrics) > _METRICS and result.created:
        view["cut"] = (
            f"Shown are {_METRICS} of {format.plural(len(result.commit.content.metrics), 'metric')}"
            f". All of them: %mvt show {result.version.name}"
        )
    return view


def _text(result: CommitResult) -> str:
    name = result.version.name
    if not result.created:
        return (
            f"Nothing changed since {name}. No version was made. Weights, data, params, code and"
            f" environment are the same. Checked in {format.duration(result.seconds)}."
        )
    said = []
    if result.made_repository:
        said.append(f"A new repository was made at {escape.line(result.made_repository, 400)}.")
    if result.moved_on is not None:
        said.append(
            f"{escape.line(result.version.branch)} had moved on from {result.moved_on.name}:"
            f" {name} follows the newest version."
        )
    if not result.comparisons:
        said.append("This is the first version: nothing to compare with yet.")
    elif not any(c.diff.metrics for c in result.comparisons):
        said.append(
            "No metric differs." if result.commit.content.metrics else "No metrics were recorded."
        )
    return " ".join(said)


def _comparison(comparison: Against, commit: Commit) -> wire.Comparison:
    diff = comparison.diff
    changes = diff.metrics.changes if diff.metrics else ()
    rows = parts.scaled(changes)
    moved = {(c.name, c.slice, c.split) for c in changes}
    rows += [parts.same_metric(m) for m in commit.content.metrics if m.key not in moved]
    return {
        "against": comparison.against,
        "base": parts.version(diff.base),
        "basis": parts.basis(diff.metrics) if diff.metrics else "metrics are equal",
        "metrics": rows[:_METRICS],
        "worse": [titles.full(c.name, c.slice, c.split) for c in changes if c.verdict == "worse"],
    }


def _alerts(comparisons: tuple[Against, ...]) -> list[wire.Fact]:
    """Return what got worse, largest first; the second comparison joins the first's line."""
    found: dict[tuple[str, str, str], list[tuple[Against, MetricChange]]] = {}
    for comparison in comparisons:
        for change in _worse(comparison.diff):
            found.setdefault((change.name, change.slice, change.split), []).append(
                (comparison, change)
            )
    ranked = sorted(found.values(), key=lambda pairs: -abs(pairs[0][1].relative or 0.0))
    alerts = [_alert(pairs) for pairs in ranked[:_ALERTS]]
    if len(ranked) > _ALERTS:
        rest = format.plural(len(ranked) - _ALERTS, "more metric")
        alerts.append({"key": f"{rest} got worse.", "text": ""})
    return alerts


def _worse(diff: Diff) -> Iterator[MetricChange]:
    if diff.metrics:
        yield from (c for c in diff.metrics.changes if c.verdict == "worse")


def _alert(pairs: list[tuple[Against, MetricChange]]) -> wire.Fact:
    comparison, change = pairs[0]
    title, where = titles.on(change.name, change.slice, change.split)
    key = " ".join(part for part in (title, parts.direction(change), where) if part)
    if comparison.against != "parent":
        key += f" against {comparison.against} {comparison.diff.base.name}"
    said = f"{_values(change)}, {_change(change)}"
    for other, again in pairs[1:]:
        said += f" · {_change(again)} against {other.against} {other.diff.base.name}"
    return {"key": key + ".", "text": said}


def _values(change: MetricChange) -> str:
    base = format.number(change.base, change.unit)
    return f"{base} → {format.number(change.other, change.unit)}"


def _change(change: MetricChange) -> str:
    return format.with_unit(*format.change(change.delta, change.unit, change.base, change.other))


def _facts(result: CommitResult) -> list[wire.Fact]:
    commit, content = result.commit, result.commit.content
    diff = next((c.diff for c in result.comparisons if c.against == "parent"), None)
    params = len(content.params) + sum(len(model.params) for model in content.models)
    facts = [("Model", parts.model_text(content.primary))] if content.primary else []
    facts.append(("Data", _data(diff, len(content.datasets))))
    changed = len(diff.params.changes) if diff and diff.params else 0
    facts.append(("Params", f"{changed} changed" if changed else format.count(params)))
    cells = len(diff.code.cells) if diff and diff.code else 0
    facts.append(
        ("Code", f"{cells} of {format.plural(diff.code.total, 'cell')} changed")
        if diff and diff.code and cells
        else ("Code", format.plural(content.code.n_cells, "cell"))
    )
    if content.env_summary:
        said = escape.line(content.env_summary)
        facts.append(("Environment", f"{said}, changed" if diff and diff.environment else said))
    took = format.duration(result.seconds)
    facts.append(("Stored", f"{parts.stored(commit)}, {took}"))
    if result.packed is not None:
        saved = format.size(max(result.packed.saved_bytes, 0))
        facts.append(("Packed", f"{saved} saved on older versions"))
    return [{"key": key, "text": said} for key, said in facts if said]


def _data(diff: Diff | None, total: int) -> str:
    if diff and diff.data:
        all_ = len(diff.data.changes) + len(diff.data.equal)
        return f"{len(diff.data.changes)} of {format.plural(all_, 'set')} changed"
    return format.plural(total, "set") if total else ""


def as_text(view: wire.CommitView, look: text.Look) -> str:
    """Return the card for a terminal."""
    if not view["created"]:
        head, _, rest = view["text"].partition("No version was made. ")
        said = look.wrap(f"{head}No version was made.", "= ")
        return f"{said}\n{look.wrap(rest, '  ')}"
    blocks = [text.version_head(view["version"], look, _parents(view))]
    if view["alerts"]:
        blocks.append(
            "\n".join(look.wrap(f"{a['key']} {a['text']}".strip(), "◆ ") for a in view["alerts"])
        )
    for comparison in view["comparisons"]:
        head = f"Against {comparison['against']} {comparison['base']['name']}"
        blocks.append(
            look.wrap(f"{head} · {comparison['basis']}") + "\n"
            + text.metric_table(comparison["metrics"], look, comparison["base"]["name"],
                                view["version"]["name"])
        )  # fmt: skip
    if not view["comparisons"] and view["metrics"]:
        blocks.append(text.own_table(view["metrics"], look))
    if view["text"]:
        blocks.append(look.wrap(view["text"]))
    blocks.append(text.facts(view["facts"], look))
    blocks += text.tail(view["notes"], view.get("cut"), look)
    return "\n\n".join(block for block in blocks if block)


def as_html(view: wire.CommitView) -> html.Safe:
    """Return the card as static HTML."""
    if not view["created"]:
        head, _, rest = view["text"].partition(" No version was made. ")
        return html.card(html.p(html.b("= ", head), " No version was made."), html.quiet(rest))
    tables = [
        html.join(
            html.p(f"Against {c['against']} ", html.b(c["base"]["name"]), f" · {c['basis']}"),
            html.metric_table(c["metrics"], c["base"]["name"], view["version"]["name"]),
        )
        for c in view["comparisons"]
    ]
    if not tables and view["metrics"]:
        tables = [html.own_table(view["metrics"])]
    return html.card(
        html.version_head(view["version"], _parents(view)),
        *(html.p(html.shape("worse"), " ", html.b(a["key"]), " ", a["text"])
          for a in view["alerts"]),
        *tables,
        html.p(view["text"]) if view["text"] else None,
        html.facts(view["facts"]),
        *html.tail(view["notes"], view.get("cut")),
    )  # fmt: skip


def as_line(result: CommitResult) -> str:
    """Return one line: name, model, the first metrics, and what got worse."""
    content = result.commit.content
    said = [f"{result.version.name} kept"]
    if content.primary is not None:
        said.append(parts.model_text(content.primary))
    changes = {
        (c.name, c.slice, c.split): c
        for comparison in result.comparisons[:1]
        if comparison.diff.metrics
        for c in comparison.diff.metrics.changes
    }
    for metric in content.metrics[:2]:
        change = changes.get(metric.key)
        value = f"{titles.full(*metric.key)} {format.number(metric.value, metric.unit)}"
        moved = _change(change) if change else ""
        said.append(f"{value}, {moved}" if moved else value)
    said += [f"◆ {alert['key']}" for alert in _alerts(result.comparisons)[:1]]
    return " · ".join(said)


def _parents(view: wire.CommitView) -> list[str]:
    return [view["parent"]["name"]] if "parent" in view else []
