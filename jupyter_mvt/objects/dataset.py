"""Fingerprints of datasets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, UnsetType

from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Column", "Dataset", "Schema"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: name, canonical type, id over all of its rows, and its profile.

    `profile` holds plain numbers (n, nulls, distinct, min, max, mean, std, quantiles, top).
    """

    name: str
    type: str
    digest: ObjectId
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The columns of a dataset and ids of its prefixes; kept as an object of its own.

    Attributes
    ----------
    columns
        In order. An array without column names has one column per last-axis position when it is
        two-dimensional and narrow, else a single column named ``""``.
    prefixes
        ``(rows, id of the first so many rows)``, ascending, so that "rows appended" can be told.
    """

    columns: tuple[Column, ...]
    prefixes: tuple[tuple[int, ObjectId], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset as a commit names it.

    Attributes
    ----------
    var
        Name in the notebook, or the key under which it was given.
    role
        ``"train"``, ``"test"``, ``"features"``, ``"target"`` … or empty.
    kind
        ``"pandas"``, ``"polars"``, ``"numpy"``, ``"arrow"`` …
    id
        Over ordered (name, type, column digest) and the number of rows: the same for the same
        data from any of the kinds.
    rows, columns
        Shape, columns of an index included.
    multiset_id
        Insensitive to the order of rows; empty when not computed.
    digest_kind
        ``"full"`` or ``"sampled"``.
    schema_id
        Object id of the encoded `Schema`.
    arg_of
        The fitting call in which it was an argument, such as ``"clf.fit"``; empty if none.
    source
        The file or folder that it was read from, as the person wrote it.
    index_columns
        How many of the columns are a table's index, which people do not count.
    stored, stored_state
        Ids of the manifest of its content and of how that is rebuilt, where it was kept whole.
    """

    var: str
    role: str = ""
    kind: str
    id: ObjectId
    rows: int
    columns: int
    multiset_id: str = ""
    digest_kind: str = "full"
    schema_id: ObjectId
    arg_of: str = ""
    nbytes: int = 0
    source: str | UnsetType = UNSET
    stored: ObjectId | UnsetType = UNSET
    stored_state: ObjectId | UnsetType = UNSET
    index_columns: int | UnsetType = UNSET
