"""What pandas computes of a frame when it is asked: groups and windows, and types of columns.

Groups and windows are kept as the frame and the words that made them, and made again by pandas.
Where a function chooses the groups, or an object of the user's the windows, a pickle stays.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["PLAN_READERS", "plan_writer"]

_GROUPED = ("as_index", "sort", "group_keys", "observed", "dropna")
_WINDOWS = {
    "Rolling": "rolling",
    "Window": "rolling",
    "Expanding": "expanding",
    "ExponentialMovingWindow": "ewm",
}
_TYPES, _STEPS = "ExtensionDtype", "BaseOffset"


def plan_writer(value: Any) -> Write | None:
    """Return a writer of groups, of windows, or of a type or step of time that has a name."""
    cls = type(value)
    if cls.__module__.partition(".")[0] != "pandas":
        return None
    if cls.__name__ in ("DataFrameGroupBy", "SeriesGroupBy"):
        return _write_groups
    if cls.__name__ in _WINDOWS:
        return _write_windows
    bases = {base.__name__ for base in cls.__mro__}
    if _TYPES in bases and cls.__name__ != "CategoricalDtype":
        return _write_type
    return _write_step if _STEPS in bases else None


def _write_groups(encoder: Encoder, value: Any, path: str) -> Node:
    keys = value.keys
    if value.level is None and (value.ndim == 1 or not _is_labels(keys)):
        keys = _values_of_keys(value, path)
    words = {name: getattr(value, name) for name in _GROUPED}
    held = (value.obj, keys, value.level, words, value._selection if value.ndim == 2 else None)
    return ["pandas groups", *encoder.values(held, path)]


def _is_labels(keys: Any) -> bool:
    return all(isinstance(key, (str, int)) for key in (keys if isinstance(keys, list) else [keys]))


def _values_of_keys(value: Any, path: str) -> list[Any]:
    """Return what each row is grouped by, named as it was."""
    pandas = import_module("pandas")
    groupings = value._grouper.groupings
    if callable(value.keys) or len({len(one.grouping_vector) for one in groupings}) != 1:
        raise Undeclarable(path, "groups that a function chooses")
    index = value.obj.index
    if len(groupings[0].grouping_vector) != len(index):
        raise Undeclarable(path, "groups of other rows")
    return [pandas.Series(one.grouping_vector, index, name=one.name) for one in groupings]


def _read_groups(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    frame, keys, level, words, chosen = decoder.values(node[1:])
    _require_frame(frame)
    if not isinstance(words, dict) or {*words} != {*_GROUPED} or callable(keys):
        refuse("groups of pandas are malformed")
    made = frame.groupby(keys, level=level, **words)
    return made if chosen is None else made[chosen]


def _write_windows(encoder: Encoder, value: Any, path: str) -> Node:
    words = {name: getattr(value, name) for name in value._attributes}
    held = (value.obj, words, value._selection if value.obj.ndim == 2 else None)
    return ["pandas windows", _WINDOWS[type(value).__name__], *encoder.values(held, path)]


def _read_windows(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, form, *held = node
    frame, words, chosen = decoder.values(held)
    _require_frame(frame)
    if form not in _WINDOWS.values() or not isinstance(words, dict):
        refuse("windows of pandas are malformed")
    made = getattr(frame, form)(**words)
    return made if chosen is None else made[chosen]


def _require_frame(frame: Any) -> None:
    pandas = import_module("pandas")
    if not isinstance(frame, (pandas.DataFrame, pandas.Series)):
        refuse("there is no frame under what pandas computes")


def _write_type(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    # pandas has several types of text: which one, its missing value tells.
    if type(value).__name__ == "StringDtype":
        return ["pandas text", value.storage, isinstance(value.na_value, float)]
    if _type_of(str(value)) != value:
        raise Undeclarable(path, f"the type {value}")
    return ["pandas type", str(value)]


def _type_of(name: Any) -> Any:
    return import_module("pandas").api.types.pandas_dtype(name)


def _read_type(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    if type(node[1]) is not str:
        refuse("a type of pandas is malformed")
    return _type_of(node[1])


def _read_text(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    _, storage, nan = node
    pandas = import_module("pandas")
    return pandas.StringDtype(storage, na_value=float("nan") if nan is True else pandas.NA)


def _write_step(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    try:
        again = import_module("pandas").tseries.frequencies.to_offset(value.freqstr)
    except ValueError:
        again = None
    if again != value:
        raise Undeclarable(path, f"the step of time {value}")
    return ["pandas step", value.freqstr]


def _read_step(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    if type(node[1]) is not str:
        refuse("a step of time is malformed")
    return import_module("pandas").tseries.frequencies.to_offset(node[1])


PLAN_READERS: Mapping[str, Read] = {
    "pandas groups": _read_groups,
    "pandas windows": _read_windows,
    "pandas type": _read_type,
    "pandas text": _read_text,
    "pandas step": _read_step,
}
