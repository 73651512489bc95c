"""What the cells of a version showed, read back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from msgspec import UNSET

from jupyter_mvt.capture.cells.outputs import MARK
from jupyter_mvt.errors import NotFoundError, UsageError
from jupyter_mvt.objects.output import FIGURES, Grid, read_grid

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mvt.objects.commit import Content
    from jupyter_mvt.objects.output import Kind, Output
    from jupyter_mvt.store.store import Store

__all__ = ["StoredOutput", "StoredOutputs", "figure"]


class StoredOutput:
    """A figure or table; its content is read, and verified, when it is asked for.

    Parameters
    ----------
    store
        The repository's objects.
    number
        Its place among the outputs of its version, from 0.
    kept
        What the version says of it.
    """

    def __init__(self, store: Store, number: int, kept: Output) -> None:
        self._store = store
        self.number = number
        self.kept = kept

    @property
    def kind(self) -> Kind:
        """``"figure"`` or ``"table"``."""
        return self.kept.kind

    @property
    def mime(self) -> str:
        """MIME type of the stored bytes."""
        return self.kept.mime

    @property
    def cell(self) -> int:
        """Execution number of the cell that showed it."""
        return self.kept.cell

    @property
    def title(self) -> str:
        """Its caption, or ``figure of cell [5]``."""
        return self.kept.title or f"{self.kept.kind} of cell [{self.kept.cell}]"

    @property
    def nbytes(self) -> int:
        """Size of the stored bytes."""
        return self.kept.nbytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a figure in pixels, columns and rows of a table as it was shown."""
        return self.kept.width, self.kept.height

    def read(self) -> bytes:
        """Return the stored bytes, verified.

        Raises
        ------
        CorruptionError
            They are damaged or missing.
        """
        return self._store.blob(self.kept.body)

    def grid(self) -> Grid:
        """Return a table as text: rows of titles, other rows, and how many columns are labels.

        Raises
        ------
        UsageError
            It is a figure (code ``no-table``).
        """
        if self.kept.kind != "table":
            msg = f"The {self.title} is no table."
            hint = f"repo['HEAD'].outputs[{self.number}].read()"
            raise UsageError(msg, hint=hint, code="no-table")
        return read_grid(self.read())

    def frame(self) -> pd.DataFrame:
        """Return a table as a frame of texts, as they were shown; labels become the index.

        Raises
        ------
        UsageError
            It is a figure (code ``no-table``).
        """
        import pandas as pd

        grid = self.grid()
        rows = [row[grid.labels :] for row in grid.rows]
        index = _axis([row[: grid.labels] for row in grid.rows]) if grid.labels else None
        titles = [tuple(column) for column in zip(*grid.head, strict=True)][grid.labels :]
        return pd.DataFrame(rows, index=index, columns=_axis(titles) if titles else None)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/plain": repr(self)}
        if self.kept.kind == "figure":
            # An image element runs nothing of what an SVG may hold.
            coded = base64.b64encode(self.read()).decode()
            source = f"data:{self.kept.mime};base64,{coded}"
            data["text/html"] = f'<img src="{source}" alt="Figure of cell {self.kept.cell:d}">'
        else:
            data["text/plain"] = self.frame().to_string()
        return data, {MARK: True}

    def __repr__(self) -> str:
        wide, high = self.size
        return f"<Output {self.number} {self.title!r} {self.mime} {wide} × {high}>"


def _axis(names: list[tuple[str, ...]]) -> Any:
    import pandas as pd

    if names and len(names[0]) > 1:
        return pd.MultiIndex.from_tuples(names)
    return [name[0] for name in names]


class StoredOutputs(Sequence[StoredOutput]):
    """The outputs of a version, in the order in which they were shown."""

    def __init__(self, store: Store, content: Content) -> None:
        kept = () if content.outputs is UNSET else content.outputs
        self._found = tuple(StoredOutput(store, i, one) for i, one in enumerate(kept))

    @overload
    def __getitem__(self, at: int) -> StoredOutput: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[StoredOutput, ...]: ...
    def __getitem__(self, at: int | slice) -> StoredOutput | tuple[StoredOutput, ...]:
        return self._found[at]

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"<Outputs {', '.join(one.title for one in self._found) or 'none'}>"


def figure(found: StoredOutputs, number: int) -> StoredOutput:
    """Return output `number`, which is a figure.

    Raises
    ------
    NotFoundError
        There is none, or it is none that is shown as an image (code ``unknown-output``).
    """
    if not 0 <= number < len(found) or found[number].mime not in FIGURES:
        msg = f"The version has no figure {number}; it keeps {len(found)} outputs."
        raise NotFoundError(msg, hint="mvt show", code="unknown-output")
    return found[number]
