"""How long a version takes to keep: everyone in turn, round by round, on a synced disk."""

from __future__ import annotations

import os
import shutil
import statistics
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from tests.benchmarks.store.contenders import Ours, available
from tests.benchmarks.store.models import change_all, change_head, head_bytes, of_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.store.contenders import Contender

__all__ = ["CASES", "LEAST", "Speed", "measure_speed", "timed"]

CASES: dict[str, Callable[[Any], None]] = {
    "unchanged": lambda model: None,
    "head changed": change_head,
    "every weight changed": change_all,
}
FIRST = "first commit"
OURS, HASH = "jupyter_mvt", "BLAKE3, all cores"
QUICK = {"cp", "torch", "safetensors"}
_OFTEN, LEAST = 3, 5
"""How much more often than slow ones those go that take but moments, and how often at least."""


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
    """Measure a model of `size` bytes with the contenders in `names`, ours and one hash.

    Those that take but moments, ours and the hash among them, go in turn by themselves, and more
    often where there are slow ones: what a program leaves a machine to do after seconds of work
    is no part of what comes next.
    """
    import torch

    model, saved = of_size(size), folder / "saved.pt"
    nbytes = sum(p.numel() * p.element_size() for p in model.parameters())
    torch.save(model.state_dict(), saved)
    often = max(LEAST, _OFTEN * rounds if names - QUICK else rounds)
    bench = _Bench(model, saved)
    with _peers(folder / "first", tools, names) as peers:
        cases = {FIRST: _first(bench, folder / "first", peers, often, rounds)}
    ours = Ours(folder / "ours")
    ours.keep(model, saved)
    for case, change in CASES.items():
        with _peers(folder / case, tools, names) as peers:
            quick = [peer for name, peer in peers.items() if name in QUICK]
            slow = [peer for name, peer in peers.items() if name not in QUICK]
            cases[case] = bench.medians([ours, *quick, _Hash()], change, often)
            cases[case] |= bench.medians(slow, change, rounds)
    ours.keep(model, saved)  # of what slow ones were last given
    before = ours.size()
    change_head(model)
    ours.keep(model, saved)
    return Speed(nbytes, cases, ours.size() - before - head_bytes(model))


@contextmanager
def _peers(folder: Path, tools: Path, names: set[str]) -> Iterator[dict[str, Contender]]:
    """Yield name → contender, and remove their folders afterwards: most keep every copy."""
    folder.mkdir()
    yield {name: peer for name, peer in available(folder, tools).items() if name in names}
    shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class _Bench:
    model: Any
    saved: Path

    def medians(
        self, contenders: Sequence[Contender], change: Callable[[Any], None], rounds: int
    ) -> dict[str, float]:
        """Return title → median seconds, each in turn, after one round that is not counted."""
        import torch

        taken: dict[str, list[float]] = {contender.title: [] for contender in contenders}
        for number in range(rounds + 1 if contenders else 0):
            change(self.model)
            torch.save(self.model.state_dict(), self.saved)
            for contender in contenders:
                seconds = timed(contender, self.model, self.saved)
                if number:
                    taken[contender.title].append(seconds)
        return {who: statistics.median(times) for who, times in taken.items()}


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


class _Anew:
    """Ours, each time in a new repository."""

    title = OURS

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        self._ours: Ours | None = None

    def ready(self, saved: Path) -> None:
        """Remove the repository before, and make one."""
        if self._ours is not None:
            shutil.rmtree(self._ours.folder)
        self._count += 1
        self._ours = Ours(self._folder / f"first{self._count}")

    def keep(self, model: Any, saved: Path) -> None:
        """Commit the live model."""
        assert self._ours is not None
        self._ours.keep(model, saved)

    def size(self) -> int:
        """Return the bytes of the repository."""
        return 0 if self._ours is None else self._ours.size()


class _Hash:
    """Nothing is kept: the bytes of the model are hashed."""

    title = HASH

    def ready(self, saved: Path) -> None:
        """Need nothing."""

    def keep(self, model: Any, saved: Path) -> None:
        """Hash all parameters."""
        state = blake3(max_threads=blake3.AUTO)
        for parameter in model.parameters():
            state.update(memoryview(parameter.detach().numpy()).cast("B"))
        state.digest()

    def size(self) -> int:
        """Return no bytes."""
        return 0


def _first(
    bench: _Bench, folder: Path, peers: Mapping[str, Contender], often: int, rounds: int
) -> dict[str, float]:
    """Measure a first durable commit."""
    quick = [peers[name] for name in ("cp", "torch") if name in peers]
    slow = [peers[name] for name in ("mlflow", "dvc") if name in peers]
    # What DVC has seen it does not copy again: a first version has bytes of its own.
    found = bench.medians([_Anew(folder), *quick], change_head, often)
    return found | bench.medians(slow, change_head, rounds)
