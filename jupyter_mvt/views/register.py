"""Tells how each type of result is drawn; a view is imported when the first is drawn.

Another package draws a type of its own by ``display.render.register``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mvt.display import Displayable, render

if TYPE_CHECKING:
    from jupyter_mvt.views.drawing import Drawing
    from jupyter_mvt.views.text import Look

__all__ = ["DRAWN", "drawing_of", "payload", "plain"]


class _Home(NamedTuple):
    """Names of a view: module and function of its wire form, module of its text and HTML."""

    module: str
    payload: str
    form: str = ""
    pictures: str = ""


DRAWN = {
    "api.checkout.Checkout": _Home("checkout", "payload", "tables"),
    "api.cost.CostModel": _Home("cost", "payload", "tables"),
    "api.curves.StoredCurves": _Home("curves", "payload", "tables"),
    "api.evaluate.EvaluationResult": _Home("evaluation", "payload", "tables"),
    "api.reproduce.Reproduction": _Home("reproduce", "payload", "notice"),
    "api.results.CommitResult": _Home("commit", "payload"),
    "api.results.Initialised": _Home("notice", "initialised"),
    "api.results.Status": _Home("status", "payload"),
    "api.results.VersionDetails": _Home("version", "payload"),
    "api.stash.Popped": _Home("checkout", "popped", "notice"),
    "api.stash.StashList": _Home("checkout", "stashes", "tables"),
    "api.timeline.Timeline": _Home("timeline", "payload", "log"),
    "api.trust.TrustList": _Home("trust", "listed", "tables"),
    "api.trust.TrustMoved": _Home("trust", "moved", "notice"),
    "api.watching.Watching": _Home("notice", "watching"),
    "compare.diff.Diff": _Home("diff", "payload", pictures="outputs:illustrations"),
    "history.results.GcReport": _Home("upkeep", "gc", "notice"),
    "history.results.LabelHistory": _Home("tables", "history"),
    "history.results.Log": _Home("log", "payload"),
    "history.results.Moved": _Home("notice", "moved"),
    "history.results.OperationLog": _Home("tables", "operations"),
    "history.results.RefList": _Home("tables", "refs"),
    "history.results.RemarkList": _Home("tables", "remarks"),
    "history.results.RepairReport": _Home("upkeep", "repair", "notice"),
    "history.results.Usage": _Home("upkeep", "usage", "tables"),
    "metrics.leaderboard.Leaderboard": _Home("leaderboard", "payload"),
    "metrics.rebuild.IndexStats": _Home("index", "payload", "notice"),
    "metrics.result.SqlResult": _Home("query", "payload", "tables"),
    "objects.settings.Settings": _Home("upkeep", "settings", "tables"),
    "store.faults.FsckReport": _Home("fsck", "payload"),
}
"""Type of result → its view; names, so that none is imported before it is needed."""


def drawing_of(value: object) -> Drawing | None:
    """Return how `value` is drawn, ``None`` if nothing is told of its type."""
    for base in type(value).__mro__:
        name = f"{base.__module__}.{base.__qualname__}".removeprefix("jupyter_mvt.")
        if name in DRAWN:
            return _at(DRAWN[name])
    return None


def _at(home: _Home) -> Drawing:
    from jupyter_mvt.views.drawing import Drawing

    form = _view(home.form or home.module)
    pictures = None
    if home.pictures:
        module, _, name = home.pictures.partition(":")
        pictures = getattr(_view(module), name)
    made = getattr(_view(home.module), home.payload)
    return Drawing(made, form.as_text, form.as_html, pictures)


def _view(name: str) -> Any:
    return import_module(f"jupyter_mvt.views.{name}")


@render.register(Displayable)
def _drawn(value: Displayable) -> dict[str, Any]:
    drawing = drawing_of(value)
    if drawing is None:
        return {"text/plain": repr(value)}
    from jupyter_mvt.views.saved import bundle

    return bundle(drawing, value)


def payload(value: object) -> Any:
    """Return the wire form of `value`, of a type that is told of here."""
    drawing = drawing_of(value)
    assert drawing is not None
    return drawing.payload(value)


def plain(value: object, look: Look) -> str:
    """Return `value` for a terminal, whole: nothing is cut but what is wider than the screen.

    Parameters
    ----------
    look
        Width of the terminal, present time and time zone, and how commands are written.
    """
    drawing = drawing_of(value)
    if drawing is not None:
        return drawing.as_text(drawing.payload(value), look)
    shown = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else render(value)
    # A widget answers with its metadata, too.
    text: str = (shown[0] if isinstance(shown, tuple) else shown)["text/plain"]
    return text
