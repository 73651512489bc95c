"""Kinds of datasets: how live data of any library becomes columns.

A kind is recognised by the names of classes alone, so that no library is imported to tell what
an object is not. Others add theirs through the entry-point group ``jupyter_mvt.dataset_kinds``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mvt.errors import CaptureError
from jupyter_mvt.registry import Registry

if TYPE_CHECKING:
    from jupyter_mvt.capture.data.columns import Strip

__all__ = [
    "KINDS",
    "DatasetKind",
    "Table",
    "is_dataset",
    "joined",
    "kind_of",
    "once",
    "parts_of",
    "stamp_of",
    "table_of",
]

_MAX_TYPES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A dataset as columns of equal length.

    Attributes
    ----------
    kind
        The library it came from.
    rows
        How many; columns of another length are allowed, then nothing is said about rows.
    nbytes
        Size of the content in memory, about.
    lost
        What its id does not cover, in words.
    source
        The file or folder it was read from, empty for what lives in memory only.
    """

    kind: str
    rows: int
    strips: tuple[Strip, ...]
    nbytes: int
    lost: tuple[str, ...] = ()
    source: str = ""


class DatasetKind(Protocol):
    """How one library's datasets are read.

    Optional methods: ``parts(obj)`` returns a mapping of name to live dataset for what is only
    a holder of datasets (splits, features and target), or ``None``; ``stamp(obj)`` returns text
    that cannot stay equal when the content changes (sizes and times of files), or ``""``.
    """

    name: str
    match: tuple[str, ...]
    """``"package.Class"``: first part of the module, and name, of a class in the MRO."""

    def table(self, obj: Any) -> Table | None:
        """Return `obj` as columns, ``None`` if it is not data after all.

        Raises
        ------
        CaptureError
            It is data that cannot be read, and why (code ``one-pass-data`` when reading would
            use it up).
        """
        ...


KINDS: Registry[DatasetKind] = Registry("dataset kind", "jupyter_mvt.dataset_kinds")
for _name in ("pandas", "polars", "arrow", "numpy", "scipy", "torch", "tensorflow", "jax",
              "huggingface", "boosters", "bunch", "files", "plain"):  # fmt: skip
    KINDS.register(_name, f"jupyter_mvt.capture.data.kinds.{_name}:KIND")

_by_name: dict[str, DatasetKind] = {}
_by_type: dict[type, DatasetKind | None] = {}
_known: tuple[str, ...] = ()


def kind_of(obj: Any) -> DatasetKind | None:
    """Return the kind that knows objects like `obj`, by the names of its classes."""
    global _known
    names = KINDS.names()
    if names != _known or len(_by_type) > _MAX_TYPES:
        _by_type.clear()
        _by_name.clear()
        _by_name.update((name, kind) for kind in KINDS for name in kind.match)
        _known = names
    cls = type(obj)
    if cls not in _by_type:
        bases = (f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in cls.__mro__)
        _by_type[cls] = next((_by_name[base] for base in bases if base in _by_name), None)
    return _by_type[cls]


def is_dataset(obj: Any) -> bool:
    """Tell whether `obj` is recognisably data, by its class alone."""
    return kind_of(obj) is not None


def table_of(obj: Any) -> Table | None:
    """Return `obj` as columns, ``None`` if it is of no known kind.

    Besides what the kinds know: mappings of name to dataset, tuples such as ``(X, y)``, and lists
    of plain values.
    """
    kind = kind_of(obj)
    if kind is not None:
        return kind.table(obj)
    if isinstance(obj, Mapping) and obj and all(map(is_dataset, obj.values())):
        return _all([(str(key), value) for key, value in obj.items()], "mapping")
    if isinstance(obj, tuple) and obj and all(map(is_dataset, obj)):
        return _all([(str(i), value) for i, value in enumerate(obj)], "tuple")
    if isinstance(obj, (list, tuple)):
        return KINDS.get("plain").table(obj)
    if hasattr(obj, "__next__"):
        raise once(obj)
    return None


def _all(parts: list[tuple[str, Any]], kind: str) -> Table | None:
    found = [(key, table_of(value)) for key, value in parts]
    whole = [(key, table) for key, table in found if table is not None]
    return joined(whole, kind) if len(whole) == len(found) else None


def parts_of(obj: Any) -> Mapping[str, Any] | None:
    """Return the live datasets that `obj` only holds, by name; ``None`` when it is one itself."""
    parts = getattr(kind_of(obj), "parts", None)
    found: Mapping[str, Any] | None = None if parts is None else parts(obj)
    return found or None


def stamp_of(obj: Any) -> str:
    """Return text that changes whenever the content of `obj` does, ``""`` if there is none."""
    stamp = getattr(kind_of(obj), "stamp", None)
    return "" if stamp is None else str(stamp(obj))


def joined(parts: list[tuple[str, Table]], kind: str, lost: tuple[str, ...] = ()) -> Table:
    """Tables beside each other; columns are called after the part they are from."""
    strips = tuple(
        replace(strip, name=f"{label}.{strip.name}" if strip.name else label)
        for label, table in parts
        for strip in table.strips
    )
    lost += tuple(words for _, table in parts for words in table.lost)
    rows = max((table.rows for _, table in parts), default=0)
    nbytes = sum(table.nbytes for _, table in parts)
    return Table(kind=kind, rows=rows, strips=strips, nbytes=nbytes, lost=lost)


def once(obj: Any) -> CaptureError:
    """Return the refusal of data that reading would use up."""
    msg = f"A {type(obj).__qualname__} can be read only once: a look would take it from you."
    hint = "keep them first: rows = list(data)"
    return CaptureError(msg, hint=hint, code="one-pass-data")
