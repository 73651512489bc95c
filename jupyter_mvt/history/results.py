"""What the verbs of this floor answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.display import Chartable, Displayable
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.objects.metric import Metric
    from jupyter_mvt.objects.remark import Remark
    from jupyter_mvt.objects.version import VersionRef
    from jupyter_mvt.store.packer import PackReport

__all__ = [
    "GcReport",
    "LabelHistory",
    "LabelMove",
    "Log",
    "LogEntry",
    "Moved",
    "OperationLog",
    "OperationRow",
    "RefKind",
    "RefList",
    "RefRow",
    "RemarkList",
    "RepairReport",
    "Usage",
    "UsageRow",
    "span",
]

RefKind: TypeAlias = Literal["branch", "tag", "label"]


class _Value(Displayable):
    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One version in a log.

    `regressions` names what got worse against its first parent, in words ready to show
    (``"Recall −2.8 pp"`` is made by views; here the metric keys as (name, slice)).
    """

    version: VersionRef
    metrics: tuple[Metric, ...] = ()
    regressions: tuple[tuple[str, str], ...] = ()
    model_class: str = ""
    new_bytes: int = 0
    remarks: int = 0
    """How many notes people wrote on it."""
    thin: bool = False
    """Whether its models and variables were dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(_Value, Chartable):
    """Versions, newest first.

    Attributes
    ----------
    repository
        Display name of the repository (its folder's).
    entries
        Those asked for.
    total
        How many there are in all that fit the question.
    branches
        Branch → id of its tip.
    head
        ``"main"`` or the id of a detached version; what the session stands on.
    parents
        First parents that are not among `entries`, for changes to be told against.
    """

    repository: str
    entries: tuple[LogEntry, ...]
    total: int
    branches: dict[str, str] = field(default_factory=dict)
    head: str = ""
    parents: tuple[LogEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMove:
    """One move of a label, with the versions named."""

    time_us: int
    actor: str
    reason: str
    old: VersionRef | None
    new: VersionRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelHistory(_Value):
    """Where a label has been: its moves, newest first."""

    name: str
    moves: tuple[LabelMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefRow:
    """One branch, tag or label; `history` is filled for labels, newest first."""

    kind: RefKind
    name: str
    version: VersionRef
    current: bool = False
    history: tuple[LabelMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefList(_Value):
    """All refs of one kind, in order of creation."""

    kind: RefKind
    rows: tuple[RefRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkList(_Value):
    """The notes on one version: number → note, oldest first."""

    version: VersionRef
    rows: dict[int, Remark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(_Value):
    """A ref moved, appeared or went, or HEAD did.

    Attributes
    ----------
    verb
        ``"label move"``, ``"branch create"``, ``"switch"``, ``"rollback"``, ``"undo"`` …
    kind, name
        The ref.
    old, new
        Versions before and after, ``None`` for "none".
    text
        One sentence of what is now the case: ``"production is now v9."``
    undo
        Command that takes it back, empty when there is nothing to undo.
    operation
        Number in the operation log; 0 when nothing was recorded (a session's HEAD).
    """

    verb: str
    kind: str
    name: str
    old: VersionRef | None
    new: VersionRef | None
    text: str
    undo: str = ""
    operation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """One operation, told to a person. `changes` are (ref, old, new) with ``v9`` names."""

    number: int
    time_us: int
    actor: str
    verb: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    undone_by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLog(_Value):
    """Operations, newest first."""

    rows: tuple[OperationRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GcReport(_Value):
    """What a gc freed, or would free.

    Attributes
    ----------
    dry_run
        Whether nothing was done.
    thin
        Versions that lost their models and variables; what describes them is kept.
    asked
        Which were said to go, as they were named.
    packs
        How many packs were dropped.
    tables
        How many files of examples that no evaluation names any more were.
    freed_bytes
        What the repository is smaller by once they are deleted.
    deleted_bytes
        What was deleted now.
    until_us
        From when on the dropped packs are deleted, by the next gc.
    damaged
        Packs that were kept because the other copy of what they hold is damaged.
    operation
        Number in the operation log, 0 when nothing was dropped.
    grace_days
        How long it can be undone.
    packed
        What was stored more tightly after that, if it was tried.
    stopped
        Whether it was stopped before its end.
    left_bytes
        What waits to be deleted by the next gc, as this one was stopped.
    busy
        Files that were to be deleted and are in use; the next gc tries again.
    """

    dry_run: bool
    thin: tuple[VersionRef, ...]
    asked: tuple[str, ...] = ()
    packs: int
    tables: int = 0
    freed_bytes: int
    deleted_bytes: int
    until_us: int
    damaged: tuple[str, ...] = ()
    operation: int = 0
    grace_days: float = 0.0
    packed: PackReport | None = None
    stopped: bool = False
    left_bytes: int = 0
    busy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport(_Value):
    """What a repair did: objects and operations healed, packs replaced, ids still lost.

    `files` are those beside packs and log that were written anew, `removed` those of another
    log; `busy` those in use, which the next gc deletes.
    """

    healed: int
    operations: int
    packs: int
    lost: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """What the command line ends with: 1 when something could not be healed."""
        return 1 if self.lost else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What one branch, or version of a `branch`, takes. `own_bytes` is what nothing else needs."""

    name: str
    total_bytes: int
    own_bytes: int
    thin: bool = False
    message: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(_Value, Chartable):
    """What a repository takes on disk.

    Attributes
    ----------
    stored_bytes
        Size of all packs, and of the files of examples.
    full_bytes
        What it would be if every version were a full copy.
    trash_bytes
        What waits in the trash.
    free_bytes
        What a gc would free now.
    quota_bytes
        The limit, if there is one.
    droppable, droppable_bytes
        Versions that could be dropped (``"v3–v9"``), and what that frees.
    tables_bytes
        Size of the examples of evaluations.
    """

    stored_bytes: int
    full_bytes: int
    trash_bytes: int
    free_bytes: int
    quota_bytes: int | None
    droppable: str
    droppable_bytes: int
    branches: tuple[UsageRow, ...]
    versions: tuple[UsageRow, ...]
    tables_bytes: int = 0


def span(numbers: Iterable[int]) -> str:
    """Return numbers of versions in words: ``v3–v9, v11``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"v{a}" if a == b else f"v{a}–v{b}" for a, b in runs)
