"""Settings as Keras writes them: what they may name, and what of them counts for identity."""

from __future__ import annotations

import base64
import json
import marshal
import re
from types import CodeType
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapters.keras.names import renumbered
from jupyter_mvt.capture.closures import code_shape
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.errors import RestoreError, TrustError
from jupyter_mvt.objects.ids import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["custom_names", "described", "identity_text", "runs_code", "vet"]

_PLAIN = frozenset(
    {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__",
     "__tuple__"}
)  # fmt: skip
_HOMES = re.compile(
    r"keras(\.src)?\.(layers|models|losses|metrics|optimizers|initializers|regularizers"
    r"|constraints|dtype_policies|activations|ops|random|quantizers"
    r"|backend\.[a-z]+\.optimizers)(\.[a-z0-9_.]+)?\Z"
)
_TOP = frozenset({"Sequential", "Model", "Functional", "DTypePolicy", "FloatDTypePolicy",
                  "QuantizedDTypePolicy", "Variable", "KerasTensor", "InputSpec"})  # fmt: skip
# Layers that load files, unpickle, or hold programs of other frameworks.
_CLOSED = frozenset(
    {"TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "FileWriter", "Lambda.call"}
)
_FILES = ("vocabulary", "idf_weights", "filepath")
_NAMED = ("name", "keras_history", "input_layers", "output_layers", "inbound_nodes")
_MOST_DEPTH = 120


def described(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every description of an object inside `config`, outer ones first."""
    todo: list[tuple[Any, int]] = [(config, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > _MOST_DEPTH:
            refuse("the settings of a Keras model are nested too deeply")
        if isinstance(value, dict):
            if "class_name" in value and "config" in value:
                yield value
            todo.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            todo.extend((item, depth + 1) for item in value)


def custom_names(config: Any) -> Iterator[tuple[str, bool]]:
    """Yield name, and whether it is a function, of all that is not Keras' own."""
    for item in described(config):
        name, module = item["class_name"], item.get("module")
        if not isinstance(name, str) or name.startswith("__") or _is_own(name, module, item):
            continue
        function = name == "function"
        yield str(item["config"] if function else item.get("registered_name") or name), function


def _is_own(name: str, module: Any, item: Mapping[str, Any]) -> bool:
    registered = item.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        return False
    if not isinstance(module, str):
        return False
    word = item["config"] if name == "function" else name
    return bool(_HOMES.match(module)) or (module == "keras" and word in _TOP)


def vet(config: Any, customs: Mapping[str, Any], *, trusted: bool) -> None:
    """Refuse settings that name anything but Keras' modelling classes and `customs`.

    Raises
    ------
    TrustError
        There is a lambda, and the version is not trusted.
    RestoreError
        A name is neither (code ``class-refused``).
    """
    for item in described(config):
        name = item["class_name"]
        if name == "__lambda__" and not trusted:
            msg = "This model holds a lambda, kept as byte code; this version is not trusted."
            hint = "if you know who made it: mvt trust v3"
            raise TrustError(msg, code="untrusted-code", hint=hint)
        if name in _PLAIN or name == "__lambda__":
            continue
        if not isinstance(name, str) or name.startswith("__") or name in _CLOSED:
            raise _refused(name)
        inner = item["config"]
        if isinstance(inner, dict) and any(isinstance(inner.get(key), str) for key in _FILES):
            raise _refused(name + ", which would read a file,")
    for name, _ in custom_names(config):
        if name not in customs:
            raise _refused(name)


def _refused(name: Any) -> RestoreError:
    msg = f"The stored model names {str(name)[:80]!r}, which is no modelling class of Keras."
    return RestoreError(msg, code="class-refused")


def runs_code(state: bytes) -> bool:
    """Tell whether stored settings hold a lambda's byte code."""
    return b"__lambda__" in state


def identity_text(config: Any, names: Mapping[str, str]) -> str:
    """Return the settings as text: made-up names renumbered, no shapes of batches, no addresses."""
    # Optimizers and metrics are counted, too.
    inner = ((item["config"].get("name"), item["class_name"]) for item in described(config)
             if isinstance(item["config"], dict))  # fmt: skip
    others = renumbered((name, cls) for name, cls in inner
                        if isinstance(name, str) and name not in names)  # fmt: skip
    return json.dumps(_steady(config, {**others, **names}, named=False), sort_keys=True)


def _steady(value: Any, names: Mapping[str, str], *, named: bool) -> Any:
    if isinstance(value, dict):
        if value.get("class_name") == "__lambda__":
            return {"class_name": "__lambda__", "config": _lambda_identity(value["config"])}
        return {
            key: _steady(item, names, named=named or key in _NAMED)
            for key, item in value.items()
            if key not in ("build_config", "shared_object_id")
        }
    if isinstance(value, list):
        return [_steady(item, names, named=named) for item in value]
    return names.get(value, value) if named and isinstance(value, str) else value


def _lambda_identity(config: Any) -> str:
    # Byte code tells the file and line it came from, which change whenever the cell runs again.
    text = config.get("code", config.get("value")) if isinstance(config, dict) else config
    text = str(text[0] if isinstance(text, list) else text)
    try:
        code = marshal.loads(base64.b64decode(text))
    except (ValueError, TypeError, EOFError):
        return digest(json.dumps(config, sort_keys=True).encode())
    shape = repr(code_shape(code)) if isinstance(code, CodeType) else text
    return digest(shape.encode())
