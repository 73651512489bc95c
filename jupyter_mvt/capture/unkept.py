"""What is no model although a person names it: numbers, text, tables; and what to type instead."""

from __future__ import annotations

import shlex
import types
from numbers import Number
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from jupyter_mvt.capture.adapter import mro_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Unkept", "hint_for", "is_trainer", "unkept"]

Unkept: TypeAlias = Literal["nothing", "number", "text", "bytes", "path", "class", "function",
                            "module", "table", "trainer"]  # fmt: skip

_TRAINERS = frozenset(
    {"transformers.trainer.Trainer", "lightning.pytorch.trainer.trainer.Trainer",
     "pytorch_lightning.trainer.trainer.Trainer"}
)  # fmt: skip
_KINDS: tuple[tuple[tuple[type, ...], Unkept], ...] = (
    ((type(None), type(...), type(NotImplemented)), "nothing"),
    ((Number,), "number"),
    ((str,), "text"),
    ((bytes, bytearray, memoryview), "bytes"),
    ((PurePath,), "path"),
    ((type,), "class"),
    ((types.FunctionType, types.BuiltinFunctionType, types.MethodType), "function"),
    ((types.ModuleType,), "module"),
)
_NUMPY: Mapping[str, Unkept] = {"numpy.generic": "number", "numpy.ufunc": "function"}
_TABLES = frozenset({"pandas", "polars", "pyarrow"})
_CONTAINERS = (dict, list, tuple, set, frozenset)
_PYTHON = ("builtins", "collections")


def is_trainer(obj: Any) -> bool:
    """Tell whether `obj` trains a model and predicts by it: that model is what is kept."""
    return not _TRAINERS.isdisjoint(mro_names(type(obj)))


def unkept(obj: Any) -> Unkept | None:
    """Return as what `obj` is no model, ``None`` if it can be one."""
    for types_, kind in _KINDS:
        if isinstance(obj, types_):
            return kind
    # Of Python's own only: others say by their truth what they like (a sparse matrix raises).
    if isinstance(obj, _CONTAINERS) and type(obj).__module__ in _PYTHON and not obj:
        return "nothing"
    if is_trainer(obj):
        return "trainer"
    names = mro_names(type(obj))
    found = next((_NUMPY[name] for name in names if name in _NUMPY), None)
    if found is not None:
        return found
    return "table" if any(name.partition(".")[0] in _TABLES for name in names) else None


def hint_for(name: str, obj: Any) -> str:
    """Return what to type instead of committing `obj`, a value of that name, as a model."""
    word, kind = shlex.quote(name), unkept(obj)
    hints: dict[Unkept | None, str] = {
        "number": f"repo.commit(model, params={{{name!r}: {name}}})",
        "text": f"repo.commit(model, variables={{{name!r}: {name}}})",
        "bytes": f'open("model.bin", "wb").write({name})  # then: mvt commit model.bin',
        "path": f"repo.commit({name})",
        "class": f"model = {name}()  # then: mvt commit model",
        "table": f"mvt commit --data {word}  # or among the variables: mvt commit --vars {word}",
        "trainer": f"mvt commit {shlex.quote(name + '.model')}",
    }
    if kind in hints:
        return hints[kind]
    # Optimizers, schedulers and losses of torch: of the last, few have a state.
    stateful = kind is None and hasattr(type(obj), "state_dict") and obj.state_dict()
    return f"repo.commit({name}.state_dict())" if stateful else "mvt status"
