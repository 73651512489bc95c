"""What answering costs: the prices in the settings, and what they make of the newest version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import NotFoundError
from jupyter_mvt.objects.encode import to_data
from jupyter_mvt.objects.evaluation import Cost

if TYPE_CHECKING:
    from jupyter_mvt.api.repo import Repo
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.objects.version import VersionRef

__all__ = ["CostModel", "cost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel(Displayable):
    """Prices, and what they come to.

    Attributes
    ----------
    prices
        With the seconds of one prediction of `version`; ``None`` when there is no price, or
        not how often is asked.
    settings
        The repository's, of which the prices are a part.
    version
        HEAD's version if the time of its predictions was measured, else ``None``.
    """

    settings: Settings
    prices: Cost | None = None
    version: VersionRef | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return prices and what a day costs as plain builtins."""
        said = self.settings
        names = ("cost_per_hour", "cost_per_request", "requests_per_day", "concurrency")
        return {
            **{name: getattr(said, name) for name in names},
            "version": None if self.version is None else to_data(self.version),
            "seconds": None if self.prices is None else self.prices.seconds,
            "dollars_per_day": None if self.prices is None else self.prices.dollars_per_day,
        }


def cost(repo: Repo) -> CostModel:
    """Return the repository's prices and what HEAD costs a day by them."""
    settings = repo.settings
    bare = CostModel(settings=settings)
    if not settings.priced:
        return bare
    try:
        details = repo["HEAD"].details
    except NotFoundError:
        return bare
    timed = [made for made in details.evaluations if made.seconds]
    if not timed:
        return bare
    prices = Cost(
        seconds=timed[-1].seconds,
        per_hour=settings.cost_per_hour,
        per_request=settings.cost_per_request,
        requests_per_day=settings.requests_per_day,
        concurrency=settings.concurrency,
    )
    return replace(bare, prices=prices, version=details.version)
