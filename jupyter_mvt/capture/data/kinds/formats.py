"""Files that hold tables: Parquet, Feather, CSV and numpy's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from jupyter_mvt.capture.data.kind import Table, joined
from jupyter_mvt.capture.data.kinds.arrow import from_arrow
from jupyter_mvt.capture.data.kinds.numpy import from_array

__all__ = ["arrow_table", "read"]

_PARQUET = (".parquet", ".pq")
_FEATHER = (".feather", ".arrow")
_CSV = {".csv": ",", ".tsv": "\t", ".csv.gz": ",", ".tsv.gz": "\t"}


def read(root: Path, paths: tuple[Path, ...], most: int) -> Table | None:
    """Return the table that all files hold together, in order of their names.

    ``None`` when they are of no such format, of several, or larger than `most` bytes.
    """
    if len(paths) == 1 and _ending(paths[0]) in (".npy", ".npz"):
        return _numpy(paths[0], _ending(paths[0]))
    whole = arrow_table(root, paths, most)
    if whole is None or whole.nbytes > 4 * most:
        return None
    ending = _ending(paths[0])
    kind = "parquet" if ending in _PARQUET else "csv" if ending in _CSV else "feather"
    return _as_pandas_would(whole, kind)


def arrow_table(root: Path, paths: tuple[Path, ...], most: int = 2 << 30) -> Any:
    """Return files of one format as one Arrow table, ``None`` if they make none."""
    endings = {_ending(path) for path in paths}
    if len(endings) != 1 or not paths:
        return None
    ending = endings.pop()
    reader = _reader(ending)
    if reader is None or sum(path.stat().st_size for path in paths) > most:
        return None
    import pyarrow as pa

    try:
        if ending in _PARQUET and any("=" in str(path.relative_to(root)) for path in paths):
            return _partitioned(root, paths)
        tables = [reader(path) for path in paths]
        return pa.concat_tables(tables) if len(tables) > 1 else tables[0]
    except (pa.ArrowException, ValueError):
        return None
    except OSError as error:
        if error.errno is not None:
            raise
        return None  # Arrow's own: what it found in the file makes no sense


def _ending(path: Path) -> str:
    ends = [suffix.lower() for suffix in path.suffixes[-2:]]
    both = "".join(ends)
    return both if both in _CSV else ends[-1] if ends else ""


def _reader(ending: str) -> Callable[[Path], Any] | None:
    if ending in _PARQUET:
        return _parquet
    if ending in _FEATHER:
        return _feather
    if ending in _CSV:
        return lambda path: _csv(path, _CSV[ending])
    return None


def _parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read()


def _partitioned(root: Path, paths: tuple[Path, ...]) -> Any:
    """Return files in folders such as ``year=2026``, which are columns, too."""
    from pyarrow import dataset

    names = [str(path) for path in paths]
    return dataset.dataset(
        names, format="parquet", partitioning="hive", partition_base_dir=str(root)
    ).to_table()


def _feather(path: Path) -> Any:
    import pyarrow as pa

    with pa.memory_map(str(path)) as stream:
        return pa.ipc.open_file(stream).read_all()


def _csv(path: Path, delimiter: str) -> Any:
    """Return a CSV file with numbers as numbers; days and times stay the text they are."""
    import pyarrow as pa
    from pyarrow import csv

    options = csv.ConvertOptions(strings_can_be_null=True)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    table = csv.read_csv(path, parse_options=parse, convert_options=options)
    times = {field.name: pa.string() for field in table.schema if pa.types.is_temporal(field.type)}
    if times:
        options.column_types = times
        table = csv.read_csv(path, parse_options=parse, convert_options=options)
    return table


def _as_pandas_would(table: Any, kind: str) -> Table:
    """Return the columns, the index that pandas has written among them told from the others."""
    found = from_arrow(table, kind, table.nbytes)
    described = table.schema.pandas_metadata
    if not described:
        return found
    columns = list(found.strips)
    index = []
    for level, label in enumerate(described.get("index_columns", [])):
        strip = next((s for s in columns if s.name == label), None)
        if strip is not None:
            columns.remove(strip)
            stored = f"__index_level_{level}__"
            name = f"__index_{level}__" if label == stored else strip.name
            index.append(replace(strip, name=name, index=True))
        elif isinstance(label, dict) and _says_something(label):
            rows = np.arange(label["start"], label["stop"], label["step"])
            name = label.get("name") or f"__index_{level}__"
            index += [replace(s, name=name, index=True) for s in from_array(rows, "").strips]
    return replace(found, strips=(*index, *columns))


def _says_something(numbering: dict[str, Any]) -> bool:
    plain = not numbering.get("start") and numbering.get("step") == 1
    return not plain or numbering.get("name") is not None


def _numpy(path: Path, ending: str) -> Table | None:
    try:
        found = np.load(path, mmap_mode="r" if ending == ".npy" else None, allow_pickle=False)
        if ending == ".npy":
            return from_array(found, "npy")
        with found:
            return joined([(name, from_array(found[name], "npy")) for name in found], "npy")
    except ValueError:
        return None
