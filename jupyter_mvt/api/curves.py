"""The curves of a version, read back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import UNSET

from jupyter_mvt.errors import NotFoundError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jupyter_mvt.objects.commit import Content
    from jupyter_mvt.objects.curve import Curve
    from jupyter_mvt.store.store import Store

__all__ = ["StoredCurves"]


class StoredCurves(Mapping[str, "pd.DataFrame"]):
    """Curve by name: a frame with the columns ``step``, ``time`` (UTC) and ``value``."""

    def __init__(self, store: Store, content: Content) -> None:
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

    def __iter__(self) -> Iterator[str]:
        return (curve.name for curve in self.summary)

    def __len__(self) -> int:
        return len(self.summary)

    def __repr__(self) -> str:
        said = ", ".join(f"{curve.name} ({curve.n})" for curve in self.summary)
        return f"<Curves {said or 'none'}>"
