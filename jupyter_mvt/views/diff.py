"""The diff: what differs between two versions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import (
    escape,
    format,
    html,
    outputs,
    parts,
    predictions,
    sections,
    text,
    wire,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mvt.compare.diff import Diff

__all__ = ["as_html", "as_text", "payload"]

_EQUAL_WIDTH = 60
_EQUAL = "Nothing differs: weights, data, params, code, metrics and environment are the same."


def payload(diff: Diff) -> wire.DiffView:
    """Return the wire form of a diff; equal aspects are absent."""
    view: wire.DiffView = {
        "view": "diff",
        "schema": parts.SCHEMA,
        "base": parts.version(diff.base),
        "other": parts.version(diff.other),
        "headline": [],
        "sentence": "",
    }
    if diff.metrics:
        view["metrics"] = sections.metrics(diff.metrics)
        rows = view["metrics"]["rows"]
        view["headline"] = _headline(rows)
    elif diff.measured is not None:
        view["measured"] = diff.measured
    if diff.predictions:
        names = diff.base.name, diff.other.name
        view["predictions"] = predictions.section(diff.predictions, *names)
    if diff.outputs:
        view["outputs"] = outputs.section(diff.outputs, diff.base, diff.other)
    if diff.params:
        view["params"] = sections.params(diff.params)
    if diff.data:
        view["data"] = sections.data(diff.data)
    if diff.code:
        view["code"] = sections.code(diff.code, diff.base.name, diff.other.name)
    if diff.environment:
        view["environment"] = sections.environment(diff.environment)
    if diff.weights:
        view["weights"] = sections.weights(diff.weights)
    view["sentence"] = _sentence(diff, view)
    return view


def _headline(rows: list[wire.Metric]) -> list[wire.Metric]:
    """Return the largest of what got worse and of what got better, then the next worse."""
    worse = [row for row in rows if row["verdict"] == "worse"]
    better = [row for row in rows if row["verdict"] == "better"]
    rest = [row for row in rows if row["verdict"] == "changed"]
    rest += [row for row in rows if row["verdict"] == "inconclusive"]
    return [*worse[:1], *better[:1], *worse[1:2], *better[1:2], *rest][:3]


def _sentence(diff: Diff, view: wire.DiffView) -> str:
    """Return what differs besides the metrics; no cause is claimed."""
    said = []
    if "data" in view:
        said.append(f"data ({'; '.join(row['name'] for row in view['data']['rows'][:3])})")
    if diff.params:
        said.append(format.plural(len(diff.params.changes), "param"))
    if diff.code:
        said.append(format.plural(len(diff.code.cells), "cell"))
    if diff.environment:
        count = len(diff.environment.packages) + len(diff.environment.facts)
        said.append(f"environment ({format.plural(count, 'entry', 'entries')})")
    if not said:
        if diff.weights:
            return "Only the weights differ." + _unmoved(diff)
        if diff.extra:
            return "Differs in: " + ", ".join(escape.line(name, 60) for name in diff.extra) + "."
        if diff.predictions or diff.outputs:
            return _unmoved(diff).strip()
        return "" if diff.metrics else _EQUAL
    joined = " and ".join(", ".join(said).rsplit(", ", 1)) if len(said) > 1 else said[0]
    if diff.metrics or diff.measured is None:
        return f"What else differs: {joined}. Which of it is the cause is not tested."
    return f"What differs: {joined}.{_unmoved(diff)}"


def _unmoved(diff: Diff) -> str:
    """Return why no metric is among what differs."""
    if diff.metrics or diff.measured is None:
        return ""
    if diff.measured == 0:
        return " No metric was recorded for both versions."
    if diff.measured == 1:
        return " Their one metric is equal."
    return f" All {format.count(diff.measured)} metrics are equal."


def as_text(view: wire.DiffView, look: text.Look) -> str:
    """Return the diff for a terminal."""
    base, other = view["base"], view["other"]
    blocks = [look.wrap(f"{_name(base)} → {_name(other)}") + "\n" + look.wrap(view["sentence"])]
    if "metrics" in view:
        section = view["metrics"]
        body = text.metric_table(section["rows"], look, base["name"], other["name"])
        if section["equal"]:
            body += "\n" + look.wrap(f"equal: {_equal(section['equal'])}", "  ")
        blocks.append(look.wrap(section["basis"], "Metrics  ") + f"\n{body}")
    if "predictions" in view:
        blocks.append(predictions.as_text(view["predictions"], look))
    if "outputs" in view:
        blocks.append(outputs.as_text(view["outputs"], look))
    if "params" in view:
        rows = view["params"]["rows"]
        head = (
            f"Params  {format.count(len(rows))} of {format.count(view['params']['total'])} differ"
        )
        blocks.append(f"{head}\n{_text_params(rows, look)}")
    if "data" in view:
        blocks.append("Data\n" + "\n".join(_text_data(row, look) for row in view["data"]["rows"]))
    if "code" in view:
        blocks.append(_text_code(view["code"], look))
    if "environment" in view:
        rows = view["environment"]["rows"]
        head = look.wrap(view["environment"]["text"], "Environment  ")
        blocks.append(f"{head}\n{_text_params(rows, look)}")
    if "weights" in view:
        blocks.append(
            "Weights\n" + "\n".join(_text_model(m, look) for m in view["weights"]["models"])
        )
    blocks += text.tail([], view.get("cut"), look)
    return "\n\n".join(block.rstrip() for block in blocks)


def _name(version: wire.Version) -> str:
    return " ".join([version["name"], *(f"[{label}]" for label in version["labels"])])


def qualified(row: wire.ParamRow) -> str:
    """Return a param's name with its model's."""
    return f"{row['scope']}.{row['name']}" if row["scope"] else row["name"]


def side(value: str | None) -> str:
    """Return one side of a param."""
    return "not set" if value is None else value


def _text_params(rows: list[wire.ParamRow], look: text.Look) -> str:
    body = [(qualified(row), side(row["base"]), "→", side(row["other"])) for row in rows]
    return text.table(body, (False,) * 4, look, head=False, indent="  ")


def _text_data(row: wire.DataRow, look: text.Look) -> str:
    role = f" ({row['role']})" if row["role"] and row["role"] != row["name"] else ""
    lines = [look.wrap(f"{row['name']}{role}: {row['text']}", "  ")]
    body = [(column["name"], column["text"]) for column in row["columns"]]
    if body:
        lines.append(text.table(body, (False, False), look, head=False, give=1, indent="    "))
    return "\n".join(lines)


def _code_head(section: wire.CodeSection) -> str:
    head = (
        f"{format.count(len(section['cells']))} of {format.plural(section['total'], 'cell')} differ"
    )
    return head + (f", git {section['git']}" if section["git"] else "")


def _text_code(section: wire.CodeSection, look: text.Look) -> str:
    blocks = [look.wrap(_code_head(section), "Code  ")]
    for cell in section["cells"]:
        lines = [text.fit(f"  {_sign(line)} {line['text']}".rstrip(), look.width)
                 for line in cell["lines"]]  # fmt: skip
        blocks.append("\n".join([f"  {cell['title']}", *lines]))
    return "\n".join(blocks)


def _equal(names: Sequence[str]) -> str:
    """Return the names, or how many there are when they would fill lines."""
    joined = ", ".join(names)
    if len(joined) <= _EQUAL_WIDTH:
        return joined
    slices = sum(name.endswith("]") for name in names)
    counts = ((len(names) - slices, "metric"), (slices, "slice"))
    return ", ".join(format.plural(count, word) for count, word in counts if count)


def _html_equal(names: Sequence[str]) -> html.Safe:
    said, whole = _equal(names), ", ".join(names)
    return html.quiet("equal: ", html.element("span", said, title=whole if said != whole else ""))


def _sign(line: wire.Line) -> str:
    return {"same": " ", "removed": "-", "added": "+"}[line["kind"]]


def _text_model(model: wire.WeightsModel, look: text.Look) -> str:
    lines = [look.wrap(f"{model['name']}: {model['text']}", "  ")]
    if model["largest"]:
        body = [(row["key"], row["text"]) for row in model["largest"]]
        lines.append(text.table(body, (False, True), look, head=False, indent="    "))
    lines += [look.wrap(row, "    ") for row in model["structure"]]
    return "\n".join(lines)


def as_html(view: wire.DiffView) -> html.Safe:
    """Return the diff as static HTML."""
    base, other = view["base"], view["other"]
    blocks: list[html.Child] = [
        html.p(html.b(_name(base)), " → ", html.b(_name(other))),
        html.p(view["sentence"]) if view["sentence"] else None,
    ]
    if "metrics" in view:
        section = view["metrics"]
        blocks += [
            html.heading("Metrics"),
            html.quiet(section["basis"]),
            html.metric_table(section["rows"], base["name"], other["name"]),
            _html_equal(section["equal"]) if section["equal"] else None,
        ]
    if "predictions" in view:
        blocks.append(predictions.as_html(view["predictions"]))
    if "outputs" in view:
        blocks.append(outputs.as_html(view["outputs"]))
    if "params" in view:
        rows = view["params"]["rows"]
        total = format.count(view["params"]["total"])
        blocks += [html.heading("Params"), html.quiet(f"{len(rows)} of {total} differ"),
                   _html_params(rows, base["name"], other["name"])]  # fmt: skip
    if "data" in view:
        blocks.append(html.heading("Data"))
        blocks += [_html_data(row) for row in view["data"]["rows"]]
    if "code" in view:
        blocks += [html.heading("Code"), html.quiet(_code_head(view["code"])),
                   *(html_cell(cell) for cell in view["code"]["cells"])]  # fmt: skip
    if "environment" in view:
        env = view["environment"]
        blocks += [html.heading("Environment"), html.quiet(env["text"]) if env["text"] else None,
                   _html_params(env["rows"], base["name"], other["name"])]  # fmt: skip
    if "weights" in view:
        blocks.append(html.heading("Weights"))
        blocks += [_html_model(model) for model in view["weights"]["models"]]
    return html.card(*blocks, *html.tail([], view.get("cut")))


def _html_params(rows: list[wire.ParamRow], base: str, other: str) -> html.Safe:
    body = [(html.code(qualified(row)), side(row["base"]), side(row["other"])) for row in rows]
    return html.table(("Name", base, other), body)


def _html_data(row: wire.DataRow) -> html.Safe:
    body = [(html.code(column["name"]), column["text"]) for column in row["columns"]]
    return html.join(
        html.p(html.b(row["name"]), f": {row['text']}"),
        html.table(("Column", "Change"), body) if body else None,
    )


def html_cell(cell: wire.CellDiff) -> html.Safe:
    """Return a cell's lines with their signs."""
    lines = [f"{_sign(line)} {line['text']}".rstrip() for line in cell["lines"]]
    return html.join(html.p(cell["title"]), html.pre("\n".join(lines)))


def _html_model(model: wire.WeightsModel) -> html.Safe:
    body = [(html.code(row["key"]), row["text"]) for row in model["largest"]]
    return html.join(
        html.p(html.b(model["name"]), f": {model['text']}"),
        html.table(("Array", "Relative change"), body, (False, True)) if body else None,
        *(html.p(row) for row in model["structure"]),
    )
