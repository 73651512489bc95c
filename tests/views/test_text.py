"""Whole texts, as a terminal shows them."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

import jupyter_mvt as mvt
from jupyter_mvt.views import diff, graph
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look, width_of
from tests.views import samples

if TYPE_CHECKING:
    from pathlib import Path

LOOK = Look(width=88, now_ms=samples.NOW // 1000)


def shown(value: object, look: Look = LOOK) -> str:
    return "\n" + plain(value, look).replace("\u00a0", " ") + "\n"


def test_a_regression_is_said_first() -> None:
    expected = """
    v7  Refresh training data to October
    006cdb7c2a · main · ben · 2 days ago · parent v6

    ◆ Recall fell on region=south. 0.753 → 0.615, −13.8 pp
    ◆ Recall fell. 0.742 → 0.714, −2.8 pp
    ◆ Log loss rose. 0.268 → 0.277, +0.009
    ◆ Accuracy fell. 0.889 → 0.886, −0.3 pp

    Against parent v6 · same 8,000 test rows · noise not tested
      Metric                     v6       v7    Change
      ────────────────────  ───────  ───────  ────────  ────────
      Recall, region=south    0.753    0.615  −13.8 pp  ◆ worse
      Recall                  0.742    0.714   −2.8 pp  ◆ worse
      Log loss                0.268    0.277    +0.009  ◆ worse
      Accuracy                0.889    0.886   −0.3 pp  ◆ worse
      Latency p95           12.4 ms  11.1 ms   −1.3 ms  ✓ better

    Model        TabularNet, 118,402 weights
    Data         1 of 2 sets changed
    Params       3 changed
    Code         2 of 6 cells changed
    Environment  Python 3.11.14, 84 packages, changed
    Stored       1.3 MB new of 4.6 MB, 0.41 s

    ! Cell 7 ran before the last edit of cell 4. Run cells 4 to 7 again to be sure.
    ! api_key looks like a secret and is left out.
    ! df_raw (1.2 GB) is not kept: above the limit of 256 MB. Its fingerprint is.
    """
    assert shown(samples.regressed()) == dedent(expected)


def test_nothing_changed() -> None:
    expected = """
    = Nothing changed since v9. No version was made.
      Weights, data, params, code and environment are the same. Checked in 0.09 s.
    """
    assert shown(samples.unchanged()) == dedent(expected)


def test_the_first_commit() -> None:
    expected = """
    v1  Baseline: two layers, ten columns
    42186bbdf6 · main · ana · 2 Nov

      Metric         Value
      ───────────  ───────
      Accuracy       0.861
      Recall         0.684
      Log loss       0.331
      Latency p95  11.0 ms

    A new repository was made at churn/.mvt. This is the first version: nothing to compare
    with yet.

    Model        TabularNet, 118,402 weights
    Data         2 sets
    Params       4
    Code         6 cells
    Environment  Python 3.11.14, 84 packages
    Stored       1.3 MB new of 4.6 MB, 0.52 s
    """
    assert shown(samples.first()) == dedent(expected)


def test_the_log_has_a_graph() -> None:
    expected = """
    churn · 9 versions, 2 branches

             Message                                 Accuracy     Change  Author  When
    ───  ──  ──────────────────────────────────────  ────────  ─────────  ──────  ──────────
    ●    v9  [staging] Restore south rows, reweigh…     0.897  +1.1 pp ✓  ana     2 min ago
    │ ●  v8  [canary] Label smoothing 0.05              0.887  +0.3 pp ✓  ben     yesterday
    ◆ │  v7  Refresh training data to October           0.886  −0.3 pp ◆  ben     2 days ago
    ● │  v6  [production] (1.2.0) Merge exp/cosine…     0.889  +1.0 pp ✓  ana     6 days ago
    ├─┤
    ● │  v5  Class weights 1 : 2.5                      0.879  +0.7 pp ✓  ana     9 Nov
    │ ●  v4  Cosine schedule, learning rate 0.001       0.884  +1.2 pp ✓  ben     7 Nov
    ├─╯
    ●    v3  Back to cross-entropy, dropout 0.2         0.872             ana     4 Nov
    ●    v2  Focal loss, gamma 5                          NaN             ana     3 Nov
    ●    v1  Baseline: two layers, ten columns          0.861      first  ana     2 Nov

    ◆ v7: Recall, region=south −13.8 pp
    ◆ v7: Recall −2.8 pp
    """
    assert shown(samples.log()) == dedent(expected)


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (4, "All 4 metrics are equal."),
        (1, "Their one metric is equal."),
        (0, "No metric was recorded for both versions."),
    ],
)
def test_a_diff_says_why_it_has_no_metrics(measured: int, said: str) -> None:
    full = samples.full_diff()
    some = replace(full, metrics=None, predictions=None, measured=measured)
    what = "What differs: data (train), 3 params, 2 cells and environment (3 entries)."
    assert diff.payload(some)["sentence"] == f"{what} {said}"
    bare = replace(some, params=None, data=None, code=None, environment=None)
    assert diff.payload(bare)["sentence"] == f"Only the weights differ. {said}"
    asked = replace(bare, measured=None)
    assert diff.payload(asked)["sentence"] == "Only the weights differ."


def test_a_diff_lists_only_what_differs() -> None:
    expected = """
    v6 [production] → v7
    What else differs: data (train), 3 params, 2 cells and environment (3 entries). Which of
    it is the cause is not tested.

    Metrics  same 8,000 test rows · noise not tested
      Metric                     v6       v7    Change
      ────────────────────  ───────  ───────  ────────  ────────
      Recall, region=south    0.753    0.615  −13.8 pp  ◆ worse
      Recall                  0.742    0.714   −2.8 pp  ◆ worse
      Log loss                0.268    0.277    +0.009  ◆ worse
      Accuracy                0.889    0.886   −0.3 pp  ◆ worse
      Latency p95           12.4 ms  11.1 ms   −1.3 ms  ✓ better

    Predictions  97.4 % of 8,000 rows of test predicted alike · McNemar p = 0.07
      right → wrong 118, wrong → right 92, both right 6,970, both wrong 820

      Commonest changes
        Truth  v6     v7    Rows
        ─────  ─────  ────  ────
        churn  churn  stay   118
        stay   churn  stay    92

      By slice
        Slice           Rows   Agree  Right → wrong  Wrong → right
        ──────────────  ────  ──────  ─────────────  ─────────────
        region = south   612  88.2 %             66              6

      Right → wrong
          Row  Truth  v6     v7    P(truth) v6  P(truth) v7
        ─────  ─────  ─────  ────  ───────────  ───────────
        4,711  churn  churn  stay        0.912        0.214

      Wrong → right
        Row  Truth  v6     v7    P(truth) v6  P(truth) v7
        ───  ─────  ─────  ────  ───────────  ───────────
         17  stay   churn  stay        0.310        0.880

    Params  3 of 14 differ
      data.month  2026-09  →  2026-10
      lr          0.001    →  0.0008
      epochs      30       →  28

    Data
      train: 48,210 → 46,905 rows, 3 of 20 columns changed
        last_contact_days  PSI 0.69 large, missing 0.4 % → 11.2 %, median 120 → 85
        region             PSI 0.15 moderate
        churn_score        new, float64

    Code  2 of 6 cells differ, git 1c2d3e4f5a → 9f31c07aa2
      cell 4
        def load(month):
            frames = [read(month, r) for r in REGIONS]
      -     df = concat(frames)
      +     df = concat(frames, join="inner")
      +     df = df[df.last_contact_days < 400]
      -     return df.fillna(0)
      +     return df.dropna()
      cell 7, only in v7
      + train.describe()

    Environment  2 packages differ, 1 of them in use
      Python  3.11.13  →  3.11.14
      pandas  2.3.3    →  3.0.1
      tqdm    not set  →  4.68.0

    Weights
      model: 9 of 11 arrays differ, relative change 0.12
        emb.region.weight  0.41
        head.out.weight    0.29
        trunk.4.weight     0.12
        head.0.weight      0.12
        trunk.2.weight     0.09
        trunk.0.weight     0.07
        emb.device: Embedding(4, 8) → Embedding(5, 8)
        emb.device.weight: 4×8 → 5×8
    """
    assert shown(samples.full_diff()) == dedent(expected)


def test_a_leaderboard() -> None:
    expected = """
    Leaderboard · 8 versions by Accuracy

    #      Message                Accuracy      vs v6  Recall  Log loss  Latency p95  lr
    ─  ──  ─────────────────────  ────────  ─────────  ──────  ────────  ───────────  ──────
    1  v9  [staging] Restore so…     0.897  +0.8 pp ✓   0.751     0.256      11.3 ms  0.0008
    2  v6  [production] Merge e…     0.889   baseline   0.742     0.268      12.4 ms  0.001
    3  v8  [canary] Label smoot…     0.887  −0.2 pp ◆   0.735     0.266      12.3 ms  0.0008
    4  v7  Refresh training dat…     0.886  −0.3 pp ◆   0.714     0.277      11.1 ms  0.0008
    5  v4  Cosine schedule, lea…     0.884  −0.5 pp ◆   0.728     0.279      12.1 ms  0.001
    6  v5  Class weights 1 : 2.5     0.879  −1.0 pp ◆   0.748     0.291      11.2 ms  0.001
    7  v3  Back to cross-entrop…     0.872  −1.7 pp ◆   0.702     0.304      11.2 ms  0.001
    8  v1  Baseline: two layers…     0.861  −2.8 pp ◆   0.684     0.331      11.0 ms  0.001

    ! v2 is not ranked: accuracy is NaN
    """
    assert shown(samples.leaderboard()) == dedent(expected)


def test_status() -> None:
    expected = """
    4 things changed since v9
    main · the next version would be v10 · model was trained last, in cell 7 · 1.4 MB

      M  Model        model: 9 of 11 tensors changed   1.3 MB new
      M  Code         cells 4 and 7 edited
      M  Params       lr 0.0008 → 0.0005
      A  Outputs      2 figures, 1 table              84.0 kB new
      =  Data         train, test
      =  Environment  84 packages

    ! Cell 7 ran before the last edit of cell 4. Run cells 4 to 7 again to be sure.
    ! api_key looks like a secret and is left out.
    ! df_raw (1.2 GB) is not kept: above the limit of 256 MB. Its fingerprint is.

      %mvt commit -m "what changed"
    """
    assert shown(samples.status()) == dedent(expected)


def test_operations() -> None:
    expected = """
    Operations

     #  Verb                      Changes             Reason      Who  Time
    ──  ────────────────────────  ──────────────────  ──────────  ───  ──────────
    14  undo                      production v7 → v6              ana  yesterday
    13  label move, undone by 14  production v6 → v7  fresh data  ben  2 days ago
    12  commit                    main v6 → v7                    ben  2 days ago
    """
    assert shown(samples.operations()) == dedent(expected)


def test_a_narrow_terminal_takes_from_the_widest_columns() -> None:
    expected = """
    Operations

     #  Verb            Changes         Reason      Who  Time
    ──  ──────────────  ──────────────  ──────────  ───  ──────────
    14  undo            production v7…              ana  yesterday
    13  label move, u…  production v6…  fresh data  ben  2 days ago
    12  commit          main v6 → v7                ben  2 days ago
    """
    assert shown(samples.operations(), replace(LOOK, width=63)) == dedent(expected)


def test_a_move_can_be_taken_back() -> None:
    expected = """
    ✓ production is now v6.
      It was v7 before. You can undo this:
        %mvt undo 15
    """
    assert shown(samples.moved()) == dedent(expected)


def test_a_version() -> None:
    expected = """
    v6  Merge exp/cosine (soup)
    92b2645efb · main · ana · 6 days ago · parents v5, v4 · [production] · tag 1.2.0

    Model        model: TabularNet, 118,402 weights
    Framework    torch 2.13.0
    Data         train: 46,905 rows, 20 columns
    Data         test: 8,000 rows, 20 columns
    Code         6 cells, 4 of them failed
    Git          9f31c07aa2 main, with uncommitted changes
    Environment  Python 3.11.14, 84 packages
    Stored       1.3 MB new of 4.6 MB

      Metric                  Value
      ────────────────────  ───────
      Accuracy                0.889
      Recall                  0.742
      Log loss                0.268
      Latency p95           12.4 ms
      Recall, region=south    0.753

    Evaluated on 8,000 rows of test, by ben, 2 days ago
      Metric          Slice                                        Value        Error   Rows
      ──────────────  ─────────────────────────────────────────  ───────  ───────────  ─────
      Accuracy        all rows                                     0.897      ± 0.003  8,000
      Recall          all rows                                     0.751      ± 0.010  8,000
      Latency, 1 row  0.91 times (0.89 to 0.93) against 555555…  2.14 ms  p95 3.40 ms    400
      Accuracy        region=south                                 0.841      ± 0.015    612

      Param          Value
      ─────────────  ───────
      lr             0.0008
      epochs         28
      data.month     2026-10
      model.dropout  0.2

    Cell 4
      def load(month):
          return read(month)

    Cell 6
      model = soup([v5.model, v4.model])

    ! Cell 7 ran before the last edit of cell 4. Run cells 4 to 7 again to be sure.
    ! api_key looks like a secret and is left out.
    ! df_raw (1.2 GB) is not kept: above the limit of 256 MB. Its fingerprint is.
    """
    assert shown(samples.details()) == dedent(expected)


@pytest.mark.parametrize("width", [40, 60, 88, 140])
@pytest.mark.parametrize("name", samples.everything())
def test_nothing_is_wider_than_the_terminal(name: str, width: int) -> None:
    text = plain(samples.everything()[name], Look(width=width))
    assert max(width_of(line) for line in text.split("\n")) <= width


def test_wide_characters_count_twice() -> None:
    assert [width_of(text) for text in ("abc", "模型", "e\u0301", "👩")] == [3, 4, 1, 2]


def test_without_a_present_time_times_are_absolute() -> None:
    assert "2026-11-12 11:06 UTC" in plain(samples.details(), Look())


def drawn(*rows: tuple[str, str]) -> str:
    """Return the graph of rows such as ``("d", "bc")``."""
    lanes = graph.lanes([(oid, list(parents)) for oid, parents in rows], "●" * len(rows))
    return "\n".join(lane.text for lane in lanes)


def test_graphs() -> None:
    assert drawn(("c", "b"), ("b", "a"), ("a", "")) == "●\n●\n●"
    assert drawn(("d", "bc"), ("c", "a"), ("b", "a"), ("a", "")) == "●\n├─╮\n│ ●\n● │\n├─╯\n●"
    assert drawn(("z", "x"), ("y", "x"), ("w", "x"), ("x", "")) == "●\n│ ●\n│ │ ●\n├─┴─╯\n●"
    assert drawn(("b", "gone"), ("a", "")) == "●\n●"


def test_a_program_prints_what_a_terminal_shows(tmp_path: Path) -> None:
    repo = mvt.init(tmp_path)
    found = repo.log()
    assert str(found) == found._repr_mimebundle_()["text/plain"]
    assert repr(found).startswith("Log(")
