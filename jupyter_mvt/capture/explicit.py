"""What a person names is kept, also where nobody would have looked for it.

Found by itself is only what a framework knows as a model: of all the arrays and objects in a
session few are meant. One that is named is meant.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import offer_of, refusal_of
from jupyter_mvt.capture.known import Seen, recognised, usable
from jupyter_mvt.capture.unkept import hint_for
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.adapter import Role

__all__ = ["ASIDE", "is_model", "kept_as"]

ASIDE: frozenset[Role] = frozenset({"optimizer", "scheduler", "loss"})
"""Roles of what is kept with a model and is none."""
_NAMING = (dict, OrderedDict)


def kept_as(name: str, obj: Any) -> Seen:
    """Return the adapter that keeps what a person named, and as what.

    Raises
    ------
    CaptureError
        It is nothing that can be a model (code ``no-model``), or of a kind that its framework
        keeps in another form (``not-capturable``).
    """
    found = recognised(obj)
    if found is None or found[1] in ASIDE:
        refusal = refusal_of(obj, usable())
        if refusal is not None:
            raise refusal
        found = offer_of(obj, usable()) if found is None else None
    if found is None:
        msg = f"{name!r} is {_said(obj)}, which is no model that mvt can keep."
        raise CaptureError(msg, hint=hint_for(name, obj), code="no-model")
    return Seen(name=name, obj=obj, adapter=found[0], role=found[1])


def _said(obj: Any) -> str:
    cls = type(obj).__qualname__
    return "None" if obj is None else f"{'an' if cls[0].lower() in 'aeio' else 'a'} {cls}"


def is_model(models: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping is itself a model, as a state dict is, and does not name several."""
    known = [recognised(value) is not None for value in models.values()]
    if recognised(models) is not None:
        return not all(known)
    if any(known):
        return False
    names = type(models) in _NAMING and all(isinstance(key, str) for key in models)
    return not names or any(map(_is_offered, models.values()))


def _is_offered(value: Any) -> bool:
    return refusal_of(value, usable()) is None and offer_of(value, usable()) is not None
