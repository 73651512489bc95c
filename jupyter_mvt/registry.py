"""One generic registry: built-ins and outsiders enter by the same door.

An entry is registered under a name, either as a value or as ``"package.module:attribute"``,
which is imported on first use only. Entry points of installed packages are looked up lazily,
once, when a name is asked for that is not registered or when all entries are listed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from jupyter_mvt.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Registry"]

T = TypeVar("T")


class Registry(Generic[T]):
    """Named, lazily imported values of one kind.

    Parameters
    ----------
    kind
        What the entries are, in the singular, for messages ("model adapter").
    group
        Entry-point group through which other packages add theirs, or ``None``.
    """

    def __init__(self, kind: str, group: str | None = None) -> None:
        self.kind = kind
        self._group = group
        self._entries: dict[str, T | str] = {}
        self._outsiders_seen = group is None

    def register(self, name: str, value: T | str) -> None:
        """Add or replace `name`; a string value is an import path ``module:attribute``."""
        self._entries[name] = value

    def get(self, name: str) -> T:
        """Return the entry called `name`.

        Raises
        ------
        NotFoundError
            No such entry (code ``unknown-<kind>``).
        """
        if name not in self._entries:
            self._load_outsiders()
        if name not in self._entries:
            known = ", ".join(sorted(self._entries)) or "none"
            msg = f"There is no {self.kind} named {name!r}."
            raise NotFoundError(
                msg, hint=f"one of: {known}", code="unknown-" + self.kind.replace(" ", "-")
            )
        entry = self._entries[name]
        if isinstance(entry, str):
            module, _, attribute = entry.partition(":")
            entry = cast("T", getattr(import_module(module), attribute))
            self._entries[name] = entry
        return entry

    def names(self) -> tuple[str, ...]:
        """Return all names, in order of registration, outsiders last."""
        self._load_outsiders()
        return tuple(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self.names()

    def __iter__(self) -> Iterator[T]:
        return (self.get(name) for name in self.names())

    def _load_outsiders(self) -> None:
        if self._outsiders_seen:
            return
        self._outsiders_seen = True
        from importlib.metadata import entry_points

        for point in entry_points(group=cast("str", self._group)):
            self._entries.setdefault(point.name, f"{point.module}:{point.attr}")
