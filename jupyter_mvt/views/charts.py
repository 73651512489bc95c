"""Charts to restyle, save or lay out: `altair.Chart` of the results that have a course.

Fields are renamed f0, f1, … and no text of a repository stands in an expression: what a version
is called can be drawn, never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.api.timeline import Timeline
from jupyter_mvt.compare.diff import Diff
from jupyter_mvt.display import chart
from jupyter_mvt.history.results import Log, Usage
from jupyter_mvt.metrics.leaderboard import Leaderboard
from jupyter_mvt.views import diff, leaderboard, log, upkeep

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

    from jupyter_mvt.views import wire

__all__: list[str] = []

_LANES = ["#1976d2", "#a04177", "#a5802b", "#516000", "#2b2f8c", "#5a2618"]
_TONES = {"worse": "#b4430f", "better": "#0b6e74"}
_QUIET = "#757575"
_WIDE, _HIGH = 640, 220
_MOST = 5000


def _data(rows: Sequence[Sequence[Any]]) -> Any:
    """Return rows as the values of a chart, their fields named f0, f1, …."""
    import altair as alt

    values = [{f"f{i}": value for i, value in enumerate(row)} for row in rows[:_MOST]]
    return alt.InlineData(values=values)


@chart.register(Log)
def of_log(value: Log) -> alt.LayerChart:
    """Return the first metric over the versions, by branch."""
    return _course(log.payload(value))


@chart.register(Timeline)
def of_timeline(value: Timeline) -> alt.LayerChart:
    """Return the metric shown over the newest versions, by branch."""
    return _course(log.payload(value.log(_MOST)))


def _course(view: wire.LogView) -> alt.LayerChart:
    import altair as alt

    metric = next((one for one in view["metrics"] if one["key"] == view["metric"]), None)
    rows = []
    for row in view["rows"]:
        point = row["points"].get(view["metric"])
        if point is not None and point["value"] is not None:
            version = row["version"]
            fell = "; ".join(row["regressed"])
            rows.append((version["number"], point["value"], version["branch"], version["name"],
                         version["message"], fell, bool(fell)))  # fmt: skip
    base = alt.Chart(_data(rows), width=_WIDE, height=_HIGH)
    lower = metric is not None and metric["lower"]
    title = metric["title"] if metric else "No metric"
    y = alt.Y("f1:Q", title=f"{title} (lower is better)" if lower else title,
              scale=alt.Scale(zero=False, reverse=lower))  # fmt: skip
    x = alt.X("f0:Q", title="Version", axis=alt.Axis(tickMinStep=1))
    color = alt.Color("f2:N", title="Branch", scale=alt.Scale(range=_LANES))
    tips = [alt.Tooltip("f3:N", title="Version"), alt.Tooltip("f4:N", title="Message"),
            alt.Tooltip("f1:Q", title=title), alt.Tooltip("f5:N", title="Got worse")]  # fmt: skip
    marks = alt.Scale(domain=[False, True], range=["circle", "diamond"])
    shape = alt.Shape("f6:N", legend=None, scale=marks)
    return alt.LayerChart(layer=[
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=color),
        base.mark_point(filled=True, size=60).encode(x=x, y=y, color=color, shape=shape,
                                                     tooltip=tips),
    ])  # fmt: skip


@chart.register(Leaderboard)
def of_leaderboard(value: Leaderboard) -> alt.Chart:
    """Return the ranking as bars, the baseline marked."""
    import altair as alt

    view = leaderboard.payload(value)
    rows = []
    for row, one in zip(view["rows"], value.rows, strict=True):
        version = row["version"]
        rows.append((version["name"], one.value, row["baseline"], version["message"],
                     row["cells"][view["by"]["key"]]["text"], row["rank"]))  # fmt: skip
    made: alt.Chart = (
        alt.Chart(_data(rows), width=_WIDE, height=alt.Step(22))
        .mark_bar()
        .encode(
            y=alt.Y("f0:N", title=None, sort=alt.EncodingSortField("f5", order="ascending")),
            x=alt.X("f1:Q", title=view["by"]["title"], scale=alt.Scale(zero=False)),
            color=alt.Color("f2:N", legend=None,
                            scale=alt.Scale(domain=[False, True], range=["#1976d2", "#424242"])),
            tooltip=[alt.Tooltip("f0:N", title="Version"), alt.Tooltip("f3:N", title="Message"),
                     alt.Tooltip("f4:N", title=view["by"]["title"])],
        )
    )  # fmt: skip
    return made


@chart.register(Diff)
def of_diff(value: Diff) -> alt.Chart:
    """Return the metrics that differ: right of zero is better, each by its own relative change."""
    import altair as alt

    view = diff.payload(value)
    found = view["metrics"]["rows"] if "metrics" in view else []
    rows = []
    for metric in found:
        name = ", ".join(p for p in (metric["title"], metric["slice"], metric["split"]) if p)
        sides = f"{metric['base']['text']} → {metric['other']['text']}"
        rows.append((name, metric["effect"], metric["verdict"], sides, metric["change"]))
    tones = [*_TONES, "same", "changed", "inconclusive", "incomparable"]
    colors = [*_TONES.values(), *[_QUIET] * 4]
    title = f"worse ← {view['base']['name']} → {view['other']['name']} → better"
    made: alt.Chart = (
        alt.Chart(_data(rows), width=_WIDE, height=alt.Step(24))
        .mark_bar()
        .encode(
            y=alt.Y("f0:N", title=None, sort=None),
            x=alt.X("f1:Q", title=title, scale=alt.Scale(domain=[-1, 1]),
                    axis=alt.Axis(labels=False, ticks=False)),
            color=alt.Color("f2:N", title="Verdict", scale=alt.Scale(domain=tones, range=colors)),
            tooltip=[alt.Tooltip("f0:N", title="Metric"), alt.Tooltip("f3:N", title="Values"),
                     alt.Tooltip("f4:N", title="Change")],
        )
    )  # fmt: skip
    return made


@chart.register(Usage)
def of_usage(value: Usage) -> alt.Chart:
    """Return what each version takes for itself, what a gc would free apart."""
    import altair as alt

    rows = [(item["name"], item["size"]["value"], item["freed"], item["size"]["text"], at)
            for at, item in enumerate(upkeep.usage(value)["items"])]  # fmt: skip
    made: alt.Chart = (
        alt.Chart(_data(rows), width=_WIDE, height=alt.Step(20))
        .mark_bar()
        .encode(
            y=alt.Y("f0:N", title=None, sort=alt.EncodingSortField("f4", order="ascending")),
            x=alt.X("f1:Q", title="Size", axis=alt.Axis(format="~s")),
            color=alt.Color("f2:N", title="Freed by gc",
                            scale=alt.Scale(domain=[False, True], range=["#1976d2", "#bdbdbd"])),
            tooltip=[alt.Tooltip("f0:N", title="Part"), alt.Tooltip("f3:N", title="Size")],
        )
    )  # fmt: skip
    return made
