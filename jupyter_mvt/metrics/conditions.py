"""From the tree of a filter to a SQL condition over ``commits`` with parameters."""

from __future__ import annotations

import difflib
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_mvt.errors import QueryError
from jupyter_mvt.metrics.filtering import Compare, Name, Node, Not, Value, bad_filter
from jupyter_mvt.metrics.rows import exact, number
from jupyter_mvt.metrics.splits import split_order
from jupyter_mvt.metrics.text import stored

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FIELDS", "Names", "compiled"]

FIELDS = {
    "author": "author",
    "branch": "branch",
    "message": "message",
    "framework": "framework",
    "class": "class",
    "id": "commit_id",
    "commit_id": "commit_id",
    "number": "number",
    "version": "number",
    "time": "ts",
    "ts": "ts",
    "model_bytes": "model_bytes",
    "new_bytes": "new_bytes",
}
"""Name in a filter → column of ``commits``."""

_NUMBERS = frozenset({"number", "model_bytes", "new_bytes"})
_SAFE = 2**53
_MICROSECOND = datetime.resolution


@dataclass(frozen=True, slots=True)
class Names:
    """What there is to be asked for."""

    metrics: frozenset[str]
    params: frozenset[str]


def compiled(tree: Node, names: Names, where: str) -> tuple[str, list[Any]]:
    """Return a condition over ``commits`` and its parameters.

    Text of the user only ever becomes a parameter; the condition is made of constants.
    """
    values: list[Any] = []
    return _Compiler(names, where, values).node(tree), values


class _Compiler:
    def __init__(self, names: Names, where: str, values: list[Any]) -> None:
        self._names = names
        self._where = where
        self._values = values

    def node(self, node: Node) -> str:
        if isinstance(node, Not):
            return f"(NOT {self.node(node.node)})"
        if isinstance(node, Compare):
            return f"coalesce({self._compare(node)}, false)"
        return "(" + f" {node.word.upper()} ".join(self.node(one) for one in node.nodes) + ")"

    def _compare(self, node: Compare) -> str:
        kind = node.name.kind or self._kind(node.name)
        if kind == "field":
            return self._field(node, FIELDS[node.name.text.lower()])
        if kind == "metrics":
            return self._metric(node)
        return self._param(node)

    def _kind(self, name: Name) -> str:
        text = name.text
        if text.lower() in FIELDS and name.split is None:
            return "field"
        metric, param = text in self._names.metrics, text in self._names.params
        if metric and param:
            msg = f'{text!r} is a metric and a param: write metrics."{text}" or params."{text}".'
            clause = f'metrics."{text}" is not null'
            hint = f"mvt log --where {shlex.quote(clause)}"
            raise QueryError(msg, code="ambiguous-name", hint=hint)
        if not metric and not param:
            raise self._unknown(text)
        return "metrics" if metric else "params"

    def _unknown(self, text: str) -> QueryError:
        known = sorted(self._names.metrics | self._names.params) + list(FIELDS)
        close = difflib.get_close_matches(text[:100], known, 5) or known[:8]
        msg = f"No version has a metric or param named {text[:100]!r}; there "
        msg += f"{'is' if len(close) == 1 else 'are'} {', '.join(close)}."
        quoted = close[0].replace('"', '""')
        clause = close[0] if close[0].isidentifier() else f'"{quoted}"'
        hint = f"mvt log --where {shlex.quote(f'{clause} is not null')}"
        return QueryError(msg, code="unknown-name", hint=hint)

    def _bind(self, value: object) -> str:
        self._values.append(value)
        return f"${len(self._values)}"

    def _field(self, node: Compare, column: str) -> str:
        if node.operator in {"missing", "nan"}:
            return f"({column} IS NULL OR CAST({column} AS VARCHAR) = '')"
        if node.operator == "in":
            return self._either(self._field_is(node, column, "=", v) for v in node.values)
        return self._field_is(node, column, node.operator, node.values[0])

    def _field_is(self, node: Compare, column: str, operator: str, value: Value) -> str:
        if column in _NUMBERS:
            if isinstance(value, (int, float)) and operator != "contains":
                return f"{column}::DOUBLE {operator} {self._bind(number(value))}::DOUBLE"
            raise bad_filter(self._where, node.at, f"{node.name.text} compares with a number")
        if not isinstance(value, str):
            raise bad_filter(self._where, node.at, f"{node.name.text} compares with a text")
        if operator == "contains":
            return f"contains({column}::VARCHAR, {self._bind(stored(value))}::VARCHAR)"
        if column == "ts":
            return f"epoch_us(ts) {operator} {self._bind(self._time(node, value))}::BIGINT"
        return f"{column} {operator} {self._bind(stored(value))}::VARCHAR"

    def _time(self, node: Compare, value: str) -> int:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise bad_filter(
                self._where, node.at, "time compares with a date such as '2026-01-31 12:00'"
            ) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND

    def _metric(self, node: Compare) -> str:
        held = f"name = {self._bind(stored(node.name.text))}::VARCHAR AND slice = ''"
        if node.name.split is not None:
            held += f" AND split = {self._bind(stored(node.name.split))}::VARCHAR"
        chosen = (
            f"SELECT cid, value, exact FROM metrics WHERE {held} QUALIFY row_number() OVER "
            f"(PARTITION BY cid ORDER BY {split_order('split')}) = 1"
        )
        if node.operator == "missing":
            return f"cid NOT IN (SELECT cid FROM ({chosen}) WHERE value IS NOT NULL)"
        return f"cid IN (SELECT cid FROM ({chosen}) WHERE {self._measured(node)})"

    def _measured(self, node: Compare) -> str:
        if node.operator == "nan":
            return "isnan(value)"
        if node.operator == "contains":
            raise bad_filter(self._where, node.at, "a metric is a number and contains nothing")
        operator = "=" if node.operator == "in" else node.operator
        return self._either(self._measured_is(node, operator, value) for value in node.values)

    def _measured_is(self, node: Compare, operator: str, value: Value) -> str:
        if value is None:
            return "value IS NOT NULL" if operator == "!=" else "value IS NULL"
        if isinstance(value, str):
            raise bad_filter(self._where, node.at, "a metric compares with a number")
        return self._compared("value", "exact", operator, value)

    def _compared(self, column: str, text: str, operator: str, value: float) -> str:
        """Compare as DOUBLE; ints that a DOUBLE cannot hold are equal only by their digits."""
        large = isinstance(value, int) and abs(value) > _SAFE
        if large and operator in {"=", "!="}:
            digits = f"{text} = {self._bind(exact(value))}::VARCHAR"
            if operator == "=":
                return digits
            return f"({column} IS NOT NULL AND ({text} IS NULL OR NOT {digits}))"
        # As text, because DuckDB 1.5 takes a NaN parameter for NULL.
        bound = f"{self._bind(repr(number(value)))}::VARCHAR::DOUBLE"
        return f"(NOT isnan({column}) AND {column} {operator} {bound})"

    def _param(self, node: Compare) -> str:
        name = f"name = {self._bind(stored(node.name.text))}::VARCHAR"
        if node.operator == "missing":
            return f"cid NOT IN (SELECT cid FROM params WHERE {name} AND kind <> 'none')"
        if node.operator == "nan":
            return f"cid IN (SELECT cid FROM params WHERE {name} AND isnan(num))"
        operator = "=" if node.operator == "in" else node.operator
        holds = self._either(self._param_is(operator, value) for value in node.values)
        return f"cid IN (SELECT cid FROM params WHERE {name} AND {holds})"

    def _param_is(self, operator: str, value: Value) -> str:
        if operator == "contains":
            text = value if isinstance(value, str) else exact(value) or repr(value)
            return f"contains(str, {self._bind(stored(text))}::VARCHAR)"
        if value is None:
            return "kind <> 'none'" if operator == "!=" else "kind = 'none'"
        if isinstance(value, str):
            held = f"str {operator} {self._bind(stored(value))}::VARCHAR"
            return (
                f"(kind <> 'str' OR {held})" if operator == "!=" else f"(kind = 'str' AND {held})"
            )
        held = self._compared("num", "str", operator, value)
        return f"(num IS NULL OR {held})" if operator == "!=" else held

    @staticmethod
    def _either(parts: Iterable[str]) -> str:
        return "(" + " OR ".join(parts) + ")"
