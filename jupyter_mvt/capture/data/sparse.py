"""Sparse matrices as one column: each row its column numbers and values."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_mvt.capture.data.block import Block, octets_of
from jupyter_mvt.capture.data.columns import Strip

__all__ = ["sparse_strip"]

Array = np.ndarray[Any, Any]


def sparse_strip(name: str, matrix: Any) -> Strip:
    """Return any scipy sparse matrix, whatever its layout, as one column."""
    rows = _canonical(matrix)
    indptr, indices, data = rows.indptr, rows.indices, rows.data

    def block(start: int, stop: int) -> Block:
        first, last = int(indptr[start]), int(indptr[stop])
        lengths = np.diff(indptr[start : stop + 1]).astype(np.int64)
        places = np.ascontiguousarray(indices[first:last].astype(np.int64))
        values = np.ascontiguousarray(data[first:last])
        return Block((octets_of(lengths), octets_of(places), octets_of(values)), 0, None)

    def sample(chosen: Array | None) -> Array | None:
        return data[:: max(1, len(data) // 100_000)] if data.dtype.kind in "biuf" else None

    kind = f"sparse<{data.dtype.name}>[{rows.shape[1]}]"
    return Strip(name=name, type=kind, rows=rows.shape[0], block=block, sample=sample,
                 by_rows=False)  # fmt: skip


def _canonical(matrix: Any) -> Any:
    """Return rows with sorted places, no duplicates and no stored zeros, leaving `matrix` alone."""
    rows = matrix.tocsr()
    own = rows is not matrix and not np.shares_memory(rows.data, getattr(matrix, "data", rows.data))
    tidy = rows.has_canonical_format and np.count_nonzero(rows.data) == len(rows.data)
    if not tidy:
        rows = rows if own else rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    return rows
