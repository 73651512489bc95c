"""What objects with ``get_params`` tell about themselves, whichever framework made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.commit import Param, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["flat_params", "held_estimators", "is_estimator"]

_SCALARS = (bool, int, float, str, type(None))


def flat_params(obj: Any) -> tuple[Param, ...]:
    """Return `get_params`, flat, each flagged when it is the constructor's default."""
    flat: dict[str, Param] = {}
    _flatten(obj, "", flat, 0)
    return tuple(flat[name] for name in sorted(flat))


def held_estimators(obj: Any) -> list[Any]:
    """Return estimators held by attributes, also inside lists of steps."""
    found: list[Any] = []
    for value in vars(obj).values():
        _gather(value, found, 0)
    return found


def is_estimator(value: Any) -> bool:
    """Tell whether `value` can be fitted and tells its parameters."""
    return hasattr(type(value), "get_params") and hasattr(type(value), "fit")


def _gather(value: Any, found: list[Any], depth: int) -> None:
    if is_estimator(value):
        found.append(value)
    elif isinstance(value, (list, tuple)) and depth < 3:
        for item in value:
            _gather(item, found, depth + 1)
    elif type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        _gather(value.ravel().tolist(), found, depth + 1)


def _flatten(obj: Any, prefix: str, flat: dict[str, Param], depth: int) -> None:
    own = obj.get_params(deep=False)
    defaults = _defaults(type(obj))
    for name, value in own.items():
        full = prefix + name
        if is_estimator(value):
            flat[full] = Param(name=full, value=type(value).__name__)
            if depth < 8:
                _flatten(value, full + "__", flat, depth + 1)
        elif name in ("steps", "transformers", "estimators", "transformer_list"):
            _steps(value, prefix, flat, depth)
        else:
            plain = _plain(value)
            same = _equal(defaults, name, value)
            flat[full] = Param(name=full, value=plain, default=same)


def _steps(steps: Any, prefix: str, flat: dict[str, Param], depth: int) -> None:
    for step in steps or ():
        if not isinstance(step, tuple) or len(step) < 2:
            continue
        full = f"{prefix}{step[0]}"
        flat[full] = Param(name=full, value=_plain(step[1]))
        if is_estimator(step[1]):
            flat[full] = Param(name=full, value=type(step[1]).__name__)
            if depth < 8:
                _flatten(step[1], full + "__", flat, depth + 1)


def _equal(defaults: Mapping[str, Any], name: str, value: Any) -> bool:
    default = defaults.get(name)
    if name not in defaults or not isinstance(value, (*_SCALARS, tuple)):
        return name in defaults and default is value
    same = default == value or (value != value and default != default)
    return type(default) is type(value) and bool(same)


def _defaults(cls: type) -> Mapping[str, Any]:
    from inspect import Parameter, signature

    found = signature(cls).parameters
    return {key: item.default for key, item in found.items() if item.default is not Parameter.empty}


def _plain(value: Any) -> Scalar:
    if isinstance(value, _SCALARS):
        return value
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        item: Any = value.item()
        return item if isinstance(item, _SCALARS) else str(item)
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        return name
    if isinstance(value, (list, tuple, dict, set)) or _has_plain_repr(value):
        text = repr(value)
        # An address would make a parameter of every run.
        return text[:200] if " at 0x" not in text else type(value).__qualname__
    return type(value).__qualname__


def _has_plain_repr(value: Any) -> bool:
    return type(value).__name__ in ("ndarray", "dtype") or type(value).__module__.startswith(
        ("sklearn.gaussian_process.kernels", "sklearn.model_selection._split")
    )
