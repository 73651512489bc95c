"""Numbers and names as the visual language wants them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mvt.views import escape, format, titles

NAN, INF = math.nan, math.inf
NUMBERS = st.one_of(st.floats(), st.integers(), st.integers(-(10**400), 10**400), st.booleans())
UNITS = st.sampled_from(["share", "", "ms", "s", "B", "$"])


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8965, "share", "0.897"),
        (0.0, "share", "0.000"),
        (1.0, "share", "1.000"),
        (0.0004, "share", "0.0004"),
        (12.4, "ms", "12.4\u00a0ms"),
        (9.996, "", "10.0"),
        (1234.56, "", "1,235"),
        (8640, "", "8,640"),
        (-0.0213, "", "\u22120.0213"),
        (1e20, "", "1e20"),
        (5e-324, "", "5e\u2212324"),
        (-0.0, "", "0"),
        (10**400, "", "1e400"),
        (4_600_000, "B", "4.6\u00a0MB"),
        (999_999, "B", "1.0\u00a0MB"),
        (312, "B", "312\u00a0B"),
        (True, "", "True"),
        (NAN, "share", "NaN"),
        (-INF, "", "\u2212∞"),
        (None, "share", "not scored"),
    ],
)
def test_values(value: Any, unit: str, text: str) -> None:
    assert format.number(value, unit) == text


@pytest.mark.parametrize(
    ("delta", "unit", "sides", "text"),
    [
        (-0.028, "share", (0.742, 0.714), ("\u22122.8", "pp")),
        (0.0004, "share", (0.7, 0.7004), ("+0.04", "pp")),
        (1e-16, "share", (0.1, 0.1), ("+1e\u221214", "pp")),
        (0.0000099, "share", (0.7, 0.7), ("+0.001", "pp")),
        (0.0, "share", (0.5, 0.5), ("0", "pp")),
        (0.009, "", (0.268, 0.277), ("+0.009", "")),
        (-1.3, "ms", (12.4, 11.1), ("\u22121.3", "ms")),
        (1_200_000.0, "B", (1, 2), ("+1.2", "MB")),
        (1e-9, "", (0.5, 0.5), ("+1e\u22129", "")),
        (NAN, "", (0.5, NAN), ("", "")),
        (None, "share", (None, 0.5), ("", "")),
    ],
)
def test_changes(delta: Any, unit: str, sides: Any, text: tuple[str, str]) -> None:
    assert format.change(delta, unit, *sides) == text


@given(NUMBERS, UNITS)
def test_any_number_has_a_text_whose_sign_is_its_own(value: Any, unit: str) -> None:
    text = format.number(value, unit)
    assert text
    if not isinstance(value, bool) and value == value:
        assert text.startswith("\u2212") == (value < 0)
        assert (re.search(r"[1-9]|∞", text) is not None) == (value != 0)


@given(NUMBERS, NUMBERS, UNITS)
def test_any_change_has_a_text_whose_sign_is_its_own(base: Any, delta: Any, unit: str) -> None:
    text, _ = format.change(delta, unit, base, base)
    if isinstance(delta, float) and not math.isfinite(delta):
        assert text == ""
    elif not isinstance(delta, bool):
        assert text[:1] == ("0" if delta == 0 else "+" if delta > 0 else "\u2212")


@given(st.floats(0, 1), st.floats(0, 1))
def test_larger_shares_never_read_as_smaller(a: float, b: float) -> None:
    low, high = sorted((a, b))
    texts = [float(format.number(x, "share").replace("\u2212", "-")) for x in (low, high)]
    # Half a unit of the third decimal, for values so small that they have more digits.
    assert texts[0] <= texts[1] + 5e-4


@given(st.one_of(st.floats(), st.integers(-(10**30), 10**30)))
def test_any_time_and_duration_has_a_text(value: Any) -> None:
    assert format.duration(value)
    if not isinstance(value, float):
        assert format.when(value, 0)
        assert format.moment(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.09, "0.09\u00a0s"),
        (0.384, "0.38\u00a0s"),
        (12.44, "12.4\u00a0s"),
        (59.96, "1\u00a0min"),
        (192, "3\u00a0min 12\u00a0s"),
        (7500, "2\u00a0h 5\u00a0min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert format.duration(seconds) == text


def test_times_age() -> None:
    now = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
    said = [
        format.when(_ms(now - timedelta(**ago)), _ms(now))
        for ago in (
            {"seconds": 10}, {"minutes": 2}, {"hours": 3}, {"days": 1}, {"days": 6},
            {"days": 8}, {"days": 373}, {"seconds": -30},
        )
    ]  # fmt: skip
    assert said == ["just now", "2 min ago", "3 h ago", "yesterday", "6 days ago", "12 Nov",
                    "12 Nov 2025", "just now"]  # fmt: skip
    assert format.when(_ms(now)) == "2026-11-20 14:03 UTC"
    night = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    late = [format.when(_ms(night - timedelta(hours=h)), _ms(night)) for h in (1, 5, 7, 24)]
    assert late == ["1 h ago", "5 h ago", "yesterday", "yesterday"]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def test_metric_names_become_titles() -> None:
    names = ["accuracy", "roc_auc", "log_loss", "latency_p95_ms", "test_accuracy", "r2",
             "val/loss", "f1_macro", "train_time_s", "ROC-AUC", "valLoss", "<b>", "__"]  # fmt: skip
    assert [titles.full(name) for name in names] == [
        "Accuracy", "ROC AUC", "Log loss", "Latency p95", "Accuracy", "R²",
        "Loss (val)", "F1 macro", "Train time", "ROC AUC", "Val loss", "<b>", "__",
    ]  # fmt: skip
    assert titles.full("recall", "region=south", "train") == "Recall, region=south (train)"
    assert titles.full("valid_0_auc", split="val") == "AUC (val 0)"
    assert titles.full("validation_1-logloss") == "Logloss (val 1)"
    assert titles.full("test_1") == "1"
    assert titles.on("recall", "region=south", "test") == ("Recall", "on region=south")


@given(st.text())
def test_any_name_has_a_title_on_one_printable_line(name: str) -> None:
    shown = titles.full(name, name, name)
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_control_and_direction_characters_become_visible() -> None:
    hostile = "a\x1b[31mb\r\nc\td\u202ee\ud800f\x00g\u2028h\x9bi\u200bj"
    shown = "a␛[31mb ⏎ c d⟨U+202E⟩e\ufffdf␀g⏎h⟨U+009B⟩i⟨U+200B⟩j"
    assert escape.line(hostile) == shown
    assert escape.block("if x:\r\n\ty = '\x1b'") == "if x:\n    y = '␛'"
    assert escape.line("x" * 10_000, 20) == "x" * 19 + "…"
    assert escape.line("naïve 模型 👩\u200d🔬") == "naïve 模型 👩\u200d🔬"


@given(st.text(), st.integers(1, 300))
def test_lines_are_one_line_short_and_encodable(text: str, limit: int) -> None:
    shown = escape.line(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
