"""Categories of polars as Arrow would have them, their codes a stretch at a time.

polars counts its categories across all columns. For Arrow it makes codes that count those of one
column, in the order in which they appear: of a long column, that is a second copy and more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Coded", "Codes", "coded_series"]

Array = np.ndarray[Any, Any]
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes as a column of Arrow that is never there as a whole.

    Attributes
    ----------
    type
        Arrow's type of a code.
    numbers
        The codes as polars has them, a series.
    meant
        For each number of polars, which code that is.
    """

    type: Any
    numbers: Any
    meant: Array

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def null_count(self) -> int:
        """How many are missing."""
        return int(self.numbers.null_count())

    def slice(self, first: int, length: int) -> Any:
        """Return the codes of some rows as Arrow has them."""
        some = self.numbers.slice(first, length)
        missing = some.is_null().to_numpy() if some.null_count() else None
        return pa.array(self.meant[_filled(some)], self.type, mask=missing)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of categories: its type as Arrow has it, its codes, and what they mean."""

    type: Any
    indices: Codes
    dictionary: Any

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def null_count(self) -> int:
        """How many are missing, which the codes tell."""
        return 0


def coded_series(series: Any) -> Coded:
    """Return a series of categories as the column that Arrow would have of it."""
    numbers = series.to_physical()
    rows = _first_rows(numbers)
    apart = series.gather(rows).to_arrow()
    kind = apart.type
    meant = np.zeros(_room(numbers), kind.index_type.to_pandas_dtype())
    meant[numbers.gather(rows).to_numpy()] = apart.indices.to_numpy()
    return Coded(kind, Codes(kind.index_type, numbers, meant), apart.dictionary)


def _first_rows(numbers: Any) -> Array:
    """Return in which rows another number is for the first time."""
    seen = np.zeros(_room(numbers), bool)
    found = [np.zeros(0, np.int64)]
    for first in range(0, len(numbers), _AT_ONCE):
        piece = numbers.slice(first, _AT_ONCE)
        some = _filled(piece)
        fresh = ~seen[some]
        if not fresh.any():
            continue
        places = np.flatnonzero(fresh & piece.is_not_null().to_numpy())
        known, firsts = np.unique(some[places], return_index=True)
        seen[known] = True
        found.append(np.sort(places[firsts]) + first)
    return np.concatenate(found)


def _room(numbers: Any) -> int:
    return int(numbers.max() or 0) + 1


def _filled(numbers: Any) -> Array:
    """Return numbers, 0 where one is missing."""
    found: Array = (numbers.fill_null(0) if numbers.null_count() else numbers).to_numpy()
    return found
