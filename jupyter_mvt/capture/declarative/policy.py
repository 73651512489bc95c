"""Which classes and functions a graph may name, and how code of the notebook comes back."""

from __future__ import annotations

import ast
import linecache
import sys
from importlib import import_module
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mvt.capture.closures import remember
from jupyter_mvt.errors import RestoreError, TrustError
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mvt.capture.adapter import Skeleton, Sources

__all__ = ["Allowed", "Namer", "Resolver", "Undeclarable", "is_known", "is_stamp", "qualified"]

_CODE = "code:"
_IMPORT = "import:"

_BUILTINS = frozenset(
    {"bool", "int", "float", "complex", "str", "bytes", "object", "list", "tuple", "dict", "set",
     "frozenset", "slice", "range", "len", "min", "max", "sum", "abs"}
)  # fmt: skip


_STAMPS = ("_mlflow_", "_wandb_", "_comet_", "_neptune_")


def is_stamp(key: object) -> bool:
    """Tell whether an attribute is what an experiment tracker leaves on a model that it saw fit.

    Autologging writes its run's id, another one each time, on every estimator. It is nothing that
    the model has learned: no part of the model, nor of its identity.
    """
    return isinstance(key, str) and key.startswith(_STAMPS)


class Undeclarable(Exception):
    """Something has no form as data; carries where and what, for the note."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path or 'the object'}: {what}")


class Allowed(Protocol):
    """What one framework lets a graph name."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell whether this name may be looked up at all; decides on the words alone."""
        ...

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found under an admitted name may be built or called."""
        ...


def is_known(allowed: Allowed, name: str) -> bool:
    """Tell whether a name in a graph needs no list but `allowed`, as code of the notebook does."""
    module, _, qualname = name.partition(":")
    return f"{module}:" in (_CODE, _IMPORT, "builtins:") or allowed.admits(module, qualname)


def qualified(value: Any) -> str:
    """Return ``module.QualName``, the name under which code of the notebook is kept."""
    return f"{value.__module__}.{value.__qualname__}"


def _lookup(module: str, qualname: str) -> Any:
    value: Any = sys.modules.get(module) or import_module(module)
    for name in qualname.split("."):
        value = getattr(value, name)
    return value


class Namer:
    """Names classes and functions while an object is taken apart.

    Parameters
    ----------
    allowed
        The framework's list.
    sources
        Finds the source closure of what was defined in a cell; ``None`` admits nothing but the
        list, so that restoring needs no trust.
    """

    def __init__(self, allowed: Allowed, sources: Sources | None) -> None:
        self._allowed = allowed
        self._sources = sources
        self._names: dict[int, tuple[Any, str]] = {}
        self._defined: dict[str, str] = {}
        self.code: dict[str, str] = {}

    def name(self, value: Any, path: str) -> str:
        """Return the name of `value` in the graph, or raise `Undeclarable`."""
        known = self._names.get(id(value))
        if known is None:
            known = self._names[id(value)] = (value, self._find(value, path))
        return known[1]

    def _find(self, value: Any, path: str) -> str:
        module = getattr(value, "__module__", None)
        qualname = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
        if not isinstance(module, str) or type(value).__name__ == "ufunc":
            module, qualname = _home(value), getattr(value, "__name__", None)
        if not isinstance(module, str) or not isinstance(qualname, str):
            raise Undeclarable(path, f"{type(value).__qualname__} has no name")
        if module == "builtins" and qualname in _BUILTINS:
            return f"builtins:{qualname}"
        if self._allowed.admits(module, qualname) and self._confirmed(module, qualname, value):
            return f"{module}:{qualname}"
        if self._sources is None:
            raise Undeclarable(path, f"{module}.{qualname} is not on the list of known classes")
        text = self._sources(value) if isinstance(value, (type, FunctionType)) else None
        if text is not None:
            name = qualified(value)
            self._agree(text, name, path)
            self.code[name] = text
            return _CODE + name
        if self._importable(module, qualname, value):
            return f"{_IMPORT}{module}:{qualname}"
        raise Undeclarable(path, f"{module}.{qualname} is not on the list of known classes")

    def _agree(self, text: str, name: str, path: str) -> None:
        """Refuse texts that define one name in two ways: they will run in one namespace."""
        for statement in ast.parse(text).body:
            defined = getattr(statement, "name", None)
            shape = ast.dump(statement)
            if defined is not None and self._defined.setdefault(defined, shape) != shape:
                raise Undeclarable(path, f"{name} needs another {defined} than a part does")

    def _confirmed(self, module: str, qualname: str, value: Any) -> bool:
        try:
            return _lookup(module, qualname) is value and self._allowed.confirms(value)
        except (ImportError, AttributeError):
            return False

    def _importable(self, module: str, qualname: str, value: Any) -> bool:
        # Only plain Python classes of packages: their state is their __dict__.
        home = sys.modules.get(module)
        return (
            isinstance(value, type)
            and value.__flags__ & (1 << 9) != 0
            and module != "__main__"
            and getattr(home, "__spec__", None) is not None
            and "." not in qualname
            and getattr(home, qualname, None) is value
        )


def _home(value: Any) -> str | None:
    # Compiled functions often do not know where they live.
    name = getattr(value, "__name__", "")
    for module in ("numpy", "scipy.special", "torch", "torch.nn.functional"):
        if getattr(sys.modules.get(module), name, None) is value:
            return module
    return None


class Resolver:
    """Finds what a graph names while an object is rebuilt."""

    def __init__(self, allowed: Allowed, skeleton: Skeleton) -> None:
        self._allowed = allowed
        self._skeleton = skeleton
        self._executed: dict[str, Any] | None = None
        self._found: dict[str, Any] = {}

    def find(self, name: str) -> Any:
        """Return what `name` stands for.

        Raises
        ------
        RestoreError
            It is not on the list (code ``class-refused``) or not installed (``class-missing``).
        TrustError
            Code would have to run that is not trusted (code ``untrusted-code``).
        """
        if name not in self._found:
            self._found[name] = self._resolve(name)
        return self._found[name]

    def _resolve(self, name: str) -> Any:
        if name.startswith(_CODE):
            return self._code(name.removeprefix(_CODE))
        if name.startswith(_IMPORT):
            return self._imported(name.removeprefix(_IMPORT))
        module, _, qualname = name.partition(":")
        builtin = module == "builtins" and qualname in _BUILTINS
        if not (builtin or self._allowed.admits(module, qualname)):
            msg = f"The stored model names {name!r}, which is not on the list of known classes."
            raise RestoreError(msg, code="class-refused")
        value = self._installed(module, qualname)
        if not (builtin or self._allowed.confirms(value)):
            msg = f"The stored model names {name!r}, which is no class of a model."
            raise RestoreError(msg, code="class-refused")
        return value

    def _installed(self, module: str, qualname: str) -> Any:
        try:
            return _lookup(module, qualname)
        except (ImportError, AttributeError, ValueError) as error:
            msg = f"{module}.{qualname}, of which the model is made, is not installed here."
            raise RestoreError(
                msg, code="class-missing", hint=f"pip install {module.split('.')[0]}"
            ) from error

    def _imported(self, name: str) -> Any:
        module, _, qualname = name.partition(":")
        if not self._skeleton.trusted:
            raise _untrusted(name, f"import {module}, which is not a known framework")
        value = self._installed(module, qualname)
        if not isinstance(value, type):
            msg = f"The stored model names {name!r}, which is no class."
            raise RestoreError(msg, code="class-refused")
        return value

    def _code(self, name: str) -> Any:
        live = self._skeleton.namespace.get(name)
        if live is not None:
            return live
        if name not in self._skeleton.sources:
            msg = f"The source text of {name} is not in this version."
            raise RestoreError(msg, code="class-missing")
        if not self._skeleton.trusted:
            raise _untrusted(name, f"run the source text of {name}")
        if self._executed is None:
            self._executed = _execute(self._skeleton.sources)
        _, first, *inner = name.split(".")
        value: Any = self._executed.get(first)
        for step in inner:
            value = getattr(value, step, None)
        if not isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            msg = f"The stored source text does not define {name}."
            raise RestoreError(msg, code="class-missing")
        return value


def _untrusted(name: str, what: str) -> TrustError:
    msg = f"Rebuilding this model would {what}; this version is not trusted."
    hint = f"define {name} here first, or, if you know who made it: mvt trust v3"
    return TrustError(msg, code="untrusted-code", hint=hint)


def _execute(sources: Mapping[str, str]) -> dict[str, Any]:
    """Run all closures in one namespace, every statement once, so that classes are shared."""
    space: dict[str, Any] = {"__name__": "__main__"}
    done: set[str] = set()
    for name in sorted(sources):
        text = sources[name]
        filename = f"<version {digest(text.encode())[:10]} {name}>"
        # So that tracebacks and inspect.getsource show the text.
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        for statement in ast.parse(text, filename).body:
            shape = ast.dump(statement)
            if shape not in done:
                done.add(shape)
                code = compile(ast.Module([statement], []), filename, "exec")
                _run(code, space, name)
    for name, text in sources.items():
        made = space.get(name.split(".")[1])
        if isinstance(made, (type, FunctionType)) and qualified(made) == name:
            remember(made, text)
    return space


def _run(code: Any, space: dict[str, Any], name: str) -> None:
    runner: Callable[[Any, dict[str, Any]], None] = exec
    try:
        runner(code, space)
    except Exception as error:
        msg = f"The source text of {name} fails here: {type(error).__name__}: {error}."
        raise RestoreError(msg, code="code-fails") from error
