"""What verification finds: faults, and the report of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mvt.display import Displayable
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from jupyter_mvt.objects.ids import ObjectId
    from jupyter_mvt.store.store import Store

__all__ = ["Checker", "Findings", "FsckReport", "Problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault.

    Attributes
    ----------
    kind
        Stable kebab-case name, as the ``code`` of errors.
    key
        The file, empty when an object is in none.
    object
        Id of the object or operation, may be empty.
    commits
        Ids of the versions that need it.
    labels
        Labels that stand on those versions.
    versions
        What those versions are called, ``v3``; the beginning of an id where the log has lost them.
    copy
        Key of a file of this repository that holds the same, soundly; empty if none does.
    text
        What is the case.
    """

    kind: str
    key: str = ""
    object: str = ""
    commits: tuple[ObjectId, ...] = ()
    labels: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    copy: str = ""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FsckReport(Displayable):
    """What was verified, and what is wrong.

    Attributes
    ----------
    files, operations, objects
        How many were read; `objects` counts every stored copy.
    bytes
        Size of all files read.
    problems
        Empty for a sound repository.
    """

    files: int
    operations: int
    objects: int
    bytes: int
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def exit_status(self) -> int:
        """What the command line ends with: 1 when something is wrong."""
        return 0 if self.ok else 1

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


Checker: TypeAlias = "Callable[[Store, list[str]], Iterable[Problem]]"
"""Yields what is wrong with the files of some keys."""


@dataclass(slots=True)
class Findings:
    """What was counted and found so far."""

    operations: int = 0
    objects: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: str, text: str, *, key: str = "", oid: str = "") -> None:
        """Note one fault."""
        self.problems.append(Problem(kind=kind, key=key, object=oid, text=text))
