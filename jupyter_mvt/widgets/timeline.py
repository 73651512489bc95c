"""``repo.timeline()``: the whole history, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.views import timeline as view
from jupyter_mvt.widgets.live import LiveView, module, number, text

if TYPE_CHECKING:
    from jupyter_mvt.api.timeline import Timeline
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.metrics.timeline import Choice
    from jupyter_mvt.views import wire

__all__ = ["TimelineWidget"]

_ROWS, _COLUMNS, _ANSWERS = 500, 4000, 8


class TimelineWidget(LiveView):
    """A timeline that fetches versions where they are looked at.

    Parameters
    ----------
    value
        The timeline.
    """

    def __init__(self, value: Timeline, handle: Handle) -> None:
        self._esm = module("timeline")
        self._value: Timeline
        super().__init__(value, handle)
        self._answers |= {"open": self._open, "rows": self._rows, "course": self._course}
        self._asked_before: dict[tuple[str, str, str], view.Answer] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the history again: versions that were made since appear."""
        self._choices: dict[str, tuple[Choice, wire.Column]] = {}
        for choice in self._value.choices():
            key, column = view.column(choice)
            self._choices[key] = choice, column
        self._asked_before.clear()
        first = self._answer({"metric": next(iter(self._choices), "")})
        self._show(view.whole(self._value, first, self._columns()))

    def _columns(self) -> dict[str, wire.Column]:
        return {key: column for key, (_, column) in self._choices.items()}

    def _answer(self, question: dict[str, Any]) -> view.Answer:
        """Return the versions that a question is about; the last few questions are remembered."""
        key = (text(question, "metric"), text(question, "branch"), text(question, "query"))
        found = self._asked_before.pop(key, None)
        if found is None:
            chosen = self._choices.get(key[0])
            shown = self._value.shown(branch=key[1], query=key[2])
            found = view.Answer(shown, chosen[0] if chosen else None)
        self._asked_before[key] = found
        while len(self._asked_before) > _ANSWERS:
            self._asked_before.pop(next(iter(self._asked_before)))
        return found

    def _open(self, question: dict[str, Any]) -> wire.TimelineView:
        return view.opened(self._value, self._answer(question), self._columns())

    def _rows(self, question: dict[str, Any]) -> wire.TimelinePage:
        answer = self._answer(question)
        total = len(answer.shown.lines)
        start = number(question, "start", total)
        stop = min(number(question, "stop", total), start + _ROWS)
        return view.page(self._value, answer, self._columns(), start, stop)

    def _course(self, question: dict[str, Any]) -> wire.Course:
        answer = self._answer(question)
        last = number(question, "last", max(0, len(answer.shown.lines) - 1))
        first = number(question, "first", last)
        count = max(1, number(question, "count", _COLUMNS))
        return view.course(self._value, answer, first, last, count)
