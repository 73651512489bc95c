"""Put a label back on the version that it held before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.history.label import previous
from jupyter_mvt.history.naming import name_of
from jupyter_mvt.history.refs import existing, moved
from jupyter_mvt.history.revisions import resolve
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.history.results import Moved
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["rollback", "target"]


def target(handle: Handle, name: str, to: str | None = None) -> ObjectId:
    """Return the version that `rollback` would put `name` on."""
    view = oplog.current(handle.store)
    name, _ = existing(view, "label", name)
    return previous(view, name) if to is None else resolve(handle, view, to)


def rollback(handle: Handle, name: str, to: str | None = None, *, reason: str = "") -> Moved:
    """Move label `name` back to its previous version, or to the revision `to`."""
    view = oplog.current(handle.store)
    name, old = existing(view, "label", name)
    oid = target(handle, name, to)
    text = f"{name} is back on {name_of(view, oid)}, from {name_of(view, old)}."
    return moved(handle, "rollback", "label", name, oid, text, reason=reason, expect=old)
