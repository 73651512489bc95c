"""What an object holds that nobody gave a name: attributes, elements, what a function closed over.

Only what lies there is read: no property, no ``__getattr__`` of anybody's runs.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from types import FunctionType, MemberDescriptorType, MethodType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MAX_ELEMENTS", "closed_over", "forget_holders", "inside", "is_container", "is_own",
           "may_hold", "written"]  # fmt: skip

MAX_ELEMENTS = 64
_MOST_ATTRIBUTES = 128
_CONTAINERS: tuple[type, ...] = (dict, list, tuple)
_HEAP_TYPE = 1 << 9
_LIKELY = re.compile(
    r"model|net(work)?\d?\Z|module|estimator|learner|classif|regress|booster|policy|pipe|clf",
    re.IGNORECASE,
)
# Their objects are data, figures or programs: to look into them takes time and finds nothing.
_CLOSED = frozenset(
    {"IPython", "altair", "anywidget", "asyncio", "builtins", "concurrent", "dask", "datetime",
     "decimal", "fractions", "ipywidgets", "itertools", "jupyter_mvt", "logging", "matplotlib",
     "numpy", "pandas", "pathlib", "plotly", "polars", "pyarrow", "re", "scipy", "seaborn",
     "tornado", "tqdm", "traitlets", "zmq"}
)  # fmt: skip
_PLACES = frozenset({"types.SimpleNamespace", "argparse.Namespace"})

Kind: TypeAlias = Literal["", "class", "container", "function", "library", "own"]
_kinds: dict[type, Kind] = {}
_known_slots: dict[type, list[tuple[str, Any]]] = {}


def forget_holders() -> None:
    """Start anew, as a class may have been defined again."""
    _kinds.clear()
    _known_slots.clear()


def may_hold(cls: type) -> bool:
    """Tell whether objects of `cls` are looked into; dicts, lists and tuples are by their own."""
    return bool(_kind(cls)) and cls not in _CONTAINERS


def is_own(cls: type) -> bool:
    """Tell whether `cls` is of the user's own code, and not of an installed package."""
    return _kind(cls) == "own"


def is_container(value: Any) -> bool:
    """Tell whether `value` is a dict, list or tuple, or of a class derived from one."""
    return _kind(type(value)) == "container"


def inside(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return what `value` holds, by names and keys; see `written` for how those are written.

    Of a package's objects only attributes with the names of models; of the user's own all.
    """
    kind = _kind(type(value))
    if kind == "own":
        return _attributes(value)
    if kind == "container":
        return _elements(value) if len(value) <= MAX_ELEMENTS else ()
    if kind == "function":
        return closed_over(value).items()
    if kind == "class":
        return list(vars(value).items()) if value.__module__ == "__main__" else ()
    pairs = _attributes(value) if kind == "library" else ()
    return [pair for pair in pairs if pair[0][:1] != "_" and _LIKELY.search(pair[0])]


def written(value: Any, key: str | int) -> str:
    """Return how what `value` holds under `key` is written behind its name."""
    return f"[{key}]" if _kind(type(value)) == "container" else f".{key}"


def closed_over(function: Any) -> dict[str, Any]:
    """Return what a function closed over, by name; the object that a method belongs to."""
    if isinstance(function, MethodType):
        return {"__self__": function.__self__}
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


def _elements(value: Any) -> Iterator[tuple[str | int, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return ((key, item) for key, item in list(items) if isinstance(key, (str, int)))


def _attributes(value: Any) -> list[tuple[str, Any]]:
    try:
        found = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        found = {}
    pairs = list(found.items())[:_MOST_ATTRIBUTES] if type(found) is dict else []
    for name, member in _slots(type(value)):
        with suppress(AttributeError):  # not set yet
            pairs.append((name, member.__get__(value)))
    return pairs


def _slots(cls: type) -> list[tuple[str, Any]]:
    slots = _known_slots.get(cls)
    if slots is None:
        slots = _known_slots[cls] = [
            (name, member)
            for base in cls.__mro__
            for name, member in vars(base).items()
            if type(member) is MemberDescriptorType and base.__flags__ & _HEAP_TYPE
        ]
    return slots


def _kind(cls: type) -> Kind:
    kind = _kinds.get(cls)
    if kind is None:
        kind = _kinds[cls] = _told(cls)
    return kind


def _told(cls: type) -> Kind:
    if cls in (FunctionType, MethodType):
        return "function"
    if cls is type:
        return "class"
    if issubclass(cls, _CONTAINERS):
        return "container"
    module = str(getattr(cls, "__module__", ""))
    if not cls.__flags__ & _HEAP_TYPE and module != "types":
        return ""
    if module.partition(".")[0] in _CLOSED or issubclass(cls, (type, str, bytes, int, float)):
        return ""
    if module == "__main__" or f"{module}.{cls.__qualname__}" in _PLACES:
        return "own"
    file = getattr(sys.modules.get(module), "__file__", None)
    return "library" if file is None or _is_installed(file) else "own"


def _is_installed(file: str) -> bool:
    parts = set(file.replace(os.sep, "/").split("/"))
    return bool(parts & {"site-packages", "dist-packages"}) or file.startswith(
        os.path.dirname(os.__file__) + os.sep
    )
