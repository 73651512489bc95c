"""Sparse matrices of scipy."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.sparse import sparse_strip

__all__ = ["KIND", "ScipyKind"]

_PARTS = ("data", "indices", "indptr", "row", "col")


class ScipyKind:
    """Sparse matrices and arrays, whatever their layout."""

    name = "scipy"
    match: tuple[str, ...] = ("scipy.spmatrix", "scipy._spbase", "scipy.sparray")

    def table(self, obj: Any) -> Table:
        """Return the matrix as one column, each row its places and values."""
        strip = sparse_strip("", obj)
        nbytes = sum(int(getattr(getattr(obj, part, None), "nbytes", 0)) for part in _PARTS)
        return Table(kind="scipy", rows=strip.rows, strips=(strip,), nbytes=nbytes)


KIND = ScipyKind()
