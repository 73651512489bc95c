"""Record what a repository is told to keep."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import ConflictError, UsageError
from jupyter_mvt.history.results import Moved
from jupyter_mvt.history.transaction import Plan, transact
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.settings import SETTINGS, Settings, read_settings, settings_text
from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.store import oplog

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.view import View

__all__ = ["changed", "configure"]


def changed(settings: Settings, changes: dict[str, Any]) -> Settings:
    """Return `settings` with some fields replaced.

    Raises
    ------
    UsageError
        There is no such setting (code ``bad-settings``).
    """
    known = {item.name for item in fields(Settings)} - {"format"}
    for name in changes.keys() - known:
        msg = f"There is no setting {name[:40]!r}; there are {', '.join(sorted(known))}."
        raise UsageError(msg, code="bad-settings", hint="mvt help gc policy")
    return replace(settings, **changes)


def _told(old: Settings, new: Settings) -> str:
    """Say in a sentence what is different."""
    moved = [f.name for f in fields(Settings) if getattr(old, f.name) != getattr(new, f.name)]
    if moved != ["quota_bytes"]:
        return "The settings are recorded."
    if new.quota_bytes is None:
        return "The repository may grow without limit."
    return f"The repository may grow to {size_text(new.quota_bytes)}."


def configure(handle: Handle, settings: Settings) -> Moved:
    """Make `settings` those of the repository.

    Raises
    ------
    UsageError
        They make no sense (code ``bad-settings``).
    ConflictError
        They are so already (code ``already-there``).
    """
    settings = settings.check()
    new = settings_text(settings)

    def plan(view: View) -> Plan:
        old = view.marks.get(SETTINGS)
        if old == new:
            msg = "The settings are so already."
            raise ConflictError(msg, code="already-there", hint="mvt gc policy")
        return Plan(changes=(Change(SETTINGS, old, new),))

    before = read_settings(oplog.current(handle.store))
    operation, _ = transact(handle, "settings", plan)
    return Moved(verb="settings", kind=SETTINGS, name="", old=None, new=None,
                 text=_told(before, settings), undo=f"mvt undo {operation.number}",
                 operation=operation.number)  # fmt: skip
