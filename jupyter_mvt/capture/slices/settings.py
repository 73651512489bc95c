"""What sets libraries: any call may go by that, whatever name the library is known by."""

from __future__ import annotations

import ast

from jupyter_mvt.capture.slices.harmless import called_name, root_of

__all__ = [
    "filters_warnings",
    "holds_settings",
    "only_drawn",
    "raises_warnings",
    "reloads",
    "set_by",
    "sets_globally",
    "sets_libraries",
    "sets_more",
]

_SETS = ("set", "use", "enable", "disable", "register", "filter", "chdir",
         "config", "init", "reset", "add", "append", "insert", "update", "simplefilter", "clear",
         "patch", "put", "reload")  # fmt: skip
_FRESH = frozenset(
    {"add_constant", "add_dummy_feature", "set_printoptions", "setdiff1d", "setxor1d"}
)
_SETTERS = frozenset({
    "__enter__", "__exit__", "config_context", "enter_context", "pandas", "parallel_backend",
    "parallel_config", "pickle", "set_backend", "set_config", "set_default_device",
    "set_default_dtype", "set_default_tensor_type", "set_deterministic", "set_dtype_policy",
    "set_float32_matmul_precision", "set_floatx", "set_flush_denormal", "set_global_policy",
    "set_grad_enabled", "set_image_data_format", "set_num_threads", "setcontext", "seterr",
    "setlocale", "setrecursionlimit", "tzset", "use_deterministic_algorithms",
})  # fmt: skip
_DRAWING = frozenset({
    "InteractiveShell", "alt", "altair", "bokeh", "cf", "cufflinks", "display", "go", "hv", "mpl",
    "matplotlib", "pio", "plotly", "plt", "px", "py", "pylab", "rcParams", "seaborn", "shap", "sns",
})  # fmt: skip
"""Libraries that draw, by their usual names, and what holds how it is done."""
_DRAWN = frozenset({"display", "plotting", "rcParams", "styler"})
_STORED = frozenset({"clear", "pop", "popitem", "setdefault", "update"})
_COMPUTED = frozenset({"add", "append", "insert"})
"""Of arrays they make new ones: ``np.append(x, 1)``."""
_ARRAYS = frozenset({"jnp", "np", "numpy", "pd", "tf", "torch"})
_SHOWN = ("colheader", "colwidth", "display.", "float_format", "max_", "min_rows", "plotting.",
          "precision", "styler.", "width")  # fmt: skip
_OPTIONS = frozenset({"option_context", "reset_option", "set_option"})
_FILTERS = frozenset({"filterwarnings", "resetwarnings", "simplefilter"})
_CALM_FILTERS = frozenset({"always", "default", "ignore", "module", "once"})


def holds_settings(value: ast.expr) -> bool:
    """Tell whether a value is what arithmetic goes by: ``decimal.getcontext()``."""
    return isinstance(value, ast.Call) and called_name(value) == "getcontext"


def sets_globally(name: str) -> bool:
    """Tell whether a module's function of this name may change how the module works.

    Seeds are none: states of generators are kept, and put back where they are drawn from.
    """
    return name.startswith(_SETS) and name not in _FRESH


def sets_libraries(node: ast.Call) -> bool:
    """Tell whether a call changes how libraries work from then on, beyond what they print."""
    return called_name(node) in _SETTERS


def set_by(node: ast.Call) -> list[ast.expr]:
    """Return what a call sets an attribute of, or prints to: ``setattr(a, "k", 1)``."""
    printed = [word.value for word in node.keywords if word.arg in ("file", "buf")]
    attributes = isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
    return printed + (node.args[:1] if attributes else [])


def sets_more(node: ast.Call) -> bool:
    """Tell whether a call of a library's method sets more than how things are shown.

    Seeds, and where modules are found, count apart.
    """
    name, parts = called_name(node), set(_parts(node.func))
    if "environ" in parts and name in _STORED:
        return True
    if not sets_globally(name) or only_drawn(node.func) or name in _FILTERS:
        return False
    if parts & {"random", "path"} or (name in _COMPUTED and root_of(node.func) in _ARRAYS):
        return False
    first = node.args[0] if node.args else None
    shown = isinstance(first, ast.Constant) and str(first.value).startswith(_SHOWN)
    return not (name in _OPTIONS and shown)


def only_drawn(target: ast.expr) -> bool:
    """Tell whether a part of a library is about how things are drawn: ``plt.rcParams["x"]``."""
    parts = _parts(target)
    return parts[-1:] != [] and (parts[-1] in _DRAWING or bool(_DRAWN.intersection(parts)))


def filters_warnings(node: ast.Call) -> bool:
    """Tell whether a call changes what happens to warnings."""
    return called_name(node) in _FILTERS


def raises_warnings(node: ast.Call) -> bool:
    """Tell whether a filter may raise warnings as errors."""
    given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "action")]
    calm = any(isinstance(one, ast.Constant) and one.value in _CALM_FILTERS for one in given)
    return not calm and called_name(node) != "resetwarnings"


def reloads(node: ast.Call) -> bool:
    """Tell whether a call runs a module again."""
    return called_name(node) in ("exec_module", "reload")


def _parts(node: ast.AST) -> list[str]:
    """Return the names of ``name.attr["x"].attr``, last first."""
    found = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        found += [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.func if isinstance(node, ast.Call) else node.value
    return [*found, node.id] if isinstance(node, ast.Name) else found
