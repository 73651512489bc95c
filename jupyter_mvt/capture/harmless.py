"""Well-known calls that change nothing: looking at data is no part of how a model was made."""

from __future__ import annotations

import ast
import builtins

__all__ = [
    "ANYTHING",
    "COUNTS",
    "FILES",
    "LOOKS",
    "PATH",
    "VIEWS",
    "draws_nothing",
    "only_keeps",
    "reads_files",
    "runs_anything",
    "sets_globally",
    "spares_arguments",
    "writes_files",
]

ANYTHING = "<anything>"
"""Stands for all names together, where code is run that syntax does not show."""

FILES = "<files>"
"""Stands for all files together, as if they were one variable."""

LOOKS = frozenset({
    "agg", "aggregate", "all", "any", "astype", "argmax", "argmin", "columns", "copy", "corr",
    "count", "cov", "cpu", "decision_function", "describe", "detach", "drop_duplicates",
    "dropna", "equals", "evaluate", "fillna", "format", "get", "get_feature_names_out",
    "get_params", "groupby", "head", "hist", "idxmax", "idxmin", "info", "isna", "isnull",
    "item", "items", "join", "keys", "kneighbors", "lower", "max", "mean", "median", "melt",
    "memory_usage", "merge", "min", "mode", "notna", "nunique", "numpy", "parameters", "pivot",
    "pivot_table", "plot", "predict", "predict_log_proba", "predict_proba", "quantile",
    "reset_index", "reshape", "round", "sample", "score", "select_dtypes", "size", "sort_index",
    "sort_values", "split", "state_dict", "std", "strip", "sum", "summary", "tail", "to_csv",
    "to_dict", "to_frame", "to_list", "to_numpy", "to_parquet", "tolist", "transform", "unique",
    "upper", "value_counts", "values", "var",
})  # fmt: skip
"""Methods that leave their object as it was."""

_SPARING = LOOKS | {"fit", "fit_predict", "fit_transform", "partial_fit", "train", "from_numpy"}
_FUNCTIONS = frozenset(dir(builtins)) - {"exec", "eval", "next", "setattr", "delattr", "map"} | {
    "cross_val_predict", "cross_val_score", "cross_validate", "display", "make_pipeline",
    "make_column_transformer", "train_test_split",
}  # fmt: skip
_LIBRARIES = frozenset({"math", "np", "numpy", "pd", "pandas", "plt", "sns", "torch"})
_WRITING = frozenset({"copyto", "fill_diagonal", "place", "put", "putmask", "put_along_axis",
                      "shuffle", "backward"})  # fmt: skip
_ENDINGS = ("_score", "_error", "_loss", "_report", "_matrix", "_curve")


def spares_arguments(called: ast.expr) -> bool:
    """Tell whether a call is known not to change what it is given.

    Estimators do not write to their data, metrics and builtins neither, and classes, which
    are recognised by their capital letter, only keep what they get.
    """
    if isinstance(called, ast.Attribute):
        name = called.attr
        if name in _SPARING or name.endswith(_ENDINGS) or name in _FUNCTIONS or name[:1].isupper():
            return True
        return _root(called) in _LIBRARIES and name not in _WRITING and not name.endswith("_")
    if not isinstance(called, ast.Name):
        return False
    name = called.id
    return name in _FUNCTIONS or name.endswith(_ENDINGS) or name[:1].isupper()


PATH = "<path>"
"""Stands for what decides which modules an import finds."""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def only_keeps(called: ast.expr) -> bool:
    """Tell whether a method may keep what it is given and never changes it: ``fit``."""
    return isinstance(called, ast.Attribute) and called.attr in _FITS


_FITS = frozenset({"fit", "fit_predict", "fit_transform", "partial_fit"})
VIEWS = frozenset({
    "columns", "cpu", "detach", "get", "groupby", "head", "items", "keys", "numpy", "parameters",
    "pivot", "plot", "reshape", "split", "state_dict", "tail", "to_frame", "to_numpy",
    "transform", "values", "astype", "reset_index", "round", "merge", "select_dtypes",
})  # fmt: skip
"""Those of `LOOKS` whose answer may share memory with their object."""

COUNTS = frozenset({
    "abs", "accuracy_score", "all", "any", "bool", "bytes", "chr", "complex", "cross_val_score",
    "describe", "divmod", "float", "format", "hash", "hex", "id", "input", "int", "isinstance",
    "issubclass", "len", "oct", "open", "ord", "print", "range", "read_csv", "repr", "round",
    "str", "train_test_split", "type",
})  # fmt: skip
"""Calls whose answer holds nothing of what they were given."""

_RUNS = frozenset({"eval", "exec", "execfile", "get_ipython", "globals", "locals", "vars",
                   "run_path", "run_module"})  # fmt: skip
_CALM = LOOKS - {"sample", "evaluate", "predict", "predict_proba", "agg", "aggregate", "plot"}
_WRITES = ("to_csv", "to_parquet", "to_pickle", "to_json", "to_feather", "to_hdf", "to_excel",
           "save", "dump", "savez", "savetxt", "write", "tofile", "urlretrieve", "extract",
           "makedirs", "mkdir", "copy2", "copyfile", "copytree", "move", "rename", "unlink",
           "remove", "rmtree", "touch", "download", "imsave", "savefig", "system", "run",
           "check_call", "check_output", "Popen", "export")  # fmt: skip
_READS = ("read", "load", "open", "fetch", "from_", "genfromtxt", "fromfile", "listdir", "glob",
          "imread", "exists", "isfile", "stat", "scandir", "walk", "Folder", "Image")  # fmt: skip
_SETS = ("set", "use", "enable", "disable", "register", "seed", "manual_seed", "filter", "chdir",
         "config", "init", "reset", "add", "append", "insert", "update", "simplefilter", "clear",
         "patch", "put", "reload")  # fmt: skip


def draws_nothing(called: ast.expr) -> bool:
    """Tell whether a call is known not to draw a random number."""
    if isinstance(called, ast.Attribute):
        name = called.attr
        return name in _CALM or name.startswith("read_") or name.endswith(_ENDINGS)
    if isinstance(called, ast.Name):
        return called.id in _FUNCTIONS - {"train_test_split", "list", "tuple", "set", "sum",
                                          "sorted", "enumerate", "zip", "dict"}  # fmt: skip
    return False


def writes_files(node: ast.Call) -> bool:
    """Tell whether a call may write a file, by its name and mode."""
    name = _called(node)
    if name == "open":
        modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
        return any(not isinstance(mode, ast.Constant) or set(str(mode.value)) & set("wax+")
                   for mode in modes)  # fmt: skip
    return name.startswith(_WRITES)


def reads_files(node: ast.Call) -> bool:
    """Tell whether a call may read a file, by its name."""
    name = _called(node)
    return name.startswith(_READS) or name.endswith(("Folder", "Dataset", "_data", "_files"))


def runs_anything(called: ast.expr) -> bool:
    """Tell whether a call may run any code on any name: ``exec``, ``get_ipython().magic``."""
    return isinstance(called, ast.Name) and called.id in _RUNS


def sets_globally(name: str) -> bool:
    """Tell whether a module's function of this name may change how the module works."""
    return name.startswith(_SETS)


def _called(node: ast.Call) -> str:
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
