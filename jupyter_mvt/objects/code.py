"""The cells that made a version."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mvt.objects.ids import ObjectId

__all__ = ["Cell", "Code", "Git"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One run of one cell, in the order of execution.

    Attributes
    ----------
    order
        Execution number within the session, from 1.
    source
        Object id of the cell's text.
    cell_id
        The notebook's own id of the cell, if the front end told it.
    seconds
        Duration.
    ok
        Whether it ran to its end.
    reads, writes
        Top-level names, from the cell's syntax and from observed rebinding.
    made
        Name of a model → first and last lines of those statements of this run that made it.
    rng
        Generator and object id of its state before the run; kept where random numbers were
        drawn by a run that made a model, and at the start of what made it.
    failed_at
        Line that raised, 0 if none did or it is not known.
    """

    order: int
    source: ObjectId
    cell_id: str = ""
    seconds: float = 0.0
    ok: bool = True
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    made: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    rng: tuple[tuple[str, str], ...] = ()
    failed_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The surrounding git repository, if any."""

    head: str
    branch: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Summary of the code inside a commit; the cells themselves are an object.

    Attributes
    ----------
    cells_id
        Object id of the encoded tuple of `Cell`, empty when no cell was seen.
    n_cells
        How many runs that tuple holds.
    identity
        Id over the texts of the cells that ran up to the model's last training: equal
        identities mean that the same code made the model.
    """

    cells_id: str = ""
    n_cells: int = 0
    identity: str = ""
    git: Git | None = None
