"""What two versions predict for the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import escape, format, html, text, wire

if TYPE_CHECKING:
    from jupyter_mvt.compare.flips import ExampleChange, PredictionsDiff

__all__ = ["as_html", "as_text", "section"]


def section(found: PredictionsDiff, base: str, other: str) -> wire.PredictionsSection:
    """Return counts, then the commonest flips, slices and single examples as tables."""
    classes = found.task == "classification"
    broke, fixed = ("right → wrong", "wrong → right") if classes else ("farther", "closer")
    figures: list[wire.Fact] = [
        {"key": broke, "text": format.count(found.broke)},
        {"key": fixed, "text": format.count(found.fixed)},
    ]
    if classes:
        figures += [{"key": "both right", "text": format.count(found.both_right)},
                    {"key": "both wrong", "text": format.count(found.both_wrong)}]  # fmt: skip
    tables: list[wire.SectionTable] = []
    if found.flips:
        rows = [[_value(f.truth), _value(f.base), _value(f.other), _count(f.rows)]
                for f in found.flips]  # fmt: skip
        heads = [_text("Truth"), _text(base), _text(other), _number("Rows")]
        tables.append({"title": "Commonest changes", "columns": heads, "rows": rows})
    if found.slices:
        heads = [_text("Slice"), _number("Rows"), _number("Agree"), _number(broke.capitalize()),
                 _number(fixed.capitalize())]  # fmt: skip
        rows = [[{"text": escape.line(s.name, 80)}, _count(s.rows), _share(s.agree, s.rows),
                 _count(s.broke), _count(s.fixed)] for s in found.slices]  # fmt: skip
        tables.append({"title": "By slice", "columns": heads, "rows": rows})
    for title, is_fixed in ((broke, False), (fixed, True)):
        chosen = [one for one in found.examples if one.fixed is is_fixed]
        if chosen:
            tables.append(_examples(title.capitalize(), chosen, base, other, classes=classes))
    return {"text": _sentence(found), "figures": figures, "tables": tables}


def _sentence(found: PredictionsDiff) -> str:
    where = f"{format.plural(found.rows, 'row')} of {escape.line(found.split, 60) or 'data'}"
    agree = _percent(found.agree, found.rows)
    chance = f"McNemar p = {format.ratio(found.p)}"
    return f"{agree} of {where} predicted alike · {chance}"


def _percent(part: int, whole: int) -> str:
    # All but one of many must not read as all.
    if part < whole and part * 1000 > whole * 999:
        return f"over{format.NBSP}99.9{format.NBSP}%"
    return f"{100 * part / whole:.1f}{format.NBSP}%"


def _examples(
    title: str, found: list[ExampleChange], base: str, other: str, *, classes: bool
) -> wire.SectionTable:
    score = "P(truth)" if classes else "Residual"
    scored = found[0].base_score is not None and found[0].other_score is not None
    heads = [_number("Row"), _text("Truth"), _text(base), _text(other)]
    heads += [_number(f"{score} {base}"), _number(f"{score} {other}")] if scored else []
    rows = []
    for one in found:
        cells = [_count(one.row), _value(one.truth), _value(one.base), _value(one.other)]
        if scored:
            cells += [_score(one.base_score, share=classes), _score(one.other_score, share=classes)]
        rows.append(cells)
    return {"title": title, "columns": heads, "rows": rows}


def _text(title: str) -> wire.Column:
    return {"key": title, "title": title, "kind": "text", "lower": False, "numeric": False}


def _number(title: str) -> wire.Column:
    return {"key": title, "title": title, "kind": "text", "lower": False, "numeric": True}


def _count(number: int) -> wire.Cell:
    return {"text": format.count(number), "value": float(number)}


def _share(part: int, whole: int) -> wire.Cell:
    return {"text": _percent(part, whole), "value": part / whole}


def _value(value: object) -> wire.Cell:
    if isinstance(value, float):
        return _figure(value, "")
    return {"text": escape.line(str(value), 60)}


def _score(value: float | None, *, share: bool) -> wire.Cell:
    return {"text": ""} if value is None else _figure(value, "share" if share else "")


def _figure(value: float, unit: str) -> wire.Cell:
    number = format.value_of(value)
    text_ = format.number(value, unit)
    return {"text": text_} if number is None else {"text": text_, "value": number}


def as_text(found: wire.PredictionsSection, look: text.Look) -> str:
    """Return the section for a terminal."""
    said = ", ".join(f"{row['key']} {row['text']}" for row in found["figures"])
    blocks = [look.wrap(found["text"], "Predictions  "), look.wrap(said, "  ")]
    for made in found["tables"]:
        head = [column["title"] for column in made["columns"]]
        body = [[cell["text"] for cell in row] for row in made["rows"]]
        right = [column["numeric"] for column in made["columns"]]
        blocks += ["", f"  {made['title']}", text.table([head, *body], right, look, indent="    ")]
    return "\n".join(blocks)


def as_html(found: wire.PredictionsSection) -> html.Safe:
    """Return the section as static HTML."""
    blocks: list[html.Child] = [html.heading("Predictions"), html.quiet(found["text"]),
                                html.facts(found["figures"])]  # fmt: skip
    for made in found["tables"]:
        head = [column["title"] for column in made["columns"]]
        body = [[cell["text"] for cell in row] for row in made["rows"]]
        right = [column["numeric"] for column in made["columns"]]
        blocks += [html.p(made["title"]), html.table(head, body, right)]
    return html.join(*blocks)
