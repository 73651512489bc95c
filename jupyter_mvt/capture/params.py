"""A run's own parameters, however they are held, as flat names and plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mvt.capture.secrets import REDACTED, is_secret
from jupyter_mvt.errors import UsageError
from jupyter_mvt.objects.commit import Note, Param, Scalar

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
        msg = f"Parameters come as a mapping or a dataclass, not as {type(given).__qualname__}."
        raise UsageError(msg, hint='params={"lr": 0.1}', code="params-invalid")
    params = tuple(Param(name=name, value=_scalar(v)) for name, v in _flat("", mapping, 0))
    return clean_params(params)


def clean_params(
    params: tuple[Param, ...], about: str = "params"
) -> tuple[tuple[Param, ...], tuple[Note, ...]]:
    """Return `params` with secret-like values replaced, and notes that say so."""
    hidden = [param.name for param in params if is_secret(param.name, param.value)]
    if not hidden:
        return params, ()
    clean = tuple(
        dataclasses.replace(param, value=REDACTED) if param.name in hidden else param
        for param in params
    )
    text = f"{', '.join(hidden)}: the value looks like a secret and was not stored"
    return clean, (Note(kind="redacted", about=about, text=text),)


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
        return value if not isinstance(value, str) else value[:_MAX_TEXT]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    item = getattr(value, "item", None)
    if getattr(value, "shape", None) == () and callable(item):
        plain = item()
        if plain is None or isinstance(plain, (bool, int, float, str)):
            return plain
    return repr(value)[:_MAX_TEXT]
