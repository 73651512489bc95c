"""Time of a prediction on both sides, from pairs that were timed in turn in one process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mvt.compare.diff import MetricChange, Verdict
from jupyter_mvt.objects.evaluation import Cost, Latency, read_evaluations

if TYPE_CHECKING:
    from jupyter_mvt.compare.side import Side

__all__ = ["timed_changes"]


def timed_changes(base: Side, other: Side) -> list[MetricChange]:
    """Return the change of each size of batch that one side was timed with beside the other.

    Times of separate runs say nothing about a change, so without such pairs there is none; and
    none of what an answer costs, which follows from the time that it takes.
    """
    found: dict[int, tuple[int, list[MetricChange]]] = {}
    for own, against, turned in ((other, base, False), (base, other, True)):
        for made in read_evaluations(own.evaluations).values():
            for pair in made.latency:
                newest = found.get(pair.batch, (-1,))[0]
                if pair.against == against.ref.id and made.time_us > newest:
                    times = _Times.of(pair, turned=turned)
                    found[pair.batch] = made.time_us, _changes(times, pair.batch, made.cost)
    return [change for _, (_, changes) in sorted(found.items()) for change in changes]


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds before, and the ratio of after to before with its interval."""

    before: float
    ratio: float
    low: float
    high: float

    @classmethod
    def of(cls, pair: Latency, *, turned: bool) -> _Times:
        if not turned:
            return cls(pair.other_p50_ms / 1000, pair.ratio, pair.low, pair.high)
        turns = (1 / max(number, 1e-12) for number in (pair.ratio, pair.high, pair.low))
        return cls(pair.p50_ms / 1000, *turns)

    @property
    def verdict(self) -> Verdict:
        if self.low <= 1 <= self.high:
            return "inconclusive"
        return "better" if self.ratio < 1 else "worse"


def _changes(times: _Times, batch: int, cost: Cost | None) -> list[MetricChange]:
    # The medians of both sides alone tell of the machine's mood: the ratio is that within pairs.
    slice_ = "" if batch == 1 else f"batch of {batch}"
    ms = [times.before * 1000 * ratio for ratio in (1, times.ratio, times.low, times.high)]
    found = [_change("latency_ms", slice_, "ms", ms, times)]
    if batch == 1 and cost is not None and cost.per_hour:
        prices = [replace(cost, seconds=times.before * ratio).dollars_per_day
                  for ratio in (1, times.ratio, times.low, times.high)]  # fmt: skip
        found.append(_change("cost_per_day", "", "$/day", prices, times))
    return found


def _change(name: str, slice_: str, unit: str, values: list[float], times: _Times) -> MetricChange:
    before, after, low, high = values
    return MetricChange(
        name=name,
        slice=slice_,
        base=before,
        other=after,
        delta=after - before,
        relative=after / before - 1 if before else None,
        higher_is_better=False,
        unit=unit,
        verdict=times.verdict,
        interval=(low - before, high - before),
    )
