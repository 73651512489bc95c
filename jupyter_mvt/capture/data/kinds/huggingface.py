"""Datasets of Hugging Face's `datasets`: Arrow tables behind a mapping of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mvt.capture.data.kind import Table, joined, once
from jupyter_mvt.capture.data.kinds.arrow import from_arrow

__all__ = ["KIND", "HuggingFaceKind"]


class HuggingFaceKind:
    """Datasets, and dictionaries of their splits; streams are refused."""

    name = "huggingface"
    match: tuple[str, ...] = (
        "datasets.Dataset",
        "datasets.DatasetDict",
        "datasets.IterableDataset",
        "datasets.IterableDatasetDict",
    )

    def parts(self, obj: Any) -> Mapping[str, Any] | None:
        """Return the splits of a dictionary."""
        return dict(obj) if isinstance(obj, Mapping) else None

    def table(self, obj: Any) -> Table | None:
        """Return the columns as they are stored, rows as selected or shuffled."""
        if isinstance(obj, Mapping):
            return joined([(str(k), t) for k, v in obj.items() if (t := self.table(v))], "datasets")
        if not hasattr(obj, "with_format"):
            return None
        if not hasattr(obj, "num_rows"):
            raise once(obj)
        arrow = obj.data.table if obj._indices is None else obj.with_format("arrow")[:]
        return from_arrow(arrow, "datasets", arrow.nbytes)


KIND = HuggingFaceKind()
