"""Kinds of nodes for what pandas has beside tables: labels, categories, times and spans.

Each is read by pandas' own constructor from its parts, which checks them: no code is out of its
categories, no end before its start.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["PANDAS_READERS", "PANDAS_WRITERS"]

_UNITS = ("s", "ms", "us", "ns")


def _write_index(encoder: Encoder, value: Any, path: str) -> Node:
    name = encoder.value(value.name, path)
    if type(value).__name__ == "RangeIndex":
        return ["index", "range", [value.start, value.stop, value.step], name]
    return ["index", str(value.dtype), encoder.values(value.tolist(), path), name]


def _read_index(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, dtype, values, name = node
    pandas = import_module("pandas")
    content = decoder.values(values)
    if dtype == "range":
        return pandas.RangeIndex(*content, name=decoder.value(name))
    return pandas.Index(content, dtype=dtype, name=decoder.value(name))


def _write_stamp(encoder: Encoder, value: Any, path: str) -> Node:
    zone = encoder.value(getattr(value, "tzinfo", None), path)
    return ["stamp", type(value).__name__, int(value.asm8.view("i8")), value.unit, zone]


def _read_stamp(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, name, count, unit, zone = node
    if name not in ("Timestamp", "Timedelta") or type(count) is not int:
        refuse("a time of pandas is malformed")
    made = getattr(import_module("pandas"), name)(count, unit=unit).as_unit(unit)
    known = decoder.value(zone)
    return made if known is None else made.tz_localize("UTC").tz_convert(known)


def _write_missing(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["missing", type(value).__name__.removesuffix("Type")]


def _read_missing(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    if node[1] not in ("NaT", "NA"):
        refuse("what is missing is unknown")
    return getattr(import_module("pandas"), node[1])


def _write_moments(encoder: Encoder, value: Any, path: str) -> Node:
    zone = encoder.value(getattr(value, "tz", None), path)
    counts = encoder.value(np.asarray(value.asi8), path)
    name = encoder.value(value.name, path)
    return ["moments", type(value).__name__, value.unit, counts, zone, value.freqstr, name]


def _read_moments(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, cls, unit, counts, zone, freq, name = node
    held = _numbers(decoder, counts)
    if cls not in ("DatetimeIndex", "TimedeltaIndex") or unit not in _UNITS:
        refuse("times of pandas are malformed")
    letter = "M" if cls == "DatetimeIndex" else "m"
    made = getattr(import_module("pandas"), cls)(held.view(f"{letter}8[{unit}]"))
    known = decoder.value(zone)
    made = made if known is None else made.tz_localize("UTC").tz_convert(known)
    made.freq = _text(freq)  # pandas compares it with the times
    return made.rename(decoder.value(name))


def _write_periods(encoder: Encoder, value: Any, path: str) -> Node:
    counts = encoder.value(np.asarray(value.asi8), path)
    return ["periods", counts, value.freqstr, encoder.value(value.name, path)]


def _read_periods(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, counts, freq, name = node
    made = import_module("pandas").PeriodIndex
    held = _numbers(decoder, counts)
    return made.from_ordinals(held, freq=_text(freq), name=decoder.value(name))


def _write_period(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["period", value.ordinal, value.freqstr]


def _read_period(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    _, ordinal, freq = node
    if type(ordinal) is not int:
        refuse("a period is malformed")
    return import_module("pandas").Period(ordinal=ordinal, freq=_text(freq))


def _write_interval(encoder: Encoder, value: Any, path: str) -> Node:
    return ["interval", *encoder.values((value.left, value.right), path), value.closed]


def _read_interval(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    left, right = decoder.values(node[1:3])
    return import_module("pandas").Interval(left, right, closed=_text(node[3]))


def _write_intervals(encoder: Encoder, value: Any, path: str) -> Node:
    ends = encoder.values((value.left, value.right), path)
    return ["intervals", *ends, value.closed, encoder.value(value.name, path)]


def _read_intervals(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, left, right, closed, name = node
    ends = [_index(decoder, end) for end in (left, right)]
    make = import_module("pandas").IntervalIndex.from_arrays
    return make(*ends, closed=_text(closed), name=decoder.value(name))


def _write_categories(encoder: Encoder, value: Any, path: str) -> Node:
    categories = None if value.categories is None else encoder.value(value.categories, path)
    return ["categories", categories, value.ordered]


def _read_categories(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, categories, ordered = node
    if type(ordered) is not bool and ordered is not None:
        refuse("categories are malformed")
    known = None if categories is None else _index(decoder, categories)
    return import_module("pandas").CategoricalDtype(known, ordered)


def _write_categorical(encoder: Encoder, value: Any, path: str) -> Node:
    codes = encoder.value(np.asarray(value.codes), path)
    return ["categorical", codes, encoder.value(value.dtype, path)]


def _read_categorical(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    pandas = import_module("pandas")
    codes, dtype = decoder.values(node[1:])
    sound = isinstance(codes, np.ndarray) and isinstance(dtype, pandas.CategoricalDtype)
    if not sound or codes.ndim != 1 or codes.dtype.kind != "i":
        refuse("a categorical is malformed")
    # The codes are not those of another's array, which may change.
    return pandas.Categorical.from_codes(codes.copy(), dtype=dtype)


def _write_category_index(encoder: Encoder, value: Any, path: str) -> Node:
    return ["category index", encoder.value(value.values, path), encoder.value(value.name, path)]


def _read_category_index(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    pandas = import_module("pandas")
    values, name = decoder.values(node[1:])
    if not isinstance(values, pandas.Categorical):
        refuse("an index of categories is malformed")
    return pandas.CategoricalIndex(values, name=name)


def _write_levels(encoder: Encoder, value: Any, path: str) -> Node:
    levels = encoder.values(list(value.levels), path)
    codes = encoder.values([np.asarray(codes) for codes in value.codes], path)
    return ["levels", levels, codes, encoder.values(list(value.names), path)]


def _read_levels(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, levels, codes, names = node
    held = [_numbers(decoder, each) for each in codes]
    known = [_index(decoder, each) for each in levels]
    made = import_module("pandas").MultiIndex
    return made(levels=known, codes=held, names=decoder.values(names))


def _index(decoder: Decoder, value: Any) -> Any:
    found = decoder.value(value)
    if not isinstance(found, import_module("pandas").Index):
        refuse("an index of pandas is missing")
    return found


def _numbers(decoder: Decoder, value: Any) -> np.ndarray[Any, Any]:
    found = decoder.value(value)
    if not isinstance(found, np.ndarray) or found.ndim != 1 or found.dtype.kind != "i":
        refuse("the numbers of an index are missing")
    # What an index holds must not change with an array beside it.
    return found.copy()


def _text(value: Any) -> str | None:
    if value is not None and type(value) is not str:
        refuse("a word about an index is missing")
    return value


PANDAS_WRITERS: Mapping[str, Write] = {
    "NaTType": _write_missing,
    "NAType": _write_missing,
    "Index": _write_index,
    "RangeIndex": _write_index,
    "MultiIndex": _write_levels,
    "DatetimeIndex": _write_moments,
    "TimedeltaIndex": _write_moments,
    "PeriodIndex": _write_periods,
    "IntervalIndex": _write_intervals,
    "CategoricalIndex": _write_category_index,
    "Categorical": _write_categorical,
    "CategoricalDtype": _write_categories,
    "Timestamp": _write_stamp,
    "Timedelta": _write_stamp,
    "Period": _write_period,
    "Interval": _write_interval,
}
"""By the name of a class of pandas."""

PANDAS_READERS: Mapping[str, Read] = {
    "index": _read_index,
    "stamp": _read_stamp,
    "missing": _read_missing,
    "moments": _read_moments,
    "periods": _read_periods,
    "period": _read_period,
    "interval": _read_interval,
    "intervals": _read_intervals,
    "categories": _read_categories,
    "categorical": _read_categorical,
    "category index": _read_category_index,
    "levels": _read_levels,
}
