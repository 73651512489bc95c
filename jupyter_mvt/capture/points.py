"""Logged points as columns: to bytes and back, and to the curves of a version."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jupyter_mvt.errors import CorruptionError, MvtError
from jupyter_mvt.objects.curve import Curve, CurvesDraft
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

__all__ = ["Points", "from_bytes", "from_rows", "gathered", "to_bytes", "to_curves"]

_KINDS = {"name": "<i4", "step": "<i8", "wall_us": "<i8", "value": "<f8"}


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of equal length.

    Attributes
    ----------
    names
        Each once; `name` holds positions in it.
    name, step, wall_us, value
        Position of the name (int32), step (int64), microseconds since 1970 UTC (int64), value
        (float64).
    """

    names: tuple[str, ...]
    name: np.ndarray
    step: np.ndarray
    wall_us: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.step)


def from_rows(rows: Sequence[tuple[int, int, Mapping[str, float]]]) -> Points:
    """Return rows of (step, microseconds, name → value) as columns."""
    # Lists, not generators: this runs inside of somebody's training loop.
    counts = [len(values) for *_, values in rows]
    names = [name for *_, values in rows for name in values]
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return Points(
        tuple(places),
        np.array([places[name] for name in names], np.int32),
        np.repeat(np.array([step for step, *_ in rows], np.int64), counts),
        np.repeat(np.array([wall for _, wall, _ in rows], np.int64), counts),
        np.array([value for *_, values in rows for value in values.values()], np.float64),
    )


def gathered(parts: Iterable[Points]) -> Points:
    """Return several sets of points as one, in their order."""
    parts = list(parts)
    places: dict[str, int] = {}
    moved = []
    for part in parts:
        to = np.array([places.setdefault(name, len(places)) for name in part.names], np.int32)
        moved.append(to[part.name] if len(part) else part.name)
    if not parts:
        return from_rows(())
    return Points(
        tuple(places),
        np.concatenate(moved),
        *(np.concatenate([getattr(part, c) for part in parts]) for c in list(_KINDS)[1:]),
    )


def to_bytes(points: Points) -> bytes:
    """Return the points as bytes: a line that names what follows, then the columns."""
    head = encode({"names": list(points.names), "n": len(points)})
    columns = (getattr(points, c).astype(kind, copy=False) for c, kind in _KINDS.items())
    return b"".join([len(head).to_bytes(4, "little"), head, *(c.tobytes() for c in columns)])


def from_bytes(data: bytes) -> Points:
    """Return the points of `to_bytes`.

    Raises
    ------
    CorruptionError
        The bytes are no such points (code ``corrupt-run``).
    """
    msg = "A part of a recorded run cannot be read."
    size = int.from_bytes(data[:4], "little")
    try:
        head = decode(data[4 : 4 + size])
        names, count = tuple(head["names"]), int(head["n"])
    except (MvtError, ValueError, TypeError, KeyError) as error:
        raise CorruptionError(msg, code="corrupt-run", hint="mvt fsck") from error
    at, arrays = 4 + size, {}
    if count < 0 or len(data) != at + count * sum(np.dtype(k).itemsize for k in _KINDS.values()):
        raise CorruptionError(msg, code="corrupt-run", hint="mvt fsck")
    for column, kind in _KINDS.items():
        arrays[column] = np.frombuffer(data, kind, count, at)
        at += arrays[column].nbytes
    place = arrays["name"]
    if count and not (int(place.min()) >= 0 and int(place.max()) < len(names)):
        raise CorruptionError(msg, code="corrupt-run", hint="mvt fsck")
    return Points(names, **arrays)


def to_curves(points: Points, runs: tuple[str, ...]) -> CurvesDraft:
    """Return the points as the curves of a version, sorted by name and step.

    What was logged several times at one step is kept, in the order of logging.
    """
    order = sorted(range(len(points.names)), key=points.names.__getitem__)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    by = np.lexsort((points.step, rank[points.name]))
    step, wall, value = points.step[by], points.wall_us[by], points.value[by]
    ranked = rank[points.name][by]
    names = [points.names[i] for i in order]
    bounds = np.searchsorted(ranked, np.arange(len(names) + 1))
    curves = tuple(
        _curve(name, step[start:stop], value[start:stop])
        for name, start, stop in zip(names, bounds, bounds[1:], strict=False)
    )
    identity = digest(encode([names, bounds.tolist()]) + step.tobytes() + value.tobytes())
    table = _parquet(_table(names, ranked, step, wall, value))
    return CurvesDraft(table=table, identity=identity, curves=curves, runs=runs)


def _curve(name: str, step: np.ndarray, value: np.ndarray) -> Curve:
    finite = value[np.isfinite(value)]
    return Curve(
        name=name,
        n=len(step),
        first=int(step[0]),
        newest=int(step[-1]),
        last=float(value[-1]),
        low=float(finite.min()) if len(finite) else None,
        high=float(finite.max()) if len(finite) else None,
    )


def _table(
    names: list[str], ranked: np.ndarray, step: np.ndarray, wall: np.ndarray, value: np.ndarray
) -> pa.Table:
    import pyarrow as pa

    coded = pa.DictionaryArray.from_arrays(pa.array(ranked), pa.array(names, pa.string()))
    return pa.table({"name": coded.cast(pa.string()), "step": step, "wall_us": wall,
                     "value": value})  # fmt: skip


def _parquet(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(
        table, stream, compression="zstd", version="2.6", write_page_checksum=True,
        use_dictionary=["name"],
        column_encoding={"step": "DELTA_BINARY_PACKED", "wall_us": "DELTA_BINARY_PACKED",
                         "value": "BYTE_STREAM_SPLIT"},
    )  # fmt: skip
    return stream.getvalue()
