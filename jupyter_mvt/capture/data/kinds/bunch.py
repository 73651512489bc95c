"""scikit-learn's `Bunch`, as its `load_*` and `fetch_*` functions return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mvt.capture.data.kind import Table, is_dataset, joined, table_of

__all__ = ["KIND", "BunchKind"]

_PARTS = ("data", "target")


class BunchKind:
    """Holds features and target; names and descriptions are no data."""

    name = "bunch"
    match: tuple[str, ...] = ("sklearn.Bunch",)

    def parts(self, obj: Any) -> Mapping[str, Any]:
        """Return features and target, by the names that scikit-learn gives them."""
        return {name: obj[name] for name in _PARTS if is_dataset(obj.get(name))}

    def table(self, obj: Any) -> Table | None:
        """Return features and target beside each other."""
        tables = [(name, table_of(part)) for name, part in self.parts(obj).items()]
        found = [(name, table) for name, table in tables if table is not None]
        return joined(found, "sklearn") if found else None


KIND = BunchKind()
