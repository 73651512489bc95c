"""How long a version takes to keep: everyone in turn, round by round, on a synced disk."""

from __future__ import annotations

import os
import shutil
import statistics
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.benchmarks.store.contenders import Ours, available
from tests.benchmarks.store.models import change_all, change_head, of_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.benchmarks.store.contenders import Contender

__all__ = ["CASES", "Speed", "measure_speed", "timed"]

CASES: dict[str, Callable[[Any], None]] = {
    "unchanged": lambda model: None,
    "head changed": change_head,
    "every weight changed": change_all,
}
FIRST = "first commit"
OURS, HASH = "jupyter_mvt", "BLAKE3, all cores"


@dataclass(frozen=True, slots=True)
class Speed:
    """Median seconds of one size.

    Attributes
    ----------
    size
        Bytes of the model.
    cases
        Case → title of a contender → median seconds.
    head_new
        Bytes that a commit with a changed head added, beyond those that changed.
    """

    size: int
    cases: dict[str, dict[str, float]] = field(default_factory=dict)
    head_new: int = 0


def measure_speed(folder: Path, size: int, tools: Path, names: set[str], rounds: int) -> Speed:
    """Measure a model of `size` bytes with the contenders in `names`, ours and one hash."""
    import torch

    from tests.benchmarks.store.models import head_bytes

    model, saved = of_size(size), folder / "saved.pt"
    nbytes = sum(p.numel() * p.element_size() for p in model.parameters())
    result = Speed(nbytes)
    torch.save(model.state_dict(), saved)
    peers = {n: c for n, c in available(folder, tools).items() if n in names}
    result.cases[FIRST] = _first(folder, model, saved, peers, rounds)
    ours = Ours(folder / "ours")
    ours.keep(model, saved)
    everyone: dict[str, Contender] = {"ours": ours, **peers}
    for case, change in CASES.items():
        taken: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            change(model)
            torch.save(model.state_dict(), saved)
            before = ours.size()
            for contender in everyone.values():
                seconds = timed(contender, model, saved)
                if number:
                    taken.setdefault(contender.title, []).append(seconds)
            if number:
                taken.setdefault(HASH, []).append(_hash(model))
            if case == "head changed":
                result = Speed(nbytes, result.cases, ours.size() - before - head_bytes(model))
        result.cases[case] = {who: statistics.median(times) for who, times in taken.items()}
    return result


def timed(contender: Contender, model: Any, saved: Path) -> float:
    """Return the seconds of one `keep`, begun on a disk with nothing left to write."""
    contender.ready(saved)
    _fill(saved)
    os.sync()
    started = perf_counter()
    contender.keep(model, saved)
    return perf_counter() - started


def _fill(saved: Path) -> None:
    """Write a file and remove it: memory that a virtual machine has to fetch first costs four
    times as much to write to, and whoever removed a file last would have the other kind.
    """
    scratch = saved.with_suffix(".scratch")
    shutil.copyfile(saved, scratch)
    scratch.unlink()


def _first(
    folder: Path, model: Any, saved: Path, peers: Mapping[str, Contender], rounds: int
) -> dict[str, float]:
    """Measure a first durable commit: ours into a new repository each time."""
    plain = {name: peers[name] for name in ("cp", "torch", "mlflow", "dvc") if name in peers}
    taken: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        ours = Ours(folder / f"first{number}")
        for contender in (ours, *plain.values()):
            # What DVC has seen it does not copy again: a first version has bytes of its own.
            change_head(model)
            _save(model, saved)
            seconds = timed(contender, model, saved)
            if number:
                taken.setdefault(contender.title, []).append(seconds)
        shutil.rmtree(ours.folder)
    return {who: statistics.median(times) for who, times in taken.items()}


def _save(model: Any, path: Path) -> None:
    import torch

    torch.save(model.state_dict(), path)


def _hash(model: Any) -> float:
    from blake3 import blake3

    started = perf_counter()
    state = blake3(max_threads=blake3.AUTO)
    for parameter in model.parameters():
        state.update(memoryview(parameter.detach().numpy()).cast("B"))
    state.digest()
    return perf_counter() - started
