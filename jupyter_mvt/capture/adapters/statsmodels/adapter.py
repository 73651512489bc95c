"""What mvt asks of statsmodels, answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.adapter import Frozen, Role, Sources, mro_names
from jupyter_mvt.capture.declared import DeclarativeAdapter
from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

__all__ = ["ADAPTER", "StatsmodelsAdapter"]

_WRAPPER = "statsmodels.base.wrapper.ResultsWrapper"
_RESULTS = "statsmodels.base.model.Results"
_MODEL = "statsmodels.base.model.Model"
_DROPPED = (
    "the training data inside the results is not kept: what needs it (residuals, fitted values, "
    "influence) is gone once restored; predictions, coefficients and statistics are kept"
)


class StatsmodelsAdapter(DeclarativeAdapter):
    """Results of fits: linear, generalized linear and discrete models; others as a pickle."""

    name = "statsmodels"
    package = "statsmodels"
    format = "statsmodels/1"
    priority = 20
    match: tuple[str, ...] = (_WRAPPER, _RESULTS, _MODEL)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"results"`` of a fit, ``"predictor"`` for a model, which never is fitted."""
        names = () if isinstance(obj, type) else mro_names(type(obj))
        if _MODEL in names:
            return "predictor"
        # A wrapper without anything inside answers no question at all.
        inner = vars(obj).get("_results") if _WRAPPER in names else obj
        known = inner is not None and _RESULTS in mro_names(type(inner))
        return "results" if known and hasattr(inner, "params") else None

    def is_fitted(self, obj: Any) -> bool:
        """Tell whether these are results: fitting a model leaves the model as it was."""
        return self.detect(obj) == "results" and obj.params is not None

    def children(self, obj: Any) -> Iterable[Any]:
        """Return nothing: a model holds no other."""
        del obj
        return ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return what was fitted and how."""
        if self.detect(obj) != "results":
            return ()
        family = getattr(obj, "family", None)
        link = getattr(family, "link", None)
        told = {
            "cov_type": getattr(obj, "cov_type", None),
            "family": type(family).__name__ if family is not None else None,
            "formula": getattr(obj.model, "formula", None),
            "link": type(link).__name__ if link is not None else None,
            "method": getattr(obj, "method", None),
            "model": type(obj.model).__name__,
        }
        return tuple(
            Param(name=name, value=value) for name, value in told.items() if isinstance(value, str)
        )

    def token(self, obj: Any) -> object:
        """Return the addresses of results and model."""
        return (id(obj), id(getattr(obj, "model", None)))

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return the results without their data; as a flagged pickle where that cannot be."""
        frozen = super().freeze(obj, sources)
        if frozen.state_kind == "pickle":
            return frozen
        return replace(frozen, lost=(*frozen.lost, _DROPPED))

    def vocabulary(self) -> Vocabulary:
        """Return how results are written and read."""
        from jupyter_mvt.capture.adapters.statsmodels.words import Allowed, Checks, Dialect
        from jupyter_mvt.capture.declarative.vocabulary import Vocabulary

        return Vocabulary(
            package="statsmodels",
            allowed=Allowed(),
            dialect=Dialect(),
            checks=Checks(),
            readers={},
        )


ADAPTER = StatsmodelsAdapter()
