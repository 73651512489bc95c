"""What the verbs that need both wings (history and capture) answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.display import Displayable
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from jupyter_mvt.compare.diff import Diff
    from jupyter_mvt.objects.commit import Commit, Note
    from jupyter_mvt.objects.evaluation import Evaluation
    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.remark import Remark
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.store.packer import PackReport

__all__ = [
    "CommitResult",
    "Comparison",
    "Initialised",
    "Status",
    "StatusRow",
    "VersionDetails",
]

Against: TypeAlias = Literal["parent", "started from", "production"]
Badge: TypeAlias = Literal["added", "changed", "removed", "equal"]


class _Value(Displayable):
    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A new version beside what it must not be worse than."""

    against: Against
    diff: Diff


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitResult(_Value):
    """The answer to a commit.

    Attributes
    ----------
    created
        ``False`` when nothing had changed: then `version` is the one that already holds it.
    version, commit
        The version.
    comparisons
        Against the parent and against ``production`` (when that is another version).
    seconds
        How long the commit took, as the user waited.
    moved_on
        The tip that the session had started from, when another session was faster.
    made_repository
        Path of the repository when this commit made it, else empty.
    packed
        How older versions were stored more tightly, if that was asked for.
    """

    created: bool
    version: VersionRef
    commit: Commit
    comparisons: tuple[Comparison, ...] = ()
    seconds: float = 0.0
    moved_on: VersionRef | None = None
    made_repository: str = ""
    packed: PackReport | None = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Capture notes."""
        return self.commit.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """One part of what would be committed: ``Model``, ``model: 9 of 11 tensors changed``."""

    badge: Badge
    part: str
    text: str
    nbytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(_Value):
    """What would be committed now.

    `head` is ``None`` in a repository without versions; `chosen` says why that model was taken;
    `problem` is the reason when nothing could be committed (no model, unfitted …), with its
    hint; `new_bytes` is what a commit would add to the store.
    """

    repository: str
    branch: str
    head: VersionRef | None
    next_number: int
    rows: tuple[StatusRow, ...] = ()
    chosen: str = ""
    notes: tuple[Note, ...] = ()
    problem: str = ""
    hint: str = ""
    new_bytes: int = 0

    @property
    def changed(self) -> int:
        """How many parts differ from `head`."""
        return sum(row.badge != "equal" for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDetails(_Value):
    """Everything about one version."""

    version: VersionRef
    commit: Commit
    parents: tuple[VersionRef, ...] = ()
    derived_from: VersionRef | None = None
    cells: tuple[tuple[int, str], ...] = ()
    """(execution number, text) of the cells that made it."""
    thin: bool = False
    """Whether its models and variables were dropped."""
    remarks: tuple[Remark, ...] = ()
    """What people wrote about it since."""
    evaluations: tuple[Evaluation, ...] = ()
    """How good it was found to be since."""
    against: dict[str, str] = field(default_factory=dict)
    """Id → name of the versions that its latency was measured beside."""
    metrics: tuple[Metric, ...] = ()
    """Those of the commit, with what was measured since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised(_Value):
    """A repository was made."""

    path: str
    branch: str
