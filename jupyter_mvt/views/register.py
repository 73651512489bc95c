"""Registers how each type of result is drawn; imported on first display.

Another package draws a type of its own by ``display.render.register``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_mvt.api.checkout import Checkout
from jupyter_mvt.api.cost import CostModel
from jupyter_mvt.api.curves import StoredCurves
from jupyter_mvt.api.evaluate import EvaluationResult
from jupyter_mvt.api.reproduce import Reproduction
from jupyter_mvt.api.results import CommitResult, Initialised, Status, VersionDetails
from jupyter_mvt.api.stash import Popped, StashList
from jupyter_mvt.api.timeline import Timeline
from jupyter_mvt.api.trust import TrustList, TrustMoved
from jupyter_mvt.api.watching import Watching
from jupyter_mvt.compare.diff import Diff
from jupyter_mvt.display import render
from jupyter_mvt.history.results import (
    GcReport,
    LabelHistory,
    Log,
    Moved,
    OperationLog,
    RefList,
    RemarkList,
    RepairReport,
    Usage,
)
from jupyter_mvt.metrics.leaderboard import Leaderboard
from jupyter_mvt.metrics.rebuild import IndexStats
from jupyter_mvt.metrics.result import SqlResult
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.store.faults import FsckReport
from jupyter_mvt.views import (
    checkout,
    commit,
    cost,
    curves,
    diff,
    evaluation,
    fsck,
    index,
    leaderboard,
    log,
    notice,
    outputs,
    query,
    reproduce,
    status,
    tables,
    timeline,
    trust,
    upkeep,
    version,
)
from jupyter_mvt.views.saved import Drawing, bundle

if TYPE_CHECKING:
    from jupyter_mvt.views.text import Look

__all__ = ["DRAWINGS", "plain"]

DRAWINGS: dict[type, Drawing] = {
    CommitResult: Drawing(commit.payload, commit.as_text, commit.as_html),
    Checkout: Drawing(checkout.payload, tables.as_text, tables.as_html),
    CostModel: Drawing(cost.payload, tables.as_text, tables.as_html),
    Diff: Drawing(diff.payload, diff.as_text, diff.as_html, outputs.illustrations),
    EvaluationResult: Drawing(evaluation.payload, tables.as_text, tables.as_html),
    GcReport: Drawing(upkeep.gc, notice.as_text, notice.as_html),
    FsckReport: Drawing(fsck.payload, fsck.as_text, fsck.as_html),
    IndexStats: Drawing(index.payload, notice.as_text, notice.as_html),
    Initialised: Drawing(notice.initialised, notice.as_text, notice.as_html),
    LabelHistory: Drawing(tables.history, tables.as_text, tables.as_html),
    Leaderboard: Drawing(leaderboard.payload, leaderboard.as_text, leaderboard.as_html),
    Log: Drawing(log.payload, log.as_text, log.as_html),
    Moved: Drawing(notice.moved, notice.as_text, notice.as_html),
    OperationLog: Drawing(tables.operations, tables.as_text, tables.as_html),
    Popped: Drawing(checkout.popped, notice.as_text, notice.as_html),
    RefList: Drawing(tables.refs, tables.as_text, tables.as_html),
    RemarkList: Drawing(tables.remarks, tables.as_text, tables.as_html),
    Reproduction: Drawing(reproduce.payload, notice.as_text, notice.as_html),
    RepairReport: Drawing(upkeep.repair, notice.as_text, notice.as_html),
    Settings: Drawing(upkeep.settings, tables.as_text, tables.as_html),
    Timeline: Drawing(timeline.payload, log.as_text, log.as_html),
    Usage: Drawing(upkeep.usage, tables.as_text, tables.as_html),
    StoredCurves: Drawing(curves.payload, tables.as_text, tables.as_html),
    StashList: Drawing(checkout.stashes, tables.as_text, tables.as_html),
    SqlResult: Drawing(query.payload, tables.as_text, tables.as_html),
    Status: Drawing(status.payload, status.as_text, status.as_html),
    TrustList: Drawing(trust.listed, tables.as_text, tables.as_html),
    TrustMoved: Drawing(trust.moved, notice.as_text, notice.as_html),
    Watching: Drawing(notice.watching, notice.as_text, notice.as_html),
    VersionDetails: Drawing(version.payload, version.as_text, version.as_html),
}

for _type, _drawing in DRAWINGS.items():
    render.register(_type, partial(bundle, _drawing))


def plain(value: object, look: Look) -> str:
    """Return `value` for a terminal, whole: nothing is cut but what is wider than the screen.

    Parameters
    ----------
    look
        Width of the terminal, present time and time zone, and how commands are written.
    """
    for cls in type(value).__mro__:
        if cls in DRAWINGS:
            drawing = DRAWINGS[cls]
            return drawing.as_text(drawing.payload(value), look)
    shown = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else render(value)
    # A widget answers with its metadata, too.
    text: str = (shown[0] if isinstance(shown, tuple) else shown)["text/plain"]
    return text
