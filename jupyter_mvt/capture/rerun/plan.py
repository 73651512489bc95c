"""What is to be run again, and what came of it; both cross the border between two processes."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Outcome", "Piece", "Plan", "Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines of one run of a cell.

    Attributes
    ----------
    order
        Number of the run.
    source
        The whole cell.
    spans
        First and last lines of what is to be run.
    rng
        Generator → object id of its state before the run.
    failed_at
        Line that raised then, so that it may raise again; 0 if none did.
    """

    order: int
    source: str
    spans: tuple[tuple[int, int], ...]
    rng: dict[str, str] = field(default_factory=dict)
    failed_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything the other process needs.

    Attributes
    ----------
    store
        Folder of the repository's data.
    commit
        Id of the version.
    pieces
        What to run, in order.
    imports
        Packages whose random states are put back: imported at the start if they are installed.
    inputs
        The texts of all runs, from the first one, where a piece asks for ``In``.
    tolerance
        Largest difference, relative to a tensor's largest element, that counts as close.
    """

    store: str
    commit: str
    pieces: tuple[Piece, ...]
    imports: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    tolerance: float = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One model, made again, beside the one that is kept.

    Attributes
    ----------
    model
        Its name.
    same
        ``"identical"``, ``"close"``, ``"differs"`` or ``"missing"``.
    tensor
        First array that differs, empty if none does.
    difference
        Largest absolute difference over all arrays; NaN when it cannot be told.
    why
        In words, where arrays alone do not say it.
    """

    model: str
    same: str
    tensor: str = ""
    difference: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a plan.

    Attributes
    ----------
    verdicts
        One a model; empty when a cell failed.
    failed_in
        Number of the run that failed, 0 if none did; `error` says how.
    skipped
        Lines that only a notebook understands, and that were left out.
    unset
        Generators whose state could not be put back.
    data
        Name of a dataset → ``"same"``, ``"other"`` or ``"missing"``, as it was in the end;
        ``"stored"`` where the rows that the version kept stood in for it.
    seconds
        How long the cells took.
    """

    verdicts: tuple[Verdict, ...] = ()
    failed_in: int = 0
    error: str = ""
    skipped: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
