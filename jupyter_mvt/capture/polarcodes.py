"""Categories of polars as Arrow would have them, their codes a stretch at a time.

polars counts its categories across all columns. For Arrow it makes codes that count those of one
column, in the order in which they appear: of a long column, that is a second copy and more. To read
them by way of Arrow would be another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Coded", "Codes", "coded_series", "live_polars"]

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


def live_polars(table: Any) -> Any:
    """Return the frame of polars that a table describes; what codes mean is put where they lie."""
    import polars as pl

    if not hasattr(pl.Series([""]).cat, "to"):
        return pl.from_arrow(table)  # polars before 2 takes no codes
    shape: Any = pl.from_arrow(table.slice(0, 0))
    own = {
        name: _live_codes(table.column(name), kind)
        for name, kind in shape.schema.items()
        if isinstance(kind, (pl.Categorical, pl.Enum))
    }
    other = [name for name in shape.columns if own.get(name) is None]
    rest: Any = pl.from_arrow(table.select(other)) if other else shape
    if len(other) == len(shape.columns):
        return rest
    ordered = [rest[name] if name in other else own[name].alias(name) for name in shape.columns]
    return pl.DataFrame(ordered)


def _live_codes(column: Any, kind: Any) -> Any:
    """Return a series of categories in the memory of their codes; ``None`` if polars has others."""
    import polars as pl

    array = column.chunk(0) if column.num_chunks == 1 else None
    if not array or array.indices.offset or array.dictionary.null_count:
        return None
    numbers = pl.Series(array.dictionary).cast(kind).to_physical()
    codes = array.indices
    if numbers.to_arrow().type != codes.type:
        return None
    meant = numbers.to_numpy() if len(numbers) else np.zeros(1, codes.type.to_pandas_dtype())
    valid, content = codes.buffers()
    found = np.frombuffer(content, meant.dtype, len(codes))
    if (meant != np.arange(len(meant))).any():
        found = found if found.flags.writeable else found.copy()
        for first in range(0, len(found), _AT_ONCE):
            run = found[first : first + _AT_ONCE]
            run[:] = meant[run]
    places = [valid, pa.py_buffer(found)]
    return pl.Series(pa.Array.from_buffers(codes.type, len(codes), places)).cat.to(kind)
