"""What can be seen of a cell from outside: kinds of values, content before and after, failures."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_mvt.capture.cells.tablecells import hold_parts
from jupyter_mvt.capture.prints import Prints
from jupyter_mvt.capture.slices.ownmodules import changes_when_asked, keeps_state
from jupyter_mvt.capture.slices.runs import ATOM, DATA, FIXED, MANY, OWN, STATEFUL

__all__ = ["Compared", "compared", "failed_line", "kinds_of", "prints_of"]

_WORD = re.compile(r"[^\W\d]\w*")
_SECONDS = 0.007
"""Of work at each look, as a quiet machine does it; see `prints`."""
_MOST_NAMES = 50
_LOOKED_AT = ("", DATA, MANY)
# A name that ends as None was often something else before, in the same cell.
_ATOMS = (bool, int, float, complex, str, bytes, range, slice)
_FIXED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
          types.MethodType)  # fmt: skip
_TABLES = frozenset({
    "numpy.ndarray", "pandas.DataFrame", "pandas.Series", "pandas.core.frame.DataFrame",
    "pandas.core.series.Series", "polars.dataframe.frame.DataFrame",
})  # fmt: skip
_GENERATORS = frozenset({
    "random.Random", "numpy.random.mtrand.RandomState", "numpy.random._generator.Generator",
    "torch._C.Generator", "collections.defaultdict",
})  # fmt: skip
_LIBRARIES = frozenset({
    "__main__", "abc", "builtins", "catboost", "collections", "enum", "keras", "lightgbm",
    "lightning", "numpy", "pandas", "pytorch_lightning", "sklearn", "statsmodels", "tensorflow",
    "torch", "torchvision", "transformers", "typing", "xgboost",
})  # fmt: skip
"""Whose classes are not changed by their objects, as far as they hold lists at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a second look at values has shown.

    Attributes
    ----------
    unchanged, changed
        Names whose values are the same objects: with the same content, and with another.
    after
        Address and fingerprint of what was looked at and is the same object.
    """

    unchanged: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    after: Mapping[str, tuple[int, bytes]] = field(default_factory=dict)


def kinds_of(names: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return the kind of each name's value, ``""`` for what may be changed in place."""
    return {name: _kind(namespace[name]) for name in names if name in namespace}


def _kind(value: Any) -> str:
    cls = type(value)
    if cls in _ATOMS:
        return ATOM
    if isinstance(value, _FIXED) or cls.__name__ in ("ufunc", "_ArrayFunctionDispatcher"):
        if _holds_state(value):
            return ""
        return OWN if keeps_state(value) else FIXED
    if cls.__module__ == "numpy" and any(base.__name__ == "generic" for base in cls.__mro__):
        return ATOM
    if cls in (list, dict, set) or (_is_table(cls) and hold_parts(value)):
        return MANY
    name = f"{cls.__module__}.{cls.__qualname__}"
    # One of numpy's walks over an array, and writes to it.
    if name in _GENERATORS or (hasattr(cls, "__next__") and cls.__module__ != "numpy"):
        return STATEFUL
    if name in _TABLES:
        return DATA
    return STATEFUL if changes_when_asked(cls) else ""


def _is_table(cls: type) -> bool:
    """Tell of what numpy and pandas have made; an attribute of another's may do anything."""
    return cls.__module__.partition(".")[0] in ("numpy", "pandas")


def _holds_state(function: Any) -> bool:
    """Tell whether calling it may change what it is bound to: ``items.append``, closures."""
    bound = getattr(function, "__self__", None)
    if bound is not None:
        return not isinstance(bound, (type, types.ModuleType))
    # Libraries wrap their functions in closures too, that hold nothing of the notebook's.
    if getattr(function, "__module__", "") != "__main__":
        return False
    if isinstance(function, type):
        # What its own body holds its text tells; that of a base from elsewhere is not seen.
        return any(type(value) in (list, dict, set) for base in function.__mro__[1:]
                   if base.__module__.partition(".")[0] not in _LIBRARIES
                   for name, value in vars(base).items() if name[:2] != "__")  # fmt: skip
    defaults = (getattr(function, "__defaults__", None) or (),
                (getattr(function, "__kwdefaults__", None) or {}).values())  # fmt: skip
    kept = any(type(value) in (list, dict, set) for group in defaults for value in group)
    return kept or bool(getattr(function, "__closure__", None) or vars(function))


def prints_of(
    source: str, namespace: Mapping[str, Any], kinds: Mapping[str, str]
) -> dict[str, tuple[int, bytes]]:
    """Return address and fingerprint of the values that a cell names, within 10 ms of work."""
    found: dict[str, tuple[int, bytes]] = {}
    names = dict.fromkeys(_WORD.findall(source))
    # What is not known yet was made before anybody listened.
    names = {n: None for n in names if n in namespace and kinds.get(n, "") in _LOOKED_AT}
    if not names:
        return found
    prints = Prints(_SECONDS)
    for name in list(names)[:_MOST_NAMES]:
        value = namespace[name]
        if _is_table(type(value)) or _kind(value) in _LOOKED_AT:
            seen = prints.of(value)
            if seen is not None:
                found[name] = (id(value), seen)
    return found


def compared(
    before: Mapping[str, tuple[int, bytes]],
    namespace: Mapping[str, Any],
    ids: Mapping[str, int],
) -> Compared:
    """Look again at values of which `before` tells address and fingerprint.

    What an unchanged value holds is unchanged too, by whatever name of `ids` it is known: those
    from before the cell. It takes at most 10 ms of work.
    """
    if not before:
        return Compared()
    prints = Prints(_SECONDS)
    same, after = set(), {}
    held: set[int] = set()
    for name, (key, seen) in before.items():
        if name not in namespace or id(namespace[name]) != key:
            continue
        now = prints.of(namespace[name])
        if now is not None:
            after[name] = (key, now)
        if now == seen:
            same.add(name)
            held |= prints.held
    # Without a loop of Python's own where nothing is held: this runs after every cell.
    held.difference_update(key for key, _ in before.values())
    shared = held.intersection(ids.values()) if held else held
    other = frozenset(after.keys() - same)
    if shared:
        same |= {name for name, key in ids.items() if key in shared
                 if name in namespace and id(namespace[name]) == key}  # fmt: skip
    return Compared(unchanged=frozenset(same), changed=other, after=after)


def failed_line(result: Any, source: str, namespace: Mapping[str, Any]) -> int:
    """Return the line of a cell that raised; -1 if nothing ran, 0 if it is not known."""
    if getattr(result, "error_before_exec", None) is not None:
        return -1
    error = getattr(result, "error_in_exec", None)
    trace = getattr(error, "__traceback__", None)
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals is namespace and frame.f_code.co_name.startswith("<"):
            # IPython leaves out blank lines at the start, and a cell magic's own line.
            blank = len(source) - len(source.lstrip("\n"))
            return 0 if source.lstrip().startswith("%%") else int(trace.tb_lineno) + blank
        trace = trace.tb_next
    return 0
