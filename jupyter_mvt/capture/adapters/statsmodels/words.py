"""How results of statsmodels are written and read.

Results hold the data that they were fitted to, which is no part of a model: it is left out, and
what it gave (standard errors, fit statistics) is kept. Formulas are Python that statsmodels
evaluates when it is asked to predict, so nothing that holds one is ever data.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import mro_names
from jupyter_mvt.capture.declarative.graph import refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.encoder import Write

__all__ = ["Allowed", "Checks", "Dialect"]

_HOMES = (
    "statsmodels.regression.linear_model",
    "statsmodels.genmod.generalized_linear_model",
    "statsmodels.genmod.families.family",
    "statsmodels.genmod.families.links",
    "statsmodels.genmod.families.varfuncs",
    "statsmodels.discrete.discrete_model",
    "statsmodels.base.data",
)
_RESULTS = "statsmodels.base.model.Results"
_MODEL = "statsmodels.base.model.Model"
_DATA = "statsmodels.base.data.ModelData"
_BASES = frozenset(
    {_RESULTS, _MODEL, _DATA, "statsmodels.base.wrapper.ResultsWrapper",
     "statsmodels.genmod.families.family.Family", "statsmodels.genmod.families.links.Link",
     "statsmodels.genmod.families.varfuncs.VarianceFunction",
     "statsmodels.genmod.families.varfuncs.Power",
     "statsmodels.genmod.families.varfuncs.Binomial",
     "statsmodels.genmod.families.varfuncs.NegativeBinomial"}
)  # fmt: skip
_FORMULA = frozenset({"formula", "design_info", "model_spec", "restore_model_spec", "frame"})
_ROWS = ("endog", "exog", "orig_endog", "orig_exog")
_STATISTICS = (
    "scale", "bse", "tvalues", "pvalues", "llf", "aic", "bic", "rsquared", "rsquared_adj",
    "fvalue", "f_pvalue", "mse_model", "mse_resid", "mse_total", "ess", "ssr", "centered_tss",
    "uncentered_tss", "deviance", "null_deviance", "pearson_chi2", "llnull", "prsquared",
    "llr", "llr_pvalue",
)  # fmt: skip


class Allowed:
    """Models, results, families and links of the modules listed."""

    def admits(self, module: str, qualname: str) -> bool:
        """Tell by the words alone whether a name may be looked up."""
        return module in _HOMES and qualname.isidentifier() and not qualname.startswith("_")

    def confirms(self, value: Any) -> bool:
        """Tell whether what was found is a class of a model's parts."""
        return (
            isinstance(value, type)
            and value.__module__ in _HOMES
            and not _BASES.isdisjoint(mro_names(value))
        )


_TRACES = frozenset({"_summary_cache", "_summary_statistics_cache", "_nobs_int", "diagn"})
"""What `summary` leaves behind: who has looked at a model has not changed it."""
_PASSING = frozenset({"_cache", "_tmp_like_exog"})
"""The latter is made as it comes, with whatever the memory held before."""


class Dialect:
    """Results without the rows that they were fitted to."""

    writers: Mapping[type, Write] = {}

    def writer(self, value: Any) -> Write | None:
        """Return nothing: statsmodels' objects are Python all through."""
        del value
        return None

    def state(self, value: Any, state: Any) -> Any:
        """Return the state without data; refuse what holds a formula."""
        if not type(value).__module__.startswith("statsmodels.") or not isinstance(state, dict):
            return state
        if not _FORMULA.isdisjoint(state):
            where = "formula"
            raise Undeclarable(where, "statsmodels evaluates a formula as code")
        names = mro_names(type(value))
        if _DATA in names:
            return _names_only(value, state)
        if _RESULTS in names:
            # First, for asking leaves traces in other attributes too.
            statistics = _statistics(value)
            kept = {key: item for key, item in vars(value).items() if key not in _TRACES}
            return {**_without_rows(kept, _rows(value.model)), "_cache": statistics}
        return _without_rows(state, _rows(value)) if _MODEL in names else state

    def volatile(self, owner: Any, keys: tuple[str, ...]) -> frozenset[str]:
        """Return what was computed on demand, and places to compute in."""
        own = type(owner).__module__.startswith("statsmodels.")
        return _PASSING.intersection(keys) if own else frozenset()

    def step(self, owner: Any, key: str) -> str:
        """Return nothing for the wrapper's inner results."""
        wrapped = key == "_results" and type(owner).__module__.startswith("statsmodels.")
        return "" if wrapped else key


def _rows(model: Any) -> int:
    endog = getattr(model, "endog", None)
    return 0 if endog is None else len(endog)


def _without_rows(state: dict[str, Any], rows: int) -> dict[str, Any]:
    width = max(getattr(state.get("params"), "shape", (0,)))
    return {
        key: None if rows > width and rows in getattr(item, "shape", ()) else item
        for key, item in state.items()
    }


def _names_only(value: Any, state: dict[str, Any]) -> dict[str, Any]:
    names = {"xnames": list(value.xnames or ()), "ynames": value.ynames}
    blank = dict.fromkeys(_ROWS)
    return {**state, **blank, "_cache": {**names, "row_labels": None}}


def _statistics(results: Any) -> dict[str, Any]:
    rows = _rows(results.model)
    known = {**results._cache}
    # Asked for now, because they cannot be computed any more once the data is gone.
    with warnings.catch_warnings(action="ignore"):
        for name in _STATISTICS:
            if name not in known and any(name in vars(base) for base in type(results).__mro__):
                # What this kind of fit has no answer for, it had none for before either.
                with suppress(Exception):
                    known[name] = getattr(results, name)
    return {
        name: known[name] for name in _STATISTICS
        if name in known and rows not in getattr(known[name], "shape", ())
    }  # fmt: skip


class Checks:
    """Nothing that would be evaluated comes in; the rest is Python that checks itself."""

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Refuse states with a formula."""
        del arguments
        ours = str(getattr(cls, "__module__", "")).startswith("statsmodels.")
        if ours and isinstance(state, dict) and not _FORMULA.isdisjoint(state):
            refuse("statsmodels would evaluate a formula")

    def after(self, value: Any) -> None:
        """Accept."""
