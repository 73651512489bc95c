"""The live session that an interface attached, if any: its names, its cell log, its HEADs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mvt.api.results import CommitResult
    from jupyter_mvt.capture.adapter import Sources
    from jupyter_mvt.capture.cells.log import CellLog
    from jupyter_mvt.capture.cells.outputs import OutputLog
    from jupyter_mvt.capture.recording import Recording
    from jupyter_mvt.history.handle import Session
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.store.glance import Glance

__all__ = [
    "Identity",
    "Kernel",
    "Stash",
    "Watch",
    "account",
    "attach",
    "attached",
    "whoever",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts, and through which tool; recorded with each operation."""

    actor: str
    tool: str


@dataclass(frozen=True, slots=True)
class Stash:
    """Values of this session that a checkout has replaced; in memory, not stored.

    Attributes
    ----------
    number
        Counted from 1 in this session.
    version
        Name of the version whose values took the names.
    values
        Name → what it meant before.
    """

    number: int
    version: str
    values: dict[str, Any]


@dataclass(slots=True)
class Watch:
    """How automatic versions stand in a session; see `api.watching`.

    Attributes
    ----------
    on, made
        Whether they are made, and how many were.
    seen
        Order of the newest cell whose training is no longer waiting.
    last
        When the newest was made, by `time.perf_counter`.
    complained
        Whether it was said what stands in the way.
    waiting
        Whether something was trained too soon after the newest one was made.
    """

    on: bool = False
    made: int = 0
    seen: int = 0
    last: float = float("-inf")
    complained: bool = False
    waiting: bool = False


@dataclass(slots=True)
class Kernel:
    """A live session.

    Attributes
    ----------
    namespace
        The user's names.
    cells
        What ran.
    interactive
        Whether somebody can answer a question.
    identity
        Who sits there.
    sessions
        Repository root → this kernel's place in it.
    verified
        Repository root → what its `Store` has verified in this process; keyed by the state of
        each file, so that remembering it is safe.
    glance
        Which chunks were met in this process, in whichever repository.
    trusted
        Ids of the versions that this very session made.
    trust_folder
        Where this person's trust database is, ``None`` for nowhere.
    recordings
        Runs that ended and that no version holds yet, and those of the model committed last.
    untold
        Versions that a recording made in the cell that runs, which nobody has been told of.
    watch
        Whether training makes versions by itself.
    stashes
        What checkouts into the namespace have replaced, oldest first.
    progress
        Is told how far long work is.
    outputs
        What its cells showed since the last version, ``None`` when nobody looks.
    notebook
        File of the notebook that the session belongs to, where that is known.
    """

    namespace: Mapping[str, Any]
    cells: CellLog
    interactive: bool
    identity: Identity
    sessions: dict[Path, Session] = field(default_factory=dict)
    verified: dict[Path, dict[tuple[str, str], set[bytes]]] = field(default_factory=dict)
    glance: Glance | None = None
    trusted: set[str] = field(default_factory=set)
    trust_folder: Path | None = None
    watch: Watch = field(default_factory=Watch)
    stashes: list[Stash] = field(default_factory=list)
    progress: Progress = SILENT
    recordings: list[Recording] = field(default_factory=list)
    untold: list[CommitResult] = field(default_factory=list)
    outputs: OutputLog | None = None
    notebook: Path | None = None

    def sources(self) -> Sources:
        """Return how the text of what was defined in cells is found."""
        from jupyter_mvt.capture.cells.log import sources_of

        return sources_of(self.cells, self.namespace)


_attached: list[Kernel] = []


def attach(kernel: Kernel | None) -> None:
    """Make `kernel` the live session of this process, or take it away with ``None``."""
    _attached.clear()
    if kernel is not None:
        _attached.append(kernel)


def attached() -> Kernel | None:
    """Return the live session, if an interface has attached one."""
    return _attached[0] if _attached else None


def whoever() -> Identity:
    """Return who acts: the live session's person, else the account's name."""
    kernel = attached()
    if kernel is not None:
        return kernel.identity
    return Identity(actor=account(), tool="jupyter_mvt api")


def account() -> str:
    """Return the name of the operating system's account."""
    try:
        import os
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "unknown"
