"""Kinds of nodes for values of Python's own library: times, exact numbers, paths, queues."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["VALUE_READERS", "value_writer"]

_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
_LONGEST = 1 << 20
_SPACES = {"SimpleNamespace": "types", "Namespace": "argparse"}


def _write_moment(encoder: Encoder, value: Any, path: str) -> Node:
    fields = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    numbers = [getattr(value, name) for name in fields if hasattr(value, name)]
    zone = encoder.value(getattr(value, "tzinfo", None), path)
    return [type(value).__name__, numbers, zone, getattr(value, "fold", 0)]


def _read_moment(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    kind, numbers, zone, fold = node
    make: Callable[..., Any] = getattr(import_module("datetime"), kind)
    return make(*numbers) if kind == "date" else make(*numbers, decoder.value(zone), fold=fold)


def _write_span(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["timedelta", value.days, value.seconds, value.microseconds]


def _read_span(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return import_module("datetime").timedelta(*node[1:])


def _write_offset(encoder: Encoder, value: Any, path: str) -> Node:
    # Time zones of one offset are equal, whatever their names.
    offset = value.utcoffset(None)
    named = None if repr(value) == repr(type(value)(offset)) else value.tzname(None)
    return ["timezone", encoder.value(offset, path), named]


def _read_offset(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, offset, named = node
    make: Callable[..., Any] = import_module("datetime").timezone
    return make(decoder.value(offset), *([] if named is None else [named]))


def _write_zone(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder
    if value.key is None:
        raise Undeclarable(path, "a time zone without a name")
    return ["ZoneInfo", value.key]


def _read_zone(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    # It looks below the folders of time zones only, and refuses to leave them.
    return import_module("zoneinfo").ZoneInfo(node[1])


def _write_text(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return [type(value).__name__, str(value)]


def _read_text(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    name, text = node
    if not isinstance(text, str) or len(text) > _LONGEST:
        refuse("the text of a value is missing")
    make: Callable[[str], Any] = getattr(import_module(name.lower()), name)
    return make(text)


def _write_fraction(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["Fraction", value.numerator, value.denominator]


def _read_fraction(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return import_module("fractions").Fraction(node[1], node[2])


def _write_path(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, path
    return ["path", type(value).__name__, str(value)]


def _read_path(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    _, name, text = node
    if name not in _PATHS:
        refuse("a path is of no known kind")
    # A path of this machine: Windows reads one of Linux as its own.
    make: Callable[[str], Any] = getattr(
        import_module("pathlib"), name if name.startswith("Pure") else "Path"
    )
    return make(text)


def _write_queue(encoder: Encoder, value: Any, path: str) -> Node:
    return ["deque", encoder.values(value, path), value.maxlen]


def _read_queue(decoder: Decoder, node: Node, index: int) -> Any:
    made = import_module("collections").deque(maxlen=node[2])
    decoder.keep(index, made)
    made.extend(decoder.values(node[1]))
    return made


def _write_space(encoder: Encoder, value: Any, path: str) -> Node:
    pairs = [[key, encoder.inside(value, key, item, path)] for key, item in vars(value).items()]
    return [type(value).__name__, pairs]


def _read_space(decoder: Decoder, node: Node, index: int) -> Any:
    made = getattr(import_module(_SPACES[node[0]]), node[0])()
    decoder.keep(index, made)
    for key, item in node[1]:
        if not isinstance(key, str):
            refuse("the name of an attribute is missing")
        vars(made)[key] = decoder.value(item)
    return made


_WRITERS: Mapping[str, Write] = {
    "datetime.datetime": _write_moment,
    "datetime.date": _write_moment,
    "datetime.time": _write_moment,
    "datetime.timedelta": _write_span,
    "datetime.timezone": _write_offset,
    "zoneinfo.ZoneInfo": _write_zone,
    "decimal.Decimal": _write_text,
    "uuid.UUID": _write_text,
    "fractions.Fraction": _write_fraction,
    **dict.fromkeys((f"pathlib.{name}" for name in _PATHS), _write_path),
    "collections.deque": _write_queue,
    **dict.fromkeys((f"{home}.{name}" for name, home in _SPACES.items()), _write_space),
}

VALUE_READERS: Mapping[str, Read] = {
    "datetime": _read_moment,
    "date": _read_moment,
    "time": _read_moment,
    "timedelta": _read_span,
    "timezone": _read_offset,
    "ZoneInfo": _read_zone,
    "Decimal": _read_text,
    "UUID": _read_text,
    "Fraction": _read_fraction,
    "path": _read_path,
    "deque": _read_queue,
    **dict.fromkeys(_SPACES, _read_space),
}


def value_writer(value: Any) -> Write | None:
    """Return the writer of a value of the standard library, by the name of its very class."""
    cls = type(value)
    home = cls.__module__.removesuffix("._local")  # where Python 3.13 keeps paths
    return _WRITERS.get(f"{home}.{cls.__qualname__}")
