"""Well-known calls that change nothing: looking at data is no part of how a model was made."""

from __future__ import annotations

import ast
import builtins
import re

__all__ = [
    "ANSWER",
    "ANYTHING",
    "CALLBACKS",
    "CLASSES",
    "COUNTS",
    "FILES",
    "FUTURE",
    "LOOKS",
    "MODULES",
    "OUT",
    "PATH",
    "PSEUDO",
    "RELOADING",
    "SETTINGS",
    "VIEWS",
    "WARNINGS",
    "called_name",
    "draws_nothing",
    "hands_out_names",
    "holds_file",
    "is_look",
    "module",
    "modules_named",
    "named_in_texts",
    "only_keeps",
    "patches",
    "reaches_main",
    "reads_files",
    "root_of",
    "runs_anything",
    "spares_arguments",
    "writes_files",
    "written_to",
]

ANYTHING = "<anything>"
"""Stands for all names together, where code is run that syntax does not show."""

CALLBACKS = "<callbacks>"
"""Stands for all functions that libraries were given to call later."""

CLASSES = "<classes>"
"""Stands for all classes of the notebook together, where one is reached by an object of it."""

FILES = "<files>"
"""Stands for all files together, as if they were one variable."""

ANSWER = re.compile(r"_{1,3}|_\d+|Out|_oh")
"""Names of answers of cells."""

OUT = "<out>"
"""Stands for all answers of cells together, which are called ``_``, ``_3`` and ``Out[3]``."""

FUTURE = "<future>"
"""Stands for how definitions are read: whether annotations are kept as texts."""

RELOADING = "<reloading>"
"""Stands for whether modules are run again when their files are rewritten."""

SETTINGS = "<settings>"
"""Stands for all settings of libraries together, that any call may go by."""

MODULES = "<modules>"
"""Stands for all that the notebook's own modules keep, as if they were one variable."""

WARNINGS = "<warnings>"
"""Stands for what happens to warnings; no model goes by it, unless some are raised."""

PATH = "<path>"
"""Stands for what decides which modules an import finds."""

PSEUDO = frozenset({
    ANYTHING, CALLBACKS, CLASSES, FILES, FUTURE, MODULES, OUT, PATH, RELOADING,
    SETTINGS, WARNINGS,
})  # fmt: skip
"""Names that stand for something else."""

LOOKS = frozenset({
    "add_prefix", "add_suffix", "agg", "aggregate", "all", "any", "argmax", "argmin", "argsort",
    "astype", "between", "columns", "copy", "corr", "count", "cov", "cpu", "cumsum",
    "decision_function", "describe", "detach", "drop", "drop_duplicates", "dropna",
    "duplicated", "equals", "evaluate", "explode", "fillna", "filter", "format", "get",
    "get_feature_names_out", "get_params", "groupby", "head", "hist", "idxmax", "idxmin",
    "info", "isin", "isna", "isnull", "item", "items", "join", "keys", "kneighbors", "lower",
    "max", "mean", "median", "melt", "memory_usage", "merge", "min", "mode", "nlargest",
    "nonzero", "notna", "nsmallest", "numpy", "nunique", "parameters", "pct_change", "pivot",
    "pivot_table", "plot", "predict", "predict_log_proba", "predict_proba", "quantile", "ravel",
    "rename", "reset_index", "reshape", "round", "sample", "score", "select_dtypes",
    "set_index", "size", "sort_index", "sort_values", "split", "state_dict", "std", "strip",
    "sum", "summary", "tail", "to_csv", "to_dict", "to_frame", "to_list", "to_numpy",
    "to_parquet", "tolist", "transform", "unique", "unstack", "upper", "value_counts", "values",
    "var",
})  # fmt: skip
"""Methods that leave their object as it was."""

_PLOTS = frozenset({
    "annotate", "axhline", "axhspan", "axis", "axvline", "axvspan", "bar", "barh", "boxplot",
    "clabel", "colorbar", "contour", "contourf", "errorbar", "fill", "fill_between", "hexbin",
    "hist2d", "hlines", "imshow", "legend", "loglog", "matshow", "pcolor", "pcolormesh", "pie",
    "plot3D", "plot_surface", "plot_trisurf", "plot_wireframe", "quiver", "scatter", "scatter3D",
    "semilogx", "semilogy", "set_title", "set_xlabel", "set_xlim", "set_xticklabels",
    "set_xticks", "set_ylabel", "set_ylim", "set_yticklabels", "set_yticks", "stackplot",
    "streamplot", "suptitle", "tick_params", "title", "tricontourf", "violinplot", "vlines",
    "xlabel", "xlim", "xticks", "ylabel", "ylim", "yticks",
})  # fmt: skip
"""Methods of axes and figures: they draw what they are given, and leave it as it was."""

_DRAWS = "plot_"
"""How methods begin that draw a model, or what it was trained on."""

_FITS = frozenset({"fit", "fit_predict", "fit_transform", "partial_fit"})
_SPARING = LOOKS | _PLOTS | _FITS | {"train", "from_numpy"}
_FUNCTIONS = frozenset(dir(builtins)) - {"exec", "eval", "next", "setattr", "delattr", "map"} | {
    "cross_val_predict", "cross_val_score", "cross_validate", "display", "make_pipeline",
    "make_column_transformer", "train_test_split",
}  # fmt: skip
_LIBRARIES = frozenset({"math", "np", "numpy", "pd", "pandas", "plt", "sns", "torch"})
_WRITING = frozenset({"at", "copyto", "fill_diagonal", "place", "put", "putmask", "put_along_axis",
                      "shuffle", "backward"})  # fmt: skip
_ENDINGS = ("_score", "_error", "_loss", "_report", "_matrix", "_curve")


def is_look(attr: str, *, fresh: bool = False, given: int = 1) -> bool:
    """Tell whether a method of that name leaves its object as it was.

    Parameters
    ----------
    fresh
        Whether its answer must share nothing with its object, too.
    given
        How many arguments it gets: ``queue.get()`` and ``thread.join()`` are not ``dict.get(key)``
        and ``", ".join(words)``, and ``log.info(text)`` is not ``table.info()``.
    """
    if (attr in ("get", "join") and not given) or (attr == "info" and given):
        return False
    if attr.startswith(_DRAWS):
        return not fresh
    return attr in LOOKS and not (fresh and attr in VIEWS)


def spares_arguments(called: ast.expr) -> bool:
    """Tell whether a call is known not to change what it is given.

    Estimators do not write to their data, metrics and builtins neither, and classes, which
    are recognised by their capital letter, only keep what they get.
    """
    if isinstance(called, ast.Attribute):
        name = called.attr
        if name.startswith(_DRAWS):
            return True
        if name in _SPARING or name.endswith(_ENDINGS) or name in _FUNCTIONS or name[:1].isupper():
            return True
        return root_of(called) in _LIBRARIES and name not in _WRITING and not name.endswith("_")
    if not isinstance(called, ast.Name):
        return False
    name = called.id
    return name in _FUNCTIONS or name.endswith(_ENDINGS) or name[:1].isupper()


def root_of(node: ast.expr) -> str:
    """Return the name at the root of ``name.attr.attr``, empty if there is none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def only_keeps(called: ast.expr) -> bool:
    """Tell whether a method may keep what it is given and never changes it: ``fit``, plots."""
    return isinstance(called, ast.Attribute) and called.attr in _FITS | _PLOTS


VIEWS = frozenset({
    "add_prefix", "add_suffix", "argsort", "astype", "between", "columns", "cpu", "cumsum",
    "detach", "drop", "duplicated", "explode", "filter", "get", "groupby", "head", "isin",
    "items", "keys", "merge", "nlargest", "nonzero", "nsmallest", "numpy", "parameters",
    "pct_change", "pivot", "plot", "ravel", "rename", "reset_index", "reshape", "round",
    "select_dtypes", "set_index", "split", "state_dict", "tail", "to_frame", "to_numpy",
    "transform", "unstack", "values",
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
_SPACES = frozenset({"get_ipython", "globals", "locals", "vars"})
_PATCHES = frozenset({"dict", "multiple", "object", "stopall"})
_CALM = (LOOKS | _PLOTS) - {
    "sample",
    "evaluate",
    "predict",
    "predict_proba",
    "agg",
    "aggregate",
    "plot",
}
_WRITES = ("to_csv", "to_parquet", "to_pickle", "to_json", "to_feather", "to_hdf", "to_excel",
           "save", "dump", "savez", "savetxt", "write", "tofile", "urlretrieve", "extract",
           "makedirs", "mkdir", "copy2", "copyfile", "copytree", "move", "rename", "unlink",
           "remove", "rmtree", "touch", "download", "imsave", "savefig", "system", "run",
           "check_call", "check_output", "Popen", "export", "to_sql", "execute", "commit",
           "memmap", "File", "HDFStore", "flush", "close")  # fmt: skip
_READS = ("read", "load", "open", "fetch", "from_", "genfromtxt", "fromfile", "listdir", "glob",
          "imread", "exists", "isfile", "stat", "scandir", "walk", "Folder", "Image", "memmap",
          "File", "HDFStore", "connect", "Booster", "iterdir", "is_file", "is_dir", "isdir",
          "rglob", "getsize")  # fmt: skip
_PACKAGED = frozenset({"load_breast_cancer", "load_diabetes", "load_digits", "load_iris",
                       "load_linnerud", "load_wine"})  # fmt: skip


_SYSTEM = frozenset({"popen", "replace", "link", "symlink", "truncate", "utime"})
_DRAWING = frozenset({"plt", "pylab", "matplotlib", "mpl", "sns", "seaborn"})
_FORMULA = re.compile(r"([A-Za-z_]\w*)(?:\.\w+)*\s*\(")
_LOCAL = re.compile(r"@([A-Za-z_]\w*)")
_WORD = re.compile(r"[A-Za-z_]\w*")


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
    name = called_name(node)
    if name == "open":
        modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
        return any(not isinstance(mode, ast.Constant) or set(str(mode.value)) & set("wax+")
                   for mode in modes)  # fmt: skip
    root = root_of(node.func)
    if root in ("shutil", "subprocess") or (root == "os" and name in _SYSTEM):
        return True
    if any(word.arg in ("file", "buf") for word in node.keywords):
        return True
    return name.startswith(_WRITES) and not (name == "close" and root in _DRAWING)


def modules_named(node: ast.Call) -> set[str]:
    """Return what stands for the modules that an import may find in files that a call names."""
    texts = [str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant)
             and isinstance(part.value, str)]  # fmt: skip
    return {module(re.split(r"[/\\]", text)[-1][:-3]) for text in texts if text.endswith(".py")}


def module(name: str) -> str:
    """Return what stands for a module of that name, as it was imported first."""
    return f"<module {name}>"


def reaches_main(node: ast.Call) -> bool:
    """Tell whether a text given to a call is a program that asks for names of the notebook."""
    given = [*node.args, *(word.value for word in node.keywords)]
    return any(isinstance(one, ast.Constant) and "import" in str(one.value)
               and "__main__" in str(one.value) for one in given)  # fmt: skip


def reads_files(node: ast.Call) -> bool:
    """Tell whether a call may read a file, by its name."""
    name = called_name(node)
    if name in _PACKAGED:
        return False
    return name.startswith(_READS) or name.endswith(("Folder", "Dataset", "_data", "_files"))


_HANDLES = frozenset({"memmap", "File", "HDFStore", "connect", "create_engine"})
_INTO = frozenset({"add", "subtract", "multiply", "divide", "power", "dot", "matmul", "maximum",
                   "minimum", "exp", "log", "sqrt", "clip"})  # fmt: skip


def holds_file(value: ast.expr) -> bool:
    """Tell whether a value is a file itself, so that to change it is to change the file."""
    if not isinstance(value, ast.Call):
        return False
    return called_name(value) in _HANDLES or (called_name(value) == "open" and writes_files(value))


def written_to(node: ast.Call) -> list[ast.expr]:
    """Return arguments that a function of numpy writes to, by their place: ``np.add(x, 1, x)``."""
    name = called_name(node)
    first = {"clip": 3, "exp": 1, "log": 1, "sqrt": 1}.get(name, 2)
    return node.args[first:] if name in _INTO and root_of(node.func) in ("np", "numpy") else []


def runs_anything(called: ast.expr) -> bool:
    """Tell whether a call may run any code on any name: ``exec``, ``get_ipython().magic``."""
    return isinstance(called, ast.Name) and called.id in _RUNS


def hands_out_names(called: ast.expr) -> bool:
    """Tell whether a call gives back what all names are kept in."""
    return isinstance(called, ast.Name) and called.id in _SPACES


def patches(node: ast.Call) -> bool:
    """Tell whether a call is one of ``unittest.mock.patch``, which sets what its text names."""
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in _PATCHES:
        called = called.value
    return getattr(called, "attr", getattr(called, "id", "")) == "patch"


def named_in_texts(node: ast.Call) -> set[str]:
    """Return names that texts given to a call refer to: queries, and formulas of statsmodels."""
    given = [*node.args, *(word.value for word in node.keywords)]
    texts = [str(one.value) for one in given if isinstance(one, ast.Constant)
             and isinstance(one.value, str)]  # fmt: skip
    found = {name for text in texts if "~" in text for name in _FORMULA.findall(text)}
    if called_name(node) in ("query", "eval"):
        found |= {name for text in texts for name in _LOCAL.findall(text)}
        if root_of(node.func) in ("pd", "pandas"):
            found |= {name for text in texts for name in _WORD.findall(text)}
    return found


def called_name(node: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
