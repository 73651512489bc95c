"""A run's own parameters, however they are held, as flat names and plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mvt.capture.secrets import REDACTED, is_secret
from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.commit import Note, Param, Scalar
from jupyter_mvt.objects.ids import digest, short

__all__ = ["clean_params", "read_params"]

_MAX_TEXT = 500
_MAX_DEPTH = 16


def read_params(given: Any) -> tuple[tuple[Param, ...], tuple[Note, ...]]:
    """Return parameters from a mapping, a dataclass or an ``argparse.Namespace``.

    Nested ones get dotted names; lists and other objects are kept as text.

    Raises
    ------
    UsageError
        `given` is none of these (code ``params-invalid``).
    """
    if given is None:
        return (), ()
    mapping = _mapping(given)
    if mapping is None:
        msg = f"Parameters come as a mapping or a dataclass, not as a {type(given).__qualname__}."
        raise UsageError(msg, hint="mvt commit --params lr=0.1", code="params-invalid")
    params = tuple(Param(name=name, value=_scalar(v)) for name, v in _flat("", mapping, 0))
    return clean_params(params)


def clean_params(
    params: tuple[Param, ...], about: str = "params"
) -> tuple[tuple[Param, ...], tuple[Note, ...]]:
    """Return `params` with secret-like values replaced and long ones cut, and notes that say so.

    What is cut ends with its length and a digest of all of it, so that a change behind the cut
    is one, too.
    """
    hidden = [param.name for param in params if is_secret(param.name, param.value)]
    long = [param.name for param in params if param.name not in hidden and _is_long(param.value)]
    if not hidden and not long:
        return params, ()
    clean = []
    for param in params:
        if param.name in hidden:
            clean.append(dataclasses.replace(param, value=REDACTED))
        elif param.name in long:
            clean.append(dataclasses.replace(param, value=_cut(str(param.value))))
        else:
            clean.append(param)
    notes = []
    if hidden:
        text = f"{', '.join(hidden)}: the value looks like a secret and was not stored"
        notes.append(Note(kind="redacted", about=about, text=text))
    if long:
        text = f"{', '.join(long)}: longer than {_MAX_TEXT} characters, of which the first are kept"
        notes.append(Note(kind="partial", about=about, text=text))
    return tuple(clean), tuple(notes)


def _is_long(value: Scalar) -> bool:
    return isinstance(value, str) and len(value) > _MAX_TEXT


def _cut(text: str) -> str:
    """Return the beginning of `text`, its length, and the first digits of its digest."""
    name = short(digest(text.encode("utf-8", "surrogatepass")))
    tail = f"… ({len(text):,} characters, {name})"
    return text[: _MAX_TEXT - len(tail)] + tail


def _mapping(given: Any) -> Mapping[Any, Any] | None:
    if isinstance(given, Mapping):
        return given
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return {f.name: getattr(given, f.name) for f in dataclasses.fields(given)}
    names = {f"{base.__module__}.{base.__qualname__}" for base in type(given).__mro__}
    if names & {"argparse.Namespace", "types.SimpleNamespace"}:
        return dict(vars(given))
    return None


def _flat(prefix: str, mapping: Mapping[Any, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        name = f"{prefix}{key}"
        inner = _mapping(value) if depth < _MAX_DEPTH else None
        if inner:
            yield from _flat(f"{name}.", inner, depth + 1)
        else:
            yield name, value


def _scalar(value: Any) -> Scalar:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    item = getattr(value, "item", None)
    if getattr(value, "shape", None) == () and callable(item):
        plain = item()
        if plain is None or isinstance(plain, (bool, int, float, str)):
            return plain
    return repr(value)
