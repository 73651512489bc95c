"""Well-known calls that change nothing: looking at data is no part of how a model was made."""

from __future__ import annotations

import ast
import builtins

__all__ = ["LOOKS", "spares_arguments"]

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
_ENDINGS = ("_score", "_error", "_loss", "_report", "_matrix", "_curve")


def spares_arguments(called: ast.expr) -> bool:
    """Tell whether a call is known not to change what it is given.

    Estimators do not write to their data, metrics and builtins neither, and classes, which
    are recognised by their capital letter, only keep what they get.
    """
    if isinstance(called, ast.Attribute):
        name = called.attr
        return name in _SPARING or name.endswith(_ENDINGS) or name in _FUNCTIONS
    if not isinstance(called, ast.Name):
        return False
    name = called.id
    return name in _FUNCTIONS or name.endswith(_ENDINGS) or name[:1].isupper()
