"""What of scikit-learn a stored model may name."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["SklearnAllowed"]

_CLOSED = frozenset(
    {"tests", "conftest", "datasets", "externals", "_build_utils", "__check_build", "_testing",
     "experimental", "frozen_tests", "callback"}
)  # fmt: skip

# Modules whose classes hold data only: no estimator, yet part of estimators.
_PARTS = frozenset(
    {"sklearn._loss._loss", "sklearn._loss.link", "sklearn._loss.loss",
     "sklearn.calibration", "sklearn.cluster._birch", "sklearn.cluster._bisect_k_means",
     "sklearn.compose._column_transformer", "sklearn.ensemble._hist_gradient_boosting.binning",
     "sklearn.impute._iterative",
     "sklearn.ensemble._hist_gradient_boosting.predictor", "sklearn.gaussian_process.kernels",
     "sklearn.linear_model._sgd_fast", "sklearn.metrics._dist_metrics",
     "sklearn.metrics._scorer", "sklearn.model_selection._search",
     "sklearn.model_selection._split", "sklearn.neighbors._ball_tree",
     "sklearn.neighbors._kd_tree", "sklearn.neural_network._stochastic_optimizers",
     "sklearn.tree._tree", "sklearn.utils._bunch", "sklearn.utils._metadata_requests",
     "sklearn.utils._repr_html.estimator"}
)  # fmt: skip

# Functions that only compute; with `newObj` the three that Cython's pickling needs.
_FUNCTIONS = (
    "sklearn.metrics.", "sklearn.feature_selection._univariate_selection",
    "sklearn.feature_selection._mutual_info", "sklearn.cluster._kmeans",
    "sklearn.linear_model._base", "sklearn.utils.extmath", "sklearn.neighbors._kd_tree",
    "sklearn.neighbors._ball_tree", "sklearn.decomposition._fastica",
)  # fmt: skip

_NUMPY = frozenset(
    {"abs", "absolute", "amax", "amin", "append", "argmax", "argmin", "around", "array",
     "asarray", "clip", "concatenate", "cumsum", "diff", "max", "mean", "median", "min",
     "nan_to_num", "nanmax", "nanmean", "nanmedian", "nanmin", "nanstd", "nansum", "percentile",
     "prod", "quantile", "ravel", "reshape", "round", "squeeze", "std", "sum", "transpose",
     "var"}
)  # fmt: skip


class SklearnAllowed:
    """scikit-learn's own estimators and their parts; numpy's scalar types and ufuncs."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell by the words alone whether a name may be looked up."""
        if "." in qualname:
            return False
        if module == "numpy" or module == "scipy.special":
            return not qualname.startswith("_")
        return module.startswith("sklearn.") and _CLOSED.isdisjoint(module.split("."))

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found is an estimator, a part of one, or computes only."""
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.ufunc):
            return True
        module = getattr(value, "__module__", None) or ""
        if isinstance(value, type):
            return self._is_class(value, module, numpy)
        if module == "numpy":
            return getattr(value, "__name__", "") in _NUMPY
        # Private modules of Cython functions: sklearn.metrics._dist_metrics and the like.
        return callable(value) and module.startswith(_FUNCTIONS)

    def _is_class(self, value: type, module: str, numpy: Any) -> bool:
        if issubclass(value, numpy.generic):
            return value.__module__ == "numpy" and not issubclass(value, numpy.void)
        if module in _PARTS:
            return True
        base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
        return base is not None and module.startswith("sklearn.") and issubclass(value, base)
