"""What a damaged object touches: the versions that need it, and the labels on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.history.results import span
from jupyter_mvt.store import oplog
from jupyter_mvt.store.needs import versions
from jupyter_mvt.store.reach import reach
from jupyter_mvt.store.trash import is_thin

if TYPE_CHECKING:
    from jupyter_mvt.history.handle import Handle
    from jupyter_mvt.objects.ids import ObjectId

__all__ = ["naming_damage"]


@contextmanager
def naming_damage(handle: Handle) -> Iterator[None]:
    """Say with an error about a damaged object which versions and labels need it.

    Raises
    ------
    CorruptionError
        As it was raised inside, with what it touches.
    """
    try:
        yield
    except CorruptionError as error:
        if (touched := _touched(handle, error.about)) and touched not in error.message:
            more = CorruptionError(f"{error.message} {touched}", hint=error.hint, code=error.code)
            more.about = error.about
            raise more from error
        raise


def _touched(handle: Handle, oid: str) -> str:
    store = handle.store
    try:
        view = oplog.current(store)
        needed_by = [
            version for version in versions(view)
            if oid and _needs(handle, oid, version, thin=is_thin(view, version))
        ]  # fmt: skip
    except CorruptionError:
        return ""  # the log is damaged, too: fsck tells as much as can be told
    if not needed_by:
        return ""
    labels = sorted(name for name, version in view.labels.items() if version in needed_by)
    return f"Touches {', '.join([*labels, span(view.commits[one].number for one in needed_by)])}."


def _needs(handle: Handle, oid: str, version: ObjectId, *, thin: bool) -> bool:
    content = oplog.commit_object(handle.store, version).content
    found = reach(handle.store, content, thin=thin)
    return any(oid in names for names in (found.chunks, found.manifests, found.blobs))
