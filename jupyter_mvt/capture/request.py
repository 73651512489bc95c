"""What capture is asked to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mvt.objects.progress import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.capture.cells.log import CellLog
    from jupyter_mvt.capture.cells.outputs import OutputLog
    from jupyter_mvt.capture.recording import Recording
    from jupyter_mvt.objects.progress import Progress
    from jupyter_mvt.store.seen import Seen

__all__ = ["Named", "Request"]


@dataclass(frozen=True, slots=True)
class Named:
    """Models by the names that a person wrote: several, although each may be a dict of tensors."""

    models: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to take.

    Attributes
    ----------
    namespace
        The live session's names; empty in a program without one.
    cells
        What ran in it, ``None`` when nobody listened.
    interactive
        Whether a person can be asked which model is meant.
    model
        A model, names of variables, or models by name; found when ``None``.
    data
        ``{role or name: dataset}`` or one dataset; found when ``None``.
    metrics, params
        Given by the person; metrics are found when ``None``.
    variables
        Names of further variables to keep, or their values by name; ``True`` for all that can be
        kept.
    folder
        Where to look for a git repository, ``None`` for nowhere.
    store_data
        Keep the datasets whole if they have together no more than so many bytes; 0 to keep none.
    evaluate
        ``(X, y)`` or ``(X, y, slices)``: measure the primary model on these rows, see
        `evaluating`.
    notebook
        File of the notebook, where that is known.
    known_rows
        Numbers of rows of datasets of earlier versions, see `data.fingerprint.describe`.
    recordings
        Runs that were recorded; those of the primary model are taken.
    outputs
        What its cells showed since the last version, ``None`` to keep nothing of it.
    threads
        How many may read data at once, see `data.fingerprint.describe`.
    progress
        Is told how many bytes of data have been read.
    seen
        Remembers what files held, ``None`` for nobody.
    """

    namespace: Mapping[str, Any] = field(default_factory=dict)
    cells: CellLog | None = None
    interactive: bool = False
    model: Any = None
    data: Any = None
    metrics: Mapping[str, Any] | None = None
    params: Any = None
    variables: str | Sequence[str] | Mapping[str, Any] | Literal[True] | None = None
    folder: Path | None = None
    store_data: int = 0
    evaluate: Any = None
    notebook: Path | None = None
    known_rows: tuple[int, ...] = ()
    recordings: tuple[Recording, ...] = ()
    outputs: OutputLog | None = None
    threads: int | None = None
    progress: Progress = SILENT
    seen: Seen | None = None
