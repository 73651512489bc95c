"""What a diff says within lines of code, and of what is equal."""

from __future__ import annotations

from typing import Any, cast

import pytest

from jupyter_mvt.compare.diff import CellChange, CodeDiff, Diff, Line, MetricChange, MetricsDiff
from jupyter_mvt.views import diff, sections
from jupyter_mvt.views.text import Look
from tests.views.samples import ref


def marked(*texts: tuple[str, str]) -> list[tuple[str, list[str]]]:
    """Return each changed line with the words that are marked in it."""
    lines = tuple(Line(kind=cast("Any", kind), base=1, other=1, text=text) for kind, text in texts)
    cell = CellChange(presence="changed", base_order=1, other_order=1, lines=lines)
    found = sections.code(CodeDiff(cells=(cell,), total=1), "v1", "v2")["cells"][0]["lines"]
    return [(one["text"], [one["text"][a:b] for a, b in one["marks"]]) for one in found]


def test_whole_words_are_marked() -> None:
    assert marked(("removed", "return df.fillna(0)"), ("added", "return df.dropna()")) == [
        ("return df.fillna(0)", ["fillna", "0"]),
        ("return df.dropna()", ["dropna"]),
    ]


def test_an_edited_line_is_found_behind_a_new_one() -> None:
    assert marked(
        ("removed", "rate = 0.1"), ("added", "import numpy"), ("added", "rate = 0.2")
    ) == [("rate = 0.1", ["1"]), ("import numpy", []), ("rate = 0.2", ["2"])]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Accuracy", "Recall [region=south]"), "equal: Accuracy, Recall [region=south]"),
        (tuple(f"Recall [region={i}]" for i in range(12)), "equal: 12 slices"),
        (
            ("Accuracy", *(f"Recall [region={i}]" for i in range(12))),
            "equal: 1 metric, 12 slices",
        ),
    ],
)
def test_what_is_equal_is_named_or_counted(names: tuple[str, ...], said: str) -> None:
    changed = MetricChange(name="loss", base=2.0, other=3.0, delta=1.0, verdict="worse")
    metrics = MetricsDiff(changes=(changed,), equal=names, basis="same test data")
    view = diff.payload(Diff(base=ref(6), other=ref(7), metrics=metrics))
    assert f"  {said}\n" in diff.as_text(view, Look(width=80)) + "\n"
    shown = diff.as_html(view)
    assert (f'title="{", ".join(names)}"' in shown) == ("slices" in said)
