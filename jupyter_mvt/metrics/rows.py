"""From a commit to the rows of the index. The commit is the truth, the rows are derived."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mvt.metrics.schema import COLUMNS, TABLES, WIDE_MAX, arrow_schema
from jupyter_mvt.metrics.splits import split_rank
from jupyter_mvt.metrics.text import stored
from jupyter_mvt.objects.ids import cid60

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from jupyter_mvt.objects.commit import Commit, Content, Param
    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.metric import Metric

__all__ = ["Rows", "exact", "extract", "number", "tables", "widened"]

_TS_MIN = -62_135_596_800_000_000
_TS_MAX = 253_402_300_799_999_999
_INT64 = 2**63
_NAME_MAX = 100


@dataclass(slots=True)
class Rows:
    """Rows on their way into the index, as tuples in the order of the schema.

    A row of ``summary`` holds a mapping of metric name to value in place of its metric columns;
    `names` are those names in order of first appearance.
    """

    tables: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {table: [] for table in TABLES}
    )
    names: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tables["commits"])

    def since(self, done: int) -> Rows:
        """Return the rows of the commits after the first `done`."""
        if done == 0:
            return self
        new = {row[0] for row in self.tables["commits"][done:]}
        at = {t: [name for name, _ in COLUMNS[t]].index("cid") for t in TABLES}
        return Rows(
            {t: [row for row in rows if row[at[t]] in new] for t, rows in self.tables.items()}
        )

    def nbytes(self) -> int:
        """Return about how much memory the rows take."""
        return sum(len(rows) * 100 for rows in self.tables.values())


def extract(into: Rows, commit: Commit, commit_id: str, place: int) -> None:
    """Add the rows of one commit; `place` is its number for people."""
    cid = cid60(commit_id)
    ts = min(max(commit.time_us, _TS_MIN), _TS_MAX)
    content = commit.content
    author = stored(commit.author)
    add = into.tables
    add["commits"].append(_commit_row(commit, commit_id, cid, ts, author, place))
    add["metrics"].extend(_metric_row(metric, cid, ts) for metric in content.metrics)
    add["params"].extend(
        (stored(name), ts, cid, *_param_value(param), param.default)
        for name, param in _params(content).items()
    )
    add["datasets"].extend(_dataset_row(dataset, cid, ts) for dataset in content.datasets)
    values = _summary(content.metrics)
    into.names.update(dict.fromkeys(values))
    add["summary"].append((cid, commit_id, ts, author, values))


def _commit_row(
    commit: Commit, commit_id: str, cid: int, ts: int, author: str, place: int
) -> tuple[Any, ...]:
    content = commit.content
    model = content.primary
    return (
        cid,
        commit_id,
        list(commit.parents),
        place,
        ts,
        stored(commit.branch),
        author,
        stored(commit.message),
        content.code.identity,
        _data_id(content.datasets),
        content.env_id,
        model.weights_id if model else "",
        _int64(model.weights_bytes) if model else None,
        _int64(commit.new_bytes),
        stored(model.framework) if model else "",
        stored(model.cls) if model else "",
    )


def _data_id(datasets: Sequence[Dataset]) -> str:
    # What the model was trained on, if that can be told; else whatever comes first.
    trained = (d for d in datasets if d.role in {"train", "features"})
    chosen = next(trained, datasets[0] if datasets else None)
    return chosen.id if chosen else ""


def _metric_row(metric: Metric, cid: int, ts: int) -> tuple[Any, ...]:
    value = metric.value
    return (
        stored(metric.name),
        stored(metric.slice),
        stored(metric.split),
        metric.dataset_id,
        ts,
        cid,
        number(value),
        exact(value),
        metric.stderr,
        None if metric.n is None else _int64(metric.n),
        metric.higher_is_better,
        stored(metric.unit),
        metric.source,
    )


def number(value: object) -> float | None:
    """Return the DOUBLE next to `value`; ints beyond its range become infinite."""
    if isinstance(value, (bool, int, float)):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return None


def exact(value: object) -> str | None:
    """Return the text of what a DOUBLE column cannot tell apart, ``None`` for floats."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else None


def _params(content: Content) -> dict[str, Param]:
    """Return the params of a commit by name: given ones first, then those of its models."""
    found = {param.name: param for param in content.params}
    for model in sorted(content.models, key=lambda model: not model.primary):
        for param in model.params:
            name = param.name if model.primary else f"{model.var}.{param.name}"
            found.setdefault(name, param)
    return found


def _param_value(param: Param) -> tuple[float | None, str | None, str]:
    value = param.value
    if isinstance(value, str):
        return None, stored(value), "str"
    if isinstance(value, float):
        return value, repr(value), "float"
    if value is None:
        return None, None, "none"
    return number(value), exact(value), type(value).__name__


def _dataset_row(dataset: Dataset, cid: int, ts: int) -> tuple[Any, ...]:
    return (
        cid,
        ts,
        stored(dataset.var),
        stored(dataset.role),
        stored(dataset.kind),
        dataset.id,
        _int64(dataset.rows),
        _int64(dataset.columns),
        dataset.multiset_id,
        dataset.digest_kind,
        dataset.schema_id,
        stored(dataset.arg_of),
        _int64(dataset.nbytes),
    )


def _int64(value: int) -> int | None:
    return value if -_INT64 <= value < _INT64 else None


def _summary(metrics: Iterable[Metric]) -> dict[str, float | None]:
    best: dict[str, Metric] = {}
    for metric in metrics:
        held = best.get(metric.name)
        if metric.slice:
            continue
        if held is None or split_rank(metric.split) < split_rank(held.split):
            best[metric.name] = metric
    return {stored(name): number(metric.value) for name, metric in best.items()}


def widened(wide: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """Return the metric columns of ``summary`` after `names` were seen, in that order."""
    if len(wide) >= WIDE_MAX:
        return wide
    found = list(wide)
    taken = {_folded(name) for name in found}
    taken.update(name for name, _ in COLUMNS["summary"])
    for name in names:
        if len(found) < WIDE_MAX and _can_be_column(name) and _folded(name) not in taken:
            found.append(name)
            taken.add(_folded(name))
    return tuple(found)


def _folded(name: str) -> str:
    # DuckDB's column names ignore case.
    return unicodedata.normalize("NFKC", name).casefold()


def _can_be_column(name: str) -> bool:
    plain = name.isprintable() and name == name.strip()
    return plain and 0 < len(name) <= _NAME_MAX and not name.startswith("\ufffd")


def tables(rows: Rows, wide: tuple[str, ...]) -> dict[str, pa.Table]:
    """Return `rows` as Arrow tables, not yet sorted."""
    return {table: _table(table, rows.tables[table], wide) for table in TABLES}


def _table(table: str, rows: list[tuple[Any, ...]], wide: tuple[str, ...]) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(table, wide)
    if table == "summary":
        chosen = frozenset(wide)
        rows = [(*row[:-1], *_spread(row[-1], wide, chosen)) for row in rows]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _spread(
    values: dict[str, float | None], wide: tuple[str, ...], chosen: frozenset[str]
) -> tuple[Any, ...]:
    fixed = [values.get(name) for name in wide]
    rest = [(name, values[name]) for name in sorted(values.keys() - chosen)]
    return (*fixed, rest)
