"""Marks that say what was dropped: versions that are thin, packs that wait for their deletion.

All of it is in the operation log, so that dropping and a commit that uses what is dropped are in
one order: whichever comes second sees the first. ``thin/VERSION`` marks a version whose models
and variables may be gone. ``trash/PACK`` (``trash/table-DIGEST`` of a Parquet file) is the time
from which it may be deleted, and ``"gone"`` from the moment at which its deletion may have
begun; a name is not used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_mvt.errors import ConflictError
from jupyter_mvt.objects.ids import ObjectId
from jupyter_mvt.objects.operation import Change
from jupyter_mvt.objects.view import View
from jupyter_mvt.store import layout

__all__ = [
    "GONE", "condemn", "deadlines", "doom", "is_thin", "key_of", "packs", "rescue", "restore",
    "thin",
]  # fmt: skip

GONE = "gone"
_TRASH = "trash/"
_THIN = "thin/"
_TABLE = "table-"


def is_thin(view: View, version: ObjectId) -> bool:
    """Tell whether a version has dropped its models and variables."""
    return _THIN + version in view.marks


def thin(versions: Iterable[ObjectId]) -> tuple[Change, ...]:
    """Return the changes that make versions thin."""
    return tuple(Change(_THIN + oid, None, oid) for oid in versions)


def deadlines(view: View) -> dict[str, str]:
    """Return key of each dropped pack and table → its mark."""
    return {key_of(ref): value for ref, value in view.marks.items() if ref.startswith(_TRASH)}


def key_of(ref: str) -> str:
    """Return the key of the pack or table that a mark ``trash/…`` is about."""
    name = ref.removeprefix(_TRASH)
    plain = name.removeprefix(_TABLE)
    return layout.pack(name) if plain == name else layout.table(plain)


def packs(view: View) -> set[str]:
    """Return the keys of all that was dropped; nothing new may rely on it."""
    return set(deadlines(view))


def doom(keys: Iterable[str], until_us: int) -> tuple[Change, ...]:
    """Return the changes that drop packs, to be deleted from `until_us` on."""
    return tuple(Change(_ref(key), None, str(until_us)) for key in keys)


def condemn(view: View, keys: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes after which packs may be deleted at once."""
    return tuple(Change(_ref(key), view.ref(_ref(key)), GONE) for key in keys)


def restore(view: View, keys: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes that take packs out of the trash."""
    marks: Mapping[str, str] = view.marks
    return tuple(Change(_ref(key), marks[_ref(key)], None) for key in keys if _ref(key) in marks)


def rescue(view: View, keys: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes that a commit needs whose objects are in the packs `keys`.

    Raises
    ------
    ConflictError
        One of them is being deleted (code ``freed-meanwhile``); the objects must be written anew.
    """
    keys = tuple(keys)
    marks = deadlines(view)
    if any(marks.get(key) == GONE for key in keys):
        msg = "What this commit shares with older versions was freed meanwhile."
        raise ConflictError(msg, code="freed-meanwhile", hint="mvt commit")
    return restore(view, keys)


def _ref(key: str) -> str:
    if oid := layout.table_digest(key):
        return f"{_TRASH}{_TABLE}{oid}"
    return _TRASH + key.removeprefix(layout.PACKS).removesuffix(".pack")
