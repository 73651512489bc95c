"""What every version names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyter_mvt.objects.commit import Commit, Content
from jupyter_mvt.objects.encode import from_data
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.store.logwalk import walk
from jupyter_mvt.store.reach import Outline, named, without_payload
from jupyter_mvt.store.records import inside, read_operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.store.store import Store

__all__ = ["outlines"]


class _Made(msgspec.Struct):
    branch: str
    message: str
    content: Content


class _Record(msgspec.Struct):
    commit_id: str | None = None
    commit: _Made | None = None


def outlines(store: Store) -> Mapping[ObjectId, Outline]:
    """Return commit id → outline, of all versions that were ever published."""
    return walk(store, store.log.outlines, _outline)


def _outline(record: bytes, number: int) -> tuple[ObjectId, Outline] | None:
    """Return the commit in a record whose bytes are known to be right."""
    try:
        found = msgspec.json.decode(inside(record), type=_Record)
        made = found.commit
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # A figure that JSON cannot say, such as a metric that is NaN.
        operation = read_operation(record, number)
        if operation.commit is None:
            return None
        commit = from_data(operation.commit, Commit)
        found = _Record(operation.commit_id)
        made = _Made(commit.branch, commit.message, commit.content)
    if found.commit_id is None or made is None:
        return None
    thin = named(without_payload(made.content))
    return ObjectId(found.commit_id), Outline(made.branch, made.message, named(made.content), thin)
