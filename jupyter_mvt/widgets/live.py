"""What all widgets share: the payload, the selection, questions and the durable fallback."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from jupyter_mvt.api.outputs import figure
from jupyter_mvt.api.version import Version
from jupyter_mvt.display import bundle
from jupyter_mvt.errors import MvtError, UsageError
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.objects.output import MOST_OUTPUTS
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.history.handle import Handle

__all__ = ["LiveView", "module", "number", "text"]

_STATIC = files("jupyter_mvt.widgets") / "static"
_MOST_SELECTED = 1000
_MODULES = ("diff", "version")


def module(name: str) -> str:
    """Return the code of a view, as it was bundled.

    Raises
    ------
    UsageError
        It was never built (code ``no-front-end``): a checkout needs ``make js``.
    """
    file = _STATIC / f"{name}.js"
    if not file.is_file():
        msg = "The browser's part of the widgets is not built."
        raise UsageError(msg, hint="pip install jupyter-mvt", code="no-front-end")
    return file.read_text(encoding="utf-8")


def number(question: dict[str, Any], name: str, most: int) -> int:
    """Return a whole number of a question, between 0 and `most`."""
    value = question.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        msg = f"{name} is not a whole number."
        raise UsageError(msg, code="bad-question")
    return max(0, min(most, value))


def text(question: dict[str, Any], name: str) -> str:
    """Return a text of a question, of bounded length."""
    value = question.get(name, "")
    return value[:1000] if isinstance(value, str) else ""


class LiveView(anywidget.AnyWidget):
    """A view that lives as long as its kernel; its output lives as long as the notebook.

    Parameters
    ----------
    value
        What is shown, and what stays in the notebook when the kernel is gone.
    handle
        The repository, ``None`` for a value that came from nowhere: then nothing can be selected.

    Attributes
    ----------
    selected
        The versions that are picked, as `Version` objects. It can be observed, and set.
    """

    payload = traitlets.Unicode("{}").tag(sync=True)
    selected = traitlets.Tuple().tag(
        sync=True,
        to_json=lambda versions, widget: [str(one.id)[:10] for one in versions],
        from_json=lambda ids, widget: widget.versions(ids),
    )

    def __init__(self, value: Any, handle: Handle | None, **traits: Any) -> None:
        self._value = value
        self._handle = handle
        self._answers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "diff": self._diff,
            "version": self._version,
            "output": self._output,
            "module": self._module,
        }
        super().__init__(**traits)
        self.on_msg(self._asked)

    @traitlets.validate("selected")
    def _only_versions(self, proposal: dict[str, Any]) -> tuple[Version, ...]:
        return tuple(self._known(one) for one in proposal["value"])

    def _known(self, one: Any) -> Version:
        if isinstance(one, Version):
            return one
        if self._handle is None:
            msg = "This value does not know its repository."
            raise traitlets.TraitError(msg)
        view = oplog.current(self._handle.store)
        return Version(self._handle, resolve(self._handle, view, str(one)))

    def versions(self, ids: object) -> tuple[Version, ...]:
        """Return the versions that the browser names; what is none is left out."""
        found = []
        for one in ids[:_MOST_SELECTED] if isinstance(ids, list) else ():
            try:
                found.append(self._known(one))
            except (MvtError, traitlets.TraitError):
                continue
        return tuple(found)

    def _asked(self, _: Any, question: Any, buffers: Any) -> None:
        if not isinstance(question, dict) or not isinstance(question.get("ask"), int):
            return
        asked = question["ask"]
        try:
            answer = self._answers.get(str(question.get("what")))
            if answer is None:
                msg = "This widget does not answer that."
                raise UsageError(msg, code="bad-question")
            self.send({"answer": asked, "data": answer(question)})
        except MvtError as error:
            self.send({"answer": asked, "error": str(error), "hint": error.hint or ""})
        except Exception as error:
            # Whatever it is, the view must learn that no answer comes.
            self.send({"answer": asked, "error": f"{type(error).__name__}: {error}", "hint": ""})

    def _diff(self, question: dict[str, Any]) -> Any:
        from jupyter_mvt.api.compare import diff
        from jupyter_mvt.views.diff import payload

        return payload(diff(self._repository(), text(question, "base"), text(question, "other")))

    def _version(self, question: dict[str, Any]) -> Any:
        from jupyter_mvt.views.version import payload

        return payload(self._known(text(question, "name")).details)

    def _output(self, question: dict[str, Any]) -> Any:
        version = self._known(text(question, "name"))
        found = figure(version.outputs, number(question, "number", MOST_OUTPUTS))
        return {"mime": found.mime, "data": base64.b64encode(found.read()).decode()}

    def _module(self, question: dict[str, Any]) -> str:
        name = text(question, "name")
        if name not in _MODULES:
            msg = "There is no such view."
            raise UsageError(msg, code="bad-question")
        return module(name)

    def _repository(self) -> Handle:
        if self._handle is None:
            msg = "This value does not know its repository."
            raise UsageError(msg, code="no-owner")
        return self._handle

    def _show(self, payload: Any) -> None:
        self.payload = json.dumps(payload, ensure_ascii=False, allow_nan=False,
                                  separators=(",", ":"))  # fmt: skip

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the live view, and beside it what can be read when the kernel is gone."""
        live = super()._repr_mimebundle_(**options)
        data, *rest = live if isinstance(live, tuple) else (live,)
        return ({**(data or {}), **bundle(self._value)}, *rest) if rest else {
            **(data or {}), **bundle(self._value)
        }  # fmt: skip
