"""The curves of a version, read back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.encode import to_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    from jupyter_mvt.objects.commit import Content
    from jupyter_mvt.objects.curve import Curve
    from jupyter_mvt.store.store import Store

__all__ = ["Course", "StoredCurves"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A curve as so many columns: the least, the median and the largest finite value of each.

    ``None`` where a column has no finite value. A column of one point has three equal values.
    """

    steps: tuple[int, ...]
    low: tuple[float | None, ...]
    middle: tuple[float | None, ...]
    high: tuple[float | None, ...]


class StoredCurves(Displayable, Mapping[str, "pd.DataFrame"]):
    """Curve by name: a frame with the columns ``step``, ``time`` (UTC) and ``value``.

    `version` is the name of the version that they belong to.
    """

    def __init__(self, store: Store, content: Content, version: str = "") -> None:
        self.version = version
        self._store = store
        self._kept = None if content.curves is UNSET else content.curves

    @property
    def summary(self) -> tuple[Curve, ...]:
        """Name, number of points, steps, last value and extremes of each; reads no points."""
        return () if self._kept is None else self._kept.curves

    def table(self) -> pa.Table:
        """Return all points: ``name``, ``step``, ``wall_us`` and ``value``."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._kept is None:
            return pa.table({"name": pa.array([], pa.string()), "step": pa.array([], pa.int64()),
                             "wall_us": pa.array([], pa.int64()),
                             "value": pa.array([], pa.float64())})  # fmt: skip
        return pq.read_table(io.BytesIO(self._store.blob(self._kept.table)))

    def courses(self, columns: int) -> dict[str, Course]:
        """Return curve → its course in at most so many columns, each over as many points."""
        table = self.table()
        steps, values = table["step"].to_numpy(), table["value"].to_numpy()
        found: dict[str, Course] = {}
        start = 0
        # The table is sorted by name and step, as the summary is by name.
        for curve in self.summary:
            end = start + curve.n
            found[curve.name] = _course(steps[start:end], values[start:end], columns)
            start = end
        return found

    def __getitem__(self, name: str) -> pd.DataFrame:
        import pandas as pd
        import pyarrow.compute as pc

        if name not in tuple(self):
            known = [one[:60] for one in self]
            told = f"; there are {', '.join(known[:12])}" if known else ""
            msg = f"There is no curve {name[:60]!r}{told}."
            hint = f"repo['HEAD'].curves[{known[0]!r}]" if known else "mvt log"
            raise NotFoundError(msg, hint=hint, code="unknown-curve")
        table = self.table()
        rows = table.filter(pc.equal(table["name"], name))
        time = pd.to_datetime(rows["wall_us"].to_numpy(), unit="us", utc=True)
        return pd.DataFrame({"step": rows["step"].to_numpy(), "time": time,
                             "value": rows["value"].to_numpy()})  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the version's name and the summary of each curve as plain builtins."""
        return {"version": self.version, "curves": [to_data(curve) for curve in self.summary]}

    def __iter__(self) -> Iterator[str]:
        return (curve.name for curve in self.summary)

    def __len__(self) -> int:
        return len(self.summary)

    def __repr__(self) -> str:
        said = ", ".join(f"{curve.name} ({curve.n})" for curve in self.summary)
        return f"<Curves {said or 'none'}>"


def _course(steps: npt.NDArray[np.int64], values: npt.NDArray[np.float64], columns: int) -> Course:
    import numpy as np

    count = len(steps)
    edges = np.linspace(0, count, min(count, columns) + 1).astype(int)
    places, told = [], []
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        part = part[np.isfinite(part)]
        # The first and the last column stand where the curve begins and ends.
        at = 0 if start == 0 else count - 1 if end == count else (start + end - 1) // 2
        places.append(int(steps[at]))
        ends = (part.min(), np.median(part), part.max()) if len(part) else None
        told.append((None, None, None) if ends is None else tuple(map(float, ends)))
    low, middle, high = zip(*told, strict=True) if told else ((), (), ())
    return Course(steps=tuple(places), low=low, middle=middle, high=high)
