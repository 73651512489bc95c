"""``repo.diff(a, b).widget()``: a difference, live; `selected` are its two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.views.diff import payload
from jupyter_mvt.widgets.live import LiveView, module, text

if TYPE_CHECKING:
    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.history.handle import Handle

__all__ = ["DiffWidget"]


class DiffWidget(LiveView):
    """A difference whose sides can be swapped, and set: ``w.selected = repo["v3"], repo["v5"]``.

    Parameters
    ----------
    value
        The difference shown first.
    handle
        The repository, where it is known.
    """

    def __init__(self, value: Diff, handle: Handle | None) -> None:
        self._esm = module("diff")
        super().__init__(value, handle)
        if handle is not None:
            self.selected = (str(value.base.id), str(value.other.id))
            self.observe(self._follow, "selected")
        self._show(payload(value))

    def _follow(self, change: Any) -> None:
        if len(change["new"]) == 2:
            base, other = change["new"]
            self._show(self._diff({"base": str(base.id), "other": str(other.id)}))

    def _diff(self, question: dict[str, Any]) -> Any:
        from jupyter_mvt.api.compare import diff

        handle = self._repository()
        self._value = diff(handle, text(question, "base"), text(question, "other"))
        return payload(self._value)
